// Proves that definitions become kinds, and that objects are held against the schemas of their definitions.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Json, JsonObject } from '@tiphys/core/kube'
import { customKinds, definitionOf, definitionStatus, isEstablished } from './custom-kinds.ts'
import { groupDocument, resourceList } from './discovery.ts'
import { checkAgainst } from './json-schema.ts'
import { openapiV2, openapiV3 } from './openapi.ts'
import { apiResources, resourceOfKind } from './resource.ts'
import { tableOf } from './table.ts'
import { compareVersions } from './version-order.ts'

const NOW = Date.parse('2026-01-01T00:10:00Z')
const test = (pattern: string, text: string): boolean => new RegExp(pattern).test(text)

const definition: JsonObject = {
  metadata: { name: 'widgets.example.io' },
  spec: {
    group: 'example.io', scope: 'Namespaced', names: { plural: 'widgets', kind: 'Widget', shortNames: ['wd'] },
    versions: [
      { name: 'v1beta1', served: true, storage: false, schema: { openAPIV3Schema: { type: 'object', properties: { spec: { anyOf: [{}], nullable: true } } } } },
      { name: 'v0', served: false, storage: false, schema: { openAPIV3Schema: {} } },
      {
        name: 'v1', served: true, storage: true, subresources: { status: {} }, schema: { openAPIV3Schema: { type: 'object' } },
        additionalPrinterColumns: [
          { name: 'Size', type: 'integer', jsonPath: '.spec.size' }, { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status', priority: 1 },
          { name: 'Since', type: 'date', jsonPath: '.status.since' },
        ],
      },
    ],
  },
}

describe('a definition', () => {
  it('brings a kind for each version that is served, the best first', () => {
    expect(customKinds(definition).map(({ version, singular, statusSubresource, namespaced, shortNames }) => [version, singular, statusSubresource, namespaced, shortNames])).toEqual([
      ['v1', 'widget', true, true, ['wd']], ['v1beta1', 'widget', false, true, ['wd']],
    ])
  })

  it('is seen in discovery and in OpenAPI, where the second version says less', () => {
    const resources = [...apiResources, ...customKinds(definition)]
    expect(groupDocument(resources, 'example.io')).toMatchObject({ preferredVersion: { version: 'v1' }, versions: [{ version: 'v1' }, { version: 'v1beta1' }] })
    expect(resourceList(resources, { group: 'example.io', version: 'v1' })).toMatchObject({ resources: [{ name: 'widgets' }, { name: 'widgets/status' }] })
    expect(openapiV3(resources, { group: 'example.io', version: 'v1beta1' })).toMatchObject({ components: { schemas: { 'io.example.v1beta1.Widget': { properties: { spec: { anyOf: [{}] }, kind: {} } } } } })
    expect((openapiV2(resources) as { readonly definitions: Record<string, Json> }).definitions['io.example.v1beta1.Widget']).toMatchObject({ properties: { spec: {} } })
    expect(JSON.stringify(openapiV2(resources))).not.toContain('anyOf')
  })

  it('says what tables show', () => {
    const [v1] = customKinds(definition)
    const object = { metadata: { name: 'w' }, spec: { size: 3 }, status: { conditions: [{ type: 'Ready', status: 'True' }], since: '2026-01-01T00:00:00Z' } }
    const table = tableOf({ resource: v1 ?? resourceOfKind('Pod'), objects: [object, { metadata: { name: 'x' }, status: { since: 'never' } }], metadata: {}, includeObject: 'None', now: NOW, version: 'v1' })
    expect(table['rows']).toEqual([{ cells: ['w', 3, 'True', '10m'] }, { cells: ['x', '', '', '<invalid>'] }])
  })

  it('is established unless its names are taken', () => {
    const status = definitionStatus({ definition, others: apiResources, now: NOW })
    expect([isEstablished({ status }), status['storedVersions']]).toEqual([true, ['v1']])
    const other = { ...customKinds(definition)[0], plural: 'gadgets' } as (typeof apiResources)[number]
    expect(isEstablished({ status: definitionStatus({ definition, others: [other], now: NOW }) })).toBe(false)
  })

  it('is there for every kind of Argo', () => {
    for (const resource of apiResources.filter(({ group }) => group === 'argoproj.io')) {
      const [made] = customKinds(definitionOf(resource))
      expect([made?.kind, made?.plural, made?.namespaced, made?.statusSubresource]).toEqual([resource.kind, resource.plural, resource.namespaced, resource.statusSubresource])
    }
  })

  it('versions are preferred when they are stable, then when they are later', () => {
    expect(['v1alpha1', 'foo', 'v2', 'v1beta2', 'v10', 'v1beta10', 'bar', 'v1'].toSorted(compareVersions)).toEqual(['v10', 'v2', 'v1', 'v1beta10', 'v1beta2', 'v1alpha1', 'bar', 'foo'])
  })
})

describe('objects of a defined kind', () => {
  const check = (schema: JsonObject, spec: Json) => checkAgainst({ type: 'object', properties: { spec: schema } }, { kind: 'W', metadata: { name: 'w' }, spec }, test)

  it.each<readonly [JsonObject, Json, string]>([
    [{ type: 'integer' }, 'x', 'must be of type integer'], [{ type: 'integer' }, 1.5, 'must be of type integer'], [{ type: 'string' }, null, 'must be of type string'],
    [{ type: 'object', required: ['a'] }, {}, 'spec.a: Required value'], [{ type: 'string', enum: ['a', 'b'] }, 'c', 'supported values: "a", "b"'], [{ minimum: 1 }, 0, 'greater than or equal to 1'],
    [{ maximum: 1, exclusiveMaximum: true }, 1, 'less than 1'], [{ multipleOf: 2 }, 3, 'multiple of 2'], [{ maxLength: 1 }, 'ab', 'at most 1'], [{ minLength: 3 }, 'ab', 'at least 3'],
    [{ pattern: '^a$' }, 'b', 'should match'], [{ format: 'date-time' }, 'b', 'date-time'], [{ type: 'array', maxItems: 1 }, [1, 2], 'at most 1'], [{ type: 'array', uniqueItems: true }, [1, 1], 'Duplicate value'],
    [{ type: 'array', 'x-kubernetes-list-type': 'set' }, ['a', 'a'], 'Duplicate value'], [{ type: 'array', items: { type: 'string' } }, ['a', 1], 'spec[1]'], [{ 'x-kubernetes-int-or-string': true }, true, 'integer or string'],
    [{ anyOf: [{ type: 'string' }, { type: 'integer' }] }, true, 'anyOf'], [{ allOf: [{ minimum: 1 }, { minimum: 5 }] }, 3, 'allOf'], [{ oneOf: [{ minimum: 1 }, { minimum: 5 }] }, 7, 'oneOf'], [{ not: { type: 'string' } }, 'a', 'not'],
    [{ type: 'object', additionalProperties: { type: 'string' } }, { a: 1 }, 'spec.a'], [{ type: 'object', minProperties: 1 }, {}, 'at least 1'],
  ])('with %j refuse %j: %s', (schema, spec, message) => {
    expect(check(schema, spec).problems.map(({ field, message: text }) => `${field}: ${text}`).join()).toContain(message)
  })

  it('with fitting values are taken as they are', () => {
    const schema: JsonObject = { type: 'object', properties: { a: { type: 'string', nullable: true }, b: { 'x-kubernetes-int-or-string': true }, c: { oneOf: [{ type: 'string' }, { type: 'integer' }] } } }
    expect(check(schema, { a: null, b: '5%', c: 1 })).toMatchObject({ problems: [], unknown: [], object: { spec: { a: null, b: '5%', c: 1 } } })
  })

  it('get defaults, also inside of what was left out, and lose what nobody knows', () => {
    const schema: JsonObject = { type: 'object', properties: { a: { type: 'object', default: {}, properties: { b: { default: 3 } } }, free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } }
    expect(check(schema, { free: { x: 1 }, bogus: 1 })).toMatchObject({ object: { metadata: { name: 'w' }, spec: { a: { b: 3 }, free: { x: 1 } } }, unknown: ['spec.bogus'], problems: [] })
  })

  it('are checked within limits, whatever they are', () => {
    fc.assert(fc.property(fc.jsonValue(), fc.jsonValue(), (schema, value) => {
      checkAgainst({ properties: { spec: schema as Json } }, { spec: value as Json }, () => true)
    }))
    const deep: Json = Array.from({ length: 300 }).reduce<Json>((inner) => ({ a: inner }), {})
    const schema: Record<string, Json> = { type: 'object' }
    const nested = Array.from({ length: 300 }).reduce<JsonObject>((inner) => ({ properties: { a: inner } }), schema)
    expect(check(nested, deep).problems[0]?.message).toContain('too deep')
  })
})
