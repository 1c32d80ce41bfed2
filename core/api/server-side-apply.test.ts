// Proves who manages which fields after writes, what an apply takes away, and which fields of others it leaves alone.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Json, JsonObject } from '@tiphys/core/kube'
import { fieldsOf, fromFieldsV1, pathText, toFieldsV1 } from './field-paths.ts'
import { fieldShape } from './field-shape.ts'
import { type FieldManager, managersAfterUpdate, readManagers, writeManagers } from './managed-fields.ts'
import { customResource, resourceOfKind } from './resource.ts'
import { serverSideApply } from './server-side-apply.ts'

const configMaps = fieldShape(resourceOfKind('ConfigMap'))
const jobs = fieldShape(resourceOfKind('Job'))
const writerOf = (manager: string, operation: 'Apply' | 'Update' = 'Apply') => ({ manager, operation, apiVersion: 'v1', subresource: '', time: '2026-01-01T00:00:00Z' })

interface Held {
  readonly object: JsonObject
  readonly managers: readonly FieldManager[]
}

const nothing: Held = { object: {}, managers: [] }

function apply(held: Held, manager: string, applied: JsonObject, { force = false, shape = configMaps } = {}): Held & { readonly conflicts?: readonly string[] } {
  const result = serverSideApply({ live: held.object, applied, shape, statusIsApart: false, writer: writerOf(manager), managers: held.managers, force })
  return result.ok ? result : { ...held, conflicts: result.conflicts.flatMap(({ manager: { manager: name }, fields }) => fields.map((field) => `${name} ${field}`)) }
}

const cm = (data: JsonObject, metadata: JsonObject = {}): JsonObject => ({ metadata: { name: 'x', ...metadata }, data })
const pod = (...containers: readonly JsonObject[]): JsonObject => ({ spec: { template: { spec: { containers } } } })

describe('server-side apply', () => {
  it('unites what several managers want', () => {
    const both = apply(apply(nothing, 'one', cm({ a: '1', b: '2' })), 'two', cm({ c: '3' }, { labels: { team: 'blue' } }))
    expect(both.object).toEqual(cm({ a: '1', b: '2', c: '3' }, { labels: { team: 'blue' } }))
    expect(writeManagers(both.managers)).toMatchObject([
      { manager: 'one', operation: 'Apply', fieldsV1: { 'f:data': { 'f:a': {}, 'f:b': {} } } },
      { manager: 'two', fieldsV1: { 'f:data': { 'f:c': {} }, 'f:metadata': { 'f:labels': { 'f:team': {} } } } },
    ])
  })

  it('refuses to change what another manager has, unless it is forced; the same value is shared', () => {
    const first = apply(nothing, 'one', cm({ a: '1', b: '2' }))
    expect(apply(first, 'two', cm({ a: '9', b: '2' })).conflicts).toEqual(['one .data.a'])
    const forced = apply(first, 'two', cm({ a: '9', b: '2' }), { force: true })
    expect(forced.object).toEqual(cm({ a: '9', b: '2' }))
    expect(writeManagers(forced.managers)).toMatchObject([{ manager: 'one', fieldsV1: { 'f:data': { 'f:b': {} } } }, { manager: 'two', fieldsV1: { 'f:data': { 'f:a': {}, 'f:b': {} } } }])
  })

  it('takes away what its manager no longer names and nobody else has', () => {
    const both = apply(apply(nothing, 'one', cm({ a: '1', b: '2' }, { labels: { x: '1' } })), 'two', cm({ b: '2' }))
    const less = apply(both, 'one', cm({ a: '1' }))
    expect(less.object).toEqual(cm({ a: '1', b: '2' }))
    expect(apply(less, 'two', { metadata: { name: 'x' } }).object).toEqual(cm({ a: '1' }))
    expect(apply(apply(less, 'two', { metadata: { name: 'x' } }), 'one', { metadata: { name: 'x' } }).object).toEqual({ metadata: { name: 'x' } })
  })

  it('tells elements of lists apart by their keys', () => {
    const one = apply(nothing, 'one', pod({ name: 'main', image: 'a', env: [{ name: 'A', value: '1' }] }), { shape: jobs })
    const two = apply(one, 'two', pod({ name: 'side', image: 'b' }, { name: 'main', env: [{ name: 'B', value: '2' }] }), { shape: jobs })
    expect(two.object).toEqual(pod({ name: 'side', image: 'b' }, { name: 'main', image: 'a', env: [{ name: 'B', value: '2' }, { name: 'A', value: '1' }] }))
    expect(apply(two, 'one', pod(), { shape: jobs }).object).toEqual(pod({ name: 'side', image: 'b' }, { name: 'main', env: [{ name: 'B', value: '2' }] }))
    expect(apply(two, 'three', pod({ name: 'main', image: 'z' }), { shape: jobs }).conflicts).toEqual(['one .spec.template.spec.containers[name="main"].image'])
    expect(two.managers.flatMap(({ fields }) => [...fields].map(pathText))).toContain('.spec.template.spec.containers[name="main"].env[name="B"].value')
  })

  it('follows what a definition says of its lists and maps', () => {
    const schema = { properties: { spec: { properties: {
      whole: { type: 'array' }, united: { 'x-kubernetes-list-type': 'set' }, byId: { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['id'] }, one: { 'x-kubernetes-map-type': 'atomic' },
    } } } }
    const shape = fieldShape(customResource({ kind: 'Widget', plural: 'widgets', shortNames: [], group: 'example.io', jsonSchema: schema }))
    const first = apply(nothing, 'one', { spec: { whole: [1], united: ['a'], byId: [{ id: 1, v: 1 }], one: { a: 1 } } }, { shape })
    expect(apply(first, 'two', { spec: { united: ['b'], byId: [{ id: 2 }] } }, { shape }).object).toEqual({ spec: { whole: [1], united: ['b', 'a'], byId: [{ id: 2 }, { id: 1, v: 1 }], one: { a: 1 } } })
    expect(apply(first, 'two', { spec: { whole: [2], one: { b: 1 } } }, { shape }).conflicts).toEqual(['one .spec.one', 'one .spec.whole'])
  })

  it('lists of workflows belong to one manager as a whole', () => {
    const shape = fieldShape(resourceOfKind('WorkflowTemplate'))
    const first = apply(nothing, 'one', { spec: { templates: [{ name: 'a' }] } }, { shape })
    expect(apply(first, 'two', { spec: { templates: [{ name: 'b' }] } }, { shape }).conflicts).toEqual(['one .spec.templates'])
  })
})

describe('other writes', () => {
  const update = (held: Held, manager: string, after: JsonObject): Held =>
    ({ object: after, managers: managersAfterUpdate({ before: held.object, after, shape: configMaps, statusIsApart: false, writer: writerOf(manager, 'Update') }, held.managers) })

  it('take over the fields that they change, and no others', () => {
    const edited = update(apply(nothing, 'one', cm({ a: '1', b: '2' })), 'edit', cm({ a: '9', b: '2', c: '3' }))
    expect(writeManagers(edited.managers)).toMatchObject([{ manager: 'one', fieldsV1: { 'f:data': { 'f:b': {} } } }, { manager: 'edit', operation: 'Update', fieldsV1: { 'f:data': { 'f:a': {}, 'f:c': {} } } }])
    expect(apply(edited, 'one', cm({ a: '1', b: '2' })).conflicts).toEqual(['edit .data.a'])
    expect(update(edited, 'edit', edited.object).managers).toBe(edited.managers)
  })

  it('leave no fields with anybody that are gone', () => {
    const less = update(apply(nothing, 'one', cm({ a: '1', b: '2' })), 'edit', cm({ a: '1' }))
    expect(writeManagers(less.managers)).toMatchObject([{ manager: 'one', fieldsV1: { 'f:data': { 'f:a': {} } } }])
    expect(less.managers).toHaveLength(2)
    expect(writeManagers(less.managers)).toHaveLength(1)
  })

  it('are kept together once they are too many', () => {
    let held: Held = nothing
    for (let index = 0; index < 15; index++) held = update(held, `m${index}`, cm({ ...(held.object['data'] as JsonObject | undefined), [`k${index}`]: '1' }))
    const kept = readManagers(writeManagers(held.managers))
    expect([kept.length, kept[0]?.manager, new Set(kept.flatMap(({ fields }) => [...fields])).size]).toEqual([11, 'ancient-changes', 15])
  })
})

describe('sets of fields', () => {
  const value: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
    value: fc.oneof({ depthSize: 'small' }, fc.string(), fc.integer(), fc.array(tie('value'), { maxLength: 3 }), fc.dictionary(fc.string(), tie('value'), { maxKeys: 3, noNullPrototype: true })),
  })).value

  it('are read as they were written', () => {
    fc.assert(fc.property(fc.dictionary(fc.string(), value, { maxKeys: 4, noNullPrototype: true }), (object) => {
      const set = fieldsOf(object, configMaps)
      expect([...fromFieldsV1(toFieldsV1(set))].toSorted()).toEqual([...set].toSorted())
    }))
  })

  it('make a second apply of the same change nothing, and of nothing take all of it away', () => {
    fc.assert(fc.property(fc.dictionary(fc.string({ minLength: 1 }), fc.string(), { noNullPrototype: true }), (data) => {
      const first = apply(nothing, 'one', cm(data))
      const second = apply(first, 'one', cm(data))
      expect(second).toEqual(first)
      expect(second.managers[0]).toBe(first.managers[0])
      expect(apply(second, 'one', { metadata: { name: 'x' } }).object).toEqual({ metadata: { name: 'x' } })
    }))
  })
})
