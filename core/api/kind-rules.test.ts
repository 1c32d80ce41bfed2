// Proves what single built-in kinds ask of their objects beyond their shape.
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '@tiphys/core/kube'
import { kindProblem } from './kind-rules.ts'
import { customResource, resourceOfKind } from './resource.ts'

const problem = (kind: string, object: JsonObject, before?: JsonObject): string | undefined => {
  const found = kindProblem(resourceOfKind(kind), { kind, ...object }, before)
  return found === undefined ? undefined : `${found.field}: ${found.message}`
}

const version = (more: JsonObject = {}): JsonObject => ({ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } }, ...more })
const definition = (spec: JsonObject = {}, metadata: JsonObject = {}): JsonObject => ({
  metadata: { name: 'widgets.example.io', ...metadata }, spec: { group: 'example.io', scope: 'Namespaced', names: { plural: 'widgets', kind: 'Widget' }, versions: [version()], ...spec },
})

describe('definitions', () => {
  it('are taken when all fits', () => {
    expect(problem('CustomResourceDefinition', definition())).toBeUndefined()
    expect(problem('CustomResourceDefinition', definition(), definition())).toBeUndefined()
  })

  it.each<readonly [JsonObject, string]>([
    [definition({}, { name: 'x' }), 'must be spec.names.plural'], [definition({ scope: 'Everywhere' }), 'spec.scope'], [definition({ versions: [] }), 'exactly one version'],
    [definition({ versions: [version(), version({ name: 'v2' })] }), 'exactly one version'], [definition({ versions: [version({ schema: {} })] }), 'schemas are required'],
    [definition({ group: 'bare' }, { name: 'widgets.bare' }), 'at least one dot'], [definition({ names: { plural: 'wid.gets', kind: 'W' } }, { name: 'wid.gets.example.io' }), 'may not contain dots'],
    [definition({ names: { plural: 'widgets' } }), 'spec.names.kind'], [definition({ group: 'x.k8s.io' }, { name: 'widgets.x.k8s.io' }), 'protected groups'],
  ])('are refused: %j', (object, message) => {
    expect(problem('CustomResourceDefinition', object)).toContain(message)
  })

  it('of protected groups need an approval, and none changes its place', () => {
    expect(problem('CustomResourceDefinition', definition({ group: 'x.k8s.io' }, { name: 'widgets.x.k8s.io', annotations: { 'api-approved.kubernetes.io': 'yes' } }))).toBeUndefined()
    expect(problem('CustomResourceDefinition', definition({ scope: 'Cluster' }), definition())).toContain('field is immutable')
  })
})

describe('other kinds', () => {
  const claim = (more: JsonObject = {}): JsonObject => ({ spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...more } })
  const job = (spec: JsonObject): JsonObject => ({ spec: { template: { spec } } })
  const container = [{ name: 'a' }]

  it.each<readonly [string, JsonObject, JsonObject | undefined, string | undefined]>([
    ['ConfigMap', { data: { a: '2' } }, { data: { a: '1' } }, undefined], ['ConfigMap', { data: { a: '2' }, immutable: true }, { data: { a: '1' }, immutable: true }, 'immutable'],
    ['ConfigMap', { data: { a: '1' } }, { data: { a: '1' }, immutable: true }, 'immutable'], ['Secret', { type: 'b' }, { type: 'a' }, 'type'],
    ['PersistentVolumeClaim', claim(), undefined, undefined], ['PersistentVolumeClaim', claim({ accessModes: [] }), undefined, 'accessModes'],
    ['PersistentVolumeClaim', claim({ resources: {} }), undefined, 'storage'], ['PersistentVolumeClaim', claim({ storageClassName: 'x' }), claim(), 'immutable'],
    ['PersistentVolumeClaim', claim({ resources: { requests: { storage: '2Gi' } } }), claim(), undefined],
    ['Job', job({ restartPolicy: 'Never', containers: container }), undefined, undefined], ['Job', job({ restartPolicy: 'Always', containers: container }), undefined, 'restartPolicy'],
    ['Job', job({ restartPolicy: 'Never', containers: [] }), undefined, 'containers'], ['Job', job({ restartPolicy: 'Never', containers: [{ name: 'b' }] }), job({ restartPolicy: 'Never', containers: container }), 'immutable'],
    ['Pod', { spec: { a: 1 } }, { spec: { a: 2 } }, 'Forbidden'], ['Pod', { spec: { a: 1 }, metadata: { labels: {} } }, { spec: { a: 1 } }, undefined],
    ['Workflow', {}, undefined, 'spec: Required value'], ['WorkflowTaskResult', {}, undefined, undefined], ['Lease', {}, undefined, undefined],
  ])('%s %j over %j: %s', (kind, object, before, message) => {
    const found = problem(kind, object, before)
    if (message === undefined) expect(found).toBeUndefined()
    else expect(found).toContain(message)
  })

  it('that somebody defined are none of these', () => {
    const own = customResource({ kind: 'Job', plural: 'jobs', shortNames: [], group: 'batch', jsonSchema: {} })
    expect(kindProblem(own, { kind: 'Job' }, undefined)).toBeUndefined()
  })
})
