// Owns the roles that every server has from the start, as on a cluster: for looking, for changing, for administering, for everything.
import type { Json, JsonObject } from '@tiphys/core/kube'

const RBAC = 'rbac.authorization.k8s.io'
const READ = ['get', 'list', 'watch']
const WRITE = ['create', 'delete', 'deletecollection', 'patch', 'update']
const AGGREGATE = `${RBAC}/aggregate-to-`

const rule = (apiGroups: readonly string[], resources: readonly string[], verbs: readonly string[]): JsonObject => ({ apiGroups, resources, verbs })

const workflowKinds = [
  'cronworkflows', 'cronworkflows/finalizers', 'workflowartifactgctasks', 'workflowartifactgctasks/finalizers', 'workfloweventbindings', 'workfloweventbindings/finalizers', 'workflows',
  'workflows/finalizers', 'workflowtaskresults', 'workflowtaskresults/finalizers', 'workflowtasksets', 'workflowtasksets/finalizers', 'workflowtemplates', 'workflowtemplates/finalizers',
]

const looking = [
  rule([''], ['configmaps', 'events', 'namespaces', 'persistentvolumeclaims', 'persistentvolumeclaims/status', 'pods', 'pods/log', 'pods/status', 'serviceaccounts'], READ),
  rule(['batch'], ['jobs', 'jobs/status'], READ), rule(['argoproj.io'], [...workflowKinds, 'clusterworkflowtemplates', 'clusterworkflowtemplates/finalizers'], READ),
]

const changing = [
  rule([''], ['secrets'], READ), rule([''], ['configmaps', 'events', 'persistentvolumeclaims', 'secrets', 'serviceaccounts'], WRITE), rule([''], ['pods'], ['delete', 'deletecollection']),
  rule([''], ['serviceaccounts'], ['impersonate']), rule([''], ['serviceaccounts/token'], ['create']), rule(['batch'], ['jobs'], WRITE),
  rule(['coordination.k8s.io'], ['leases'], [...READ, ...WRITE]), rule(['argoproj.io'], workflowKinds, WRITE),
]

const administering = [rule(['authorization.k8s.io'], ['localsubjectaccessreviews'], ['create']), rule([RBAC], ['rolebindings', 'roles'], [...READ, ...WRITE])]

function role(name: string, rules: readonly JsonObject[], labels: JsonObject = {}): JsonObject {
  return head('ClusterRole', name, labels, { rules })
}

function head(kind: string, name: string, labels: JsonObject, rest: JsonObject): JsonObject {
  return {
    apiVersion: `${RBAC}/v1`, kind,
    metadata: { name, labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults', ...labels }, annotations: { [`${RBAC}/autoupdate`]: 'true' } }, ...rest,
  }
}

/** A role that gathers the rules of all that say they belong to it. */
function gathering(name: string, labels: JsonObject = {}): JsonObject {
  return head('ClusterRole', name, labels, { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { [`${AGGREGATE}${name}`]: 'true' } }] }, rules: [] })
}

function given(name: string, groups: readonly string[]): JsonObject {
  const subjects: readonly Json[] = groups.map((group) => ({ apiGroup: RBAC, kind: 'Group', name: group }))
  return head('ClusterRoleBinding', name, {}, { roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name }, subjects })
}

const PUBLIC_PATHS = ['/healthz', '/livez', '/readyz', '/version', '/version/']
const DISCOVERY_PATHS = ['/api', '/api/*', '/apis', '/apis/*', '/healthz', '/livez', '/openapi', '/openapi/*', '/readyz', '/version', '/version/']

/** Roles that gather come first: what is created after them finds them. */
export const defaultRoles: readonly JsonObject[] = [
  role('cluster-admin', [rule(['*'], ['*'], ['*']), { nonResourceURLs: ['*'], verbs: ['*'] }]),
  gathering('admin'), gathering('edit', { [`${AGGREGATE}admin`]: 'true' }), gathering('view', { [`${AGGREGATE}edit`]: 'true' }),
  role('system:aggregate-to-admin', administering, { [`${AGGREGATE}admin`]: 'true' }), role('system:aggregate-to-edit', changing, { [`${AGGREGATE}edit`]: 'true' }),
  role('system:aggregate-to-view', looking, { [`${AGGREGATE}view`]: 'true' }),
  role('system:basic-user', [
    rule(['authorization.k8s.io'], ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'], ['create']), rule(['authentication.k8s.io'], ['selfsubjectreviews'], ['create']),
  ]),
  role('system:discovery', [{ nonResourceURLs: DISCOVERY_PATHS, verbs: ['get'] }]), role('system:public-info-viewer', [{ nonResourceURLs: PUBLIC_PATHS, verbs: ['get'] }]),
  given('cluster-admin', ['system:masters']), given('system:basic-user', ['system:authenticated']), given('system:discovery', ['system:authenticated']),
  given('system:public-info-viewer', ['system:authenticated', 'system:unauthenticated']),
]
