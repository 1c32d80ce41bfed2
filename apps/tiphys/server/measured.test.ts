// Checks what requests of Kubernetes clients are counted as.
import { expect, it } from 'vitest'
import { askedFor } from './measured.ts'

it.each([
  ['GET', '/apis/argoproj.io/v1alpha1/namespaces/a/workflows', 'workflows List'], ['GET', '/apis/argoproj.io/v1alpha1/workflows?limit=5&watch=true', 'workflows Watch'],
  ['GET', '/api/v1/namespaces/a/pods/p/log?watch=1', 'pods Get'], ['POST', '/api/v1/namespaces/a/configmaps', 'configmaps Create'], ['PATCH', '/api/v1/namespaces/a/secrets/s', 'secrets Patch'],
  ['DELETE', '/api/v1/namespaces/a/pods', 'pods DeleteCollection'], ['DELETE', '/api/v1/namespaces/a', 'namespaces Delete'], ['GET', '/api/v1/namespaces', 'namespaces List'],
  ['GET', '/api/v1/nodes/n', 'nodes Get'], ['GET', '/apis', undefined], ['GET', '/api/v1', undefined], ['GET', '/healthz', undefined], ['GET', '/openapi/v3/apis/argoproj.io/v1alpha1', undefined],
])('%s %s', (method, url, expected) => {
  const asked = askedFor(method, url)
  expect(asked === undefined ? undefined : `${asked.kind} ${asked.verb}`).toBe(expected)
})
