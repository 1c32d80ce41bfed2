// Kinds of users: what of their definitions is not done here, their scale, and the fields that they can be selected by.
import { describe, expect, it } from 'vitest'
import { type JsonObject, parseFieldSelector } from '@tiphys/core/kube'
import { aggregatedDiscovery, customKinds, definitionStatus, failure, fieldLabelProblem, kubeRoutes, matchRoute, resourceList, resourceOfKind, scaleOf, statusOf, unsupportedIn, withScale } from './index.ts'

const definition = (version: JsonObject, spec: JsonObject = {}): JsonObject => ({
  spec: { group: 'ex.io', scope: 'Namespaced', names: { kind: 'Widget', plural: 'widgets' }, versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: {} }, ...version }], ...spec },
})
const scalable = definition({ subresources: { scale: { specReplicasPath: '.spec.size', statusReplicasPath: '.status.size', labelSelectorPath: '.status.selector' } }, selectableFields: [{ jsonPath: '.spec.colour' }] })
const fields = (text: string) => {
  const parsed = parseFieldSelector(text)
  if (!parsed.ok) throw new Error(parsed.problem.message)
  return parsed.value
}

describe('kinds of users', () => {
  it('says what a definition asks for that is not done, with its place and in its status', () => {
    const rules = { 'x-kubernetes-validations': [{ rule: 'self.a > 1' }] }
    const schema = { type: 'object', properties: { spec: { ...rules, properties: { list: { type: 'array', items: rules } } }, plain: { 'x-kubernetes-validations': [] } } }
    const asking = definition({ schema: { openAPIV3Schema: schema } }, { conversion: { strategy: 'Webhook' } })
    const places = unsupportedIn(asking).map((text) => text.split(': ')[0])
    const root = 'spec.versions[0].schema.openAPIV3Schema.properties[spec]'
    expect(places).toEqual(['spec.conversion.strategy', `${root}.x-kubernetes-validations`, `${root}.properties[list].items.x-kubernetes-validations`])
    expect(definitionStatus({ definition: asking, others: [], now: 0 })['conditions']).toContainEqual(expect.objectContaining({ type: 'FullySupported', status: 'False' }))
    expect(JSON.stringify(definitionStatus({ definition: definition({}), others: [], now: 0 }))).not.toContain('FullySupported')
  })

  it('reads and writes the scale where the definition says that it lies', () => {
    const scale = customKinds(scalable)[0]?.scale
    if (scale === undefined) throw new Error('no scale')
    const object: JsonObject = { metadata: { name: 'a', resourceVersion: '7' }, spec: { size: 2, colour: 'red' }, status: { size: 1, selector: 'a=b' } }
    expect(scaleOf(object, scale)).toMatchObject({ kind: 'Scale', metadata: { name: 'a', resourceVersion: '7' }, spec: { replicas: 2 }, status: { replicas: 1, selector: 'a=b' } })
    expect(withScale(object, scale, { spec: { replicas: 5 } })).toMatchObject({ ok: true, value: { spec: { size: 5, colour: 'red' }, metadata: { name: 'a' } } })
    expect(withScale({ metadata: {} }, scale, { metadata: { resourceVersion: '3' }, spec: { replicas: 1 } })).toMatchObject({ ok: true, value: { spec: { size: 1 }, metadata: { resourceVersion: '3' } } })
    for (const replicas of [-1, 1.5, 'x']) expect(withScale(object, scale, { spec: { replicas } })).toMatchObject({ ok: false })
    expect(JSON.stringify(resourceList(customKinds(scalable), { group: 'ex.io', version: 'v1' }))).toContain('"name":"widgets/scale"')
    expect(JSON.stringify(aggregatedDiscovery(customKinds(scalable), 'groups', 'v2'))).toContain('"subresource":"scale"')
  })

  it('selects by name, namespace, and what the definition or the kind allows', () => {
    const widget = customKinds(scalable)[0]
    if (widget === undefined) throw new Error('no kind')
    expect(fieldLabelProblem(widget, fields('spec.colour=red,metadata.name=a'))).toBeUndefined()
    expect(fieldLabelProblem(widget, fields('spec.size=1'))).toBe('field label not supported: spec.size')
    expect(fieldLabelProblem(resourceOfKind('ConfigMap'), fields('data.a=b'))).toBe('"data.a" is not a known field selector: only "metadata.name", "metadata.namespace"')
    expect(fieldLabelProblem(resourceOfKind('Pod'), fields('status.phase!=Running'))).toBeUndefined()
    expect(fieldLabelProblem(resourceOfKind('Workflow'), fields('status.phase=Running'))).toBeUndefined()
  })

  it('tells of versions that are on their way out', () => {
    expect(customKinds(definition({ deprecated: true }))[0]?.deprecation).toBe('ex.io/v1 Widget is deprecated')
    expect(customKinds(definition({ deprecated: true, deprecationWarning: 'use v2' }))[0]?.deprecation).toBe('use v2')
    expect(customKinds(definition({}))[0]?.deprecation).toBeUndefined()
  })
})

describe('what is refused with a reason', () => {
  it('has details even when there are none, since kubectl looks into them', () => {
    expect(statusOf(failure('NotFound', 'nothing there'))).toMatchObject({ details: {} })
    expect(statusOf(failure('MethodNotAllowed', 'no'))).toMatchObject({ details: {} })
    expect(statusOf(failure('Unauthorized', 'Unauthorized'))).not.toHaveProperty('details')
  })

  it('knows the paths of what processes do not have, and the root', () => {
    for (const [method, name] of [['POST', 'exec'], ['GET', 'exec'], ['GET', 'attach'], ['POST', 'portforward'], ['PATCH', 'ephemeralcontainers']] as const) {
      expect(matchRoute(kubeRoutes, method, `/api/v1/namespaces/default/pods/p/${name}`)).toMatchObject({ found: true, route: { operation: 'notOffered', access: 'token' } })
    }
    expect(matchRoute(kubeRoutes, 'GET', '/')).toMatchObject({ found: true, route: { operation: 'root' } })
  })
})
