// Proves the parts of the Kubernetes API that need no server: routes, wishes, ages, tables, documents.
import { describe, expect, it } from 'vitest'
import {
  aggregatedDiscovery, apiResources, groupDocument, groupList, groupVersions, kubeAge, kubeRoutes, matchRoute, openapiV2, openapiV3, patchKindOf, resourceList, resourceOfKind, shapeWanted, tableOf,
} from './index.ts'

const NOW = Date.parse('2026-01-01T00:10:00Z')

describe('routes', () => {
  it.each([
    ['GET', '/api/v1/namespaces/a', 'get', { plural: 'namespaces', name: 'a' }],
    ['GET', '/api/v1/namespaces/a/pods', 'list', { namespace: 'a', plural: 'pods' }],
    ['GET', '/api/v1/namespaces/a/pods/', 'list', { namespace: 'a', plural: 'pods' }],
    ['GET', '/api/v1/namespaces/a/pods/b/log', 'log', { namespace: 'a', plural: 'pods', name: 'b' }],
    ['PATCH', '/api/v1/namespaces/a/status', 'patchStatus', { plural: 'namespaces', name: 'a' }],
    ['DELETE', '/apis/argoproj.io/v1alpha1/namespaces/a/workflows', 'deleteCollection', { group: 'argoproj.io', namespace: 'a', plural: 'workflows' }],
    ['GET', '/apis/argoproj.io/v1alpha1', 'groupResources', { group: 'argoproj.io', version: 'v1alpha1' }],
    ['GET', '/api/v1/namespaces/a%2Fb', 'get', { name: 'a/b' }],
  ])('%s %s is %s', (method, path, operation, parameters) => {
    expect(matchRoute(kubeRoutes, method, path)).toMatchObject({ found: true, route: { operation }, parameters })
  })

  it('tell a wrong method from a wrong path', () => {
    expect(matchRoute(kubeRoutes, 'POST', '/version')).toEqual({ found: false, why: 'other_method' })
    for (const path of ['/nothing', '/api//v1', '/api/v1/namespaces/%zz', '//']) expect(matchRoute(kubeRoutes, 'GET', path)).toEqual({ found: false, why: 'no_path' })
  })

  it('open nothing but health to strangers', () => {
    expect(kubeRoutes.filter(({ access }) => access === 'anyone').map(({ method, pattern }) => `${method} ${pattern}`)).toEqual(['GET /healthz', 'GET /livez', 'GET /readyz'])
  })
})

describe('what a client wants', () => {
  it.each([
    ['', ''], ['*/*', ''], ['application/json', ''], ['application/json;as=Table;v=v1;g=meta.k8s.io,application/json', 'Table'],
    ['application/vnd.kubernetes.protobuf,application/json', ''], ['application/json;as=Unknown, application/json', ''],
    ['application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json', 'APIGroupDiscoveryList'],
  ])('%j is met as %j', (accept, as) => {
    expect(shapeWanted(accept)?.as).toBe(as)
  })

  it('is refused when nothing can be met', () => {
    expect(shapeWanted('application/vnd.kubernetes.protobuf')).toBeUndefined()
  })

  it('patches go by their content type', () => {
    expect(['application/merge-patch+json; charset=utf-8', 'application/apply-patch+yaml', 'text/plain', 'constructor'].map(patchKindOf)).toEqual(['merge', 'apply', undefined, undefined])
  })
})

describe('tables', () => {
  it.each([
    [-5000, '<invalid>'], [-1000, '0s'], [0, '0s'], [119_000, '119s'], [120_000, '2m'], [200_000, '3m20s'], [600_000, '10m'], [3 * 3600_000, '3h'], [3 * 3600_000 + 60_000, '3h1m'],
    [8 * 3600_000, '8h'], [47 * 3600_000, '47h'], [50 * 3600_000, '2d2h'], [8 * 86_400_000, '8d'], [800 * 86_400_000, '2y70d'], [9 * 365 * 86_400_000, '9y'],
  ])('show %d ms as %s', (ms, age) => {
    expect(kubeAge(ms)).toBe(age)
  })

  it('have the columns of their kind', () => {
    const workflow = { metadata: { name: 'w' }, status: { phase: 'Failed', startedAt: '2026-01-01T00:00:00Z', message: 'because' } }
    const table = tableOf({ resource: resourceOfKind('Workflow'), objects: [workflow, { metadata: { name: 'new' } }], metadata: {}, includeObject: 'None', now: NOW, version: 'v1' })
    expect(table['rows']).toEqual([{ cells: ['w', 'Failed', '10m', 'because'] }, { cells: ['new', '', '', ''] }])
  })

  it.each([
    [{ phase: 'Running', containerStatuses: [{ ready: true, restartCount: 0, state: { running: {} } }] }, '1/1', 'Running'],
    [{ phase: 'Succeeded', containerStatuses: [{ ready: false, state: { terminated: { reason: 'Completed', exitCode: 0 } } }] }, '0/1', 'Completed'],
    [{ phase: 'Failed', containerStatuses: [{ ready: false, state: { terminated: { exitCode: 3 } } }] }, '0/1', 'ExitCode:3'],
    [{ phase: 'Pending', containerStatuses: [{ ready: false, state: { waiting: { reason: 'ContainerCreating' } } }] }, '0/1', 'ContainerCreating'],
    [{ phase: 'Failed', reason: 'Evicted' }, '0/1', 'Evicted'],
    [{ phase: 'Pending' }, '0/1', 'Pending'],
  ])('show a pod of status %j as %s %s', (status, ready, state) => {
    const pod = { metadata: { name: 'p', creationTimestamp: '2026-01-01T00:09:00Z' }, spec: { containers: [{ name: 'main' }] }, status }
    const table = tableOf({ resource: resourceOfKind('Pod'), objects: [pod], metadata: {}, includeObject: 'Metadata', now: NOW, version: 'v1' })
    expect(table['rows']).toMatchObject([{ cells: ['p', ready, state, '0', '60s', '<none>', '<none>', '<none>', '<none>'], object: { kind: 'PartialObjectMetadata', metadata: pod.metadata } }])
  })
})

describe('documents', () => {
  it('name every kind in plain and in aggregated discovery', () => {
    const plain = groupVersions(apiResources).map((place) => resourceList(apiResources, place))
    for (const { plural } of apiResources) expect(JSON.stringify(plain)).toContain(`"name":"${plural}"`)
    const aggregated = JSON.stringify([aggregatedDiscovery(apiResources, 'core', 'v2'), aggregatedDiscovery(apiResources, 'groups', 'v2')])
    for (const { plural } of apiResources) expect(aggregated).toContain(`"resource":"${plural}"`)
    expect(groupList(apiResources)['groups']).toHaveLength(groupVersions(apiResources).length - 1)
    expect([groupDocument(apiResources, 'none'), resourceList(apiResources, { group: 'none', version: 'v1' })]).toEqual([undefined, undefined])
  })

  it('refer to shapes that are there', () => {
    const documents = [openapiV3(apiResources, { group: 'argoproj.io', version: 'v1alpha1' }), openapiV3(apiResources, { group: '', version: 'v1' }), openapiV2(apiResources)]
    for (const document of documents) {
      const text = JSON.stringify(document)
      const names = new Set([...text.matchAll(/"\$ref":"#\/(?:definitions|components\/schemas)\/([^"]+)"/g)].map((match) => match[1] ?? ''))
      expect(names.size).toBeGreaterThan(3)
      for (const name of names) expect(text).toContain(`"${name}":{"description"`)
    }
  })
})
