// Owns which kinds the Kubernetes API serves: their names, verbs, columns and shapes, one row a kind.
import type { JsonObject } from '@tiphys/core/kube'
import {
  clusterWorkflowTemplateSchema, configMapSchema, cronWorkflowSchema, kubeEventSchema, persistentVolumeClaimSchema, podSchema, secretSchema, type StructNode, workflowArtifactGCTaskSchema,
  workflowEventBindingSchema, workflowSchema, workflowTaskResultSchema, workflowTaskSetSchema, workflowTemplateSchema,
} from '@tiphys/core/spec'
import {
  type Column, ageColumn, bindingColumns, claimColumns, columnAt, configMapColumns, definitionColumns, eventColumns, jobColumns, leaseColumns, namespaceColumns, nodeColumns, podColumns,
  roleColumns, secretColumns, serviceAccountColumns,
} from './columns.ts'
import {
  accessReviewSchema, clusterRoleBindingSchema, clusterRoleSchema, definitionSchema, jobSchema, leaseSchema, localAccessReviewSchema, namespaceSchema, roleBindingSchema, roleSchema,
  selfAccessReviewSchema, selfReviewSchema, selfRulesReviewSchema, serviceAccountSchema, tokenRequestSchema, tokenReviewSchema,
} from './shapes.ts'
import type { ScalePaths } from './scale.ts'
import { compareVersions } from './version-order.ts'

export type Verb = 'create' | 'delete' | 'deletecollection' | 'get' | 'list' | 'patch' | 'update' | 'watch'

export interface ApiResource {
  /** Empty for the core group. */
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly plural: string
  readonly singular: string
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  readonly namespaced: boolean
  readonly statusSubresource: boolean
  readonly generation: boolean
  readonly verbs: readonly Verb[]
  /** Whether `log` can be read below an object. */
  readonly log: boolean
  /** What tables show after the name. */
  readonly columns: readonly Column[]
  /** Whether tokens can be asked for below an object. */
  readonly token: boolean
  /** Whether a new object is a question that is answered and not kept. */
  readonly review: boolean
  /** Names may hold anything that fits a path. */
  readonly anyName: boolean
  /** The shape as far as it is known; other kinds are kept as they come. */
  readonly schema: StructNode | undefined
  /** Fields that it can be selected by beyond name and namespace, where its definition says so. */
  readonly selectable?: readonly string[] | undefined
  /** Where it keeps its scale. */
  readonly scale?: ScalePaths | undefined
  /** What users of a version are told that is on its way out. */
  readonly deprecation?: string | undefined
  /** The shape of a kind that was defined while the server runs, as its definition gives it. */
  readonly jsonSchema: JsonObject | undefined
}

const ALL: readonly Verb[] = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']
const READ: readonly Verb[] = ['get', 'list', 'watch']
/** Of what others make: all but making it. */
const KEPT: readonly Verb[] = ALL.filter((verb) => verb !== 'create')

type Given = Pick<ApiResource, 'kind' | 'plural' | 'shortNames'> & Partial<ApiResource>

function core(given: Given): ApiResource {
  return {
    group: '', version: 'v1', singular: given.kind.toLowerCase(), categories: [], namespaced: true, statusSubresource: false, generation: false, verbs: ALL, log: false,
    columns: [ageColumn], schema: undefined, token: false, review: false, anyName: false, jsonSchema: undefined, ...given,
  }
}

/** A kind that a definition brings. */
export const customResource = core

/** Argo's kinds have no status subresource: their status is written with the rest. */
function argo(given: Given): ApiResource {
  return core({ group: 'argoproj.io', version: 'v1alpha1', generation: true, ...given })
}

function access(given: Given): ApiResource {
  return core({ group: 'rbac.authorization.k8s.io', anyName: true, ...given })
}

/** A question to the server: an object that is created to be answered. */
function review(given: Omit<Given, 'plural' | 'shortNames'>): ApiResource {
  return core({ plural: `${given.kind.toLowerCase()}s`, shortNames: [], namespaced: false, verbs: ['create'], review: true, ...given })
}

const workflowColumns = [
  columnAt({ name: 'Status', type: 'string', description: 'Status of the workflow' }, ['status', 'phase']),
  columnAt({ name: 'Age', type: 'date', description: 'When the workflow was started', format: 'date-time' }, ['status', 'startedAt']),
  columnAt({ name: 'Message', type: 'string', description: 'Why the workflow is in this condition' }, ['status', 'message']),
]

export const apiResources: readonly ApiResource[] = [
  core({ kind: 'ConfigMap', plural: 'configmaps', shortNames: ['cm'], columns: configMapColumns, schema: configMapSchema }),
  core({ kind: 'Event', plural: 'events', shortNames: ['ev'], columns: eventColumns, schema: kubeEventSchema }),
  core({ kind: 'Namespace', plural: 'namespaces', shortNames: ['ns'], namespaced: false, columns: namespaceColumns, schema: namespaceSchema }),
  core({ kind: 'Node', plural: 'nodes', shortNames: ['no'], namespaced: false, verbs: READ, columns: nodeColumns }),
  core({ kind: 'PersistentVolumeClaim', plural: 'persistentvolumeclaims', shortNames: ['pvc'], statusSubresource: true, columns: claimColumns, schema: persistentVolumeClaimSchema }),
  core({ kind: 'Pod', plural: 'pods', shortNames: ['po'], categories: ['all'], verbs: KEPT, log: true, columns: podColumns, schema: podSchema }),
  // There are none: clients that only want to list them are not turned away.
  core({ kind: 'Service', plural: 'services', shortNames: ['svc'], categories: ['all'], verbs: READ }),
  core({ kind: 'Secret', plural: 'secrets', shortNames: [], columns: secretColumns, schema: secretSchema }),
  core({ kind: 'ServiceAccount', plural: 'serviceaccounts', shortNames: ['sa'], token: true, columns: serviceAccountColumns, schema: serviceAccountSchema }),
  core({
    group: 'apiextensions.k8s.io', kind: 'CustomResourceDefinition', plural: 'customresourcedefinitions', shortNames: ['crd', 'crds'], categories: ['api-extensions'], namespaced: false,
    statusSubresource: true, generation: true, columns: definitionColumns, schema: definitionSchema,
  }),
  argo({ kind: 'ClusterWorkflowTemplate', plural: 'clusterworkflowtemplates', shortNames: ['clusterwftmpl', 'cwft'], namespaced: false, schema: clusterWorkflowTemplateSchema }),
  argo({ kind: 'CronWorkflow', plural: 'cronworkflows', shortNames: ['cwf', 'cronwf'], schema: cronWorkflowSchema }),
  argo({ kind: 'WorkflowEventBinding', plural: 'workfloweventbindings', shortNames: ['wfeb'], schema: workflowEventBindingSchema }),
  argo({ kind: 'Workflow', plural: 'workflows', shortNames: ['wf'], columns: workflowColumns, schema: workflowSchema, generation: false }),
  argo({ kind: 'WorkflowArtifactGCTask', plural: 'workflowartifactgctasks', shortNames: ['wfat'], statusSubresource: true, schema: workflowArtifactGCTaskSchema }),
  argo({ kind: 'WorkflowTaskResult', plural: 'workflowtaskresults', shortNames: [], schema: workflowTaskResultSchema }),
  argo({ kind: 'WorkflowTaskSet', plural: 'workflowtasksets', shortNames: ['wfts'], statusSubresource: true, schema: workflowTaskSetSchema }),
  argo({ kind: 'WorkflowTemplate', plural: 'workflowtemplates', shortNames: ['wftmpl'], schema: workflowTemplateSchema }),
  review({ group: 'authentication.k8s.io', kind: 'SelfSubjectReview', schema: selfReviewSchema }),
  review({ group: 'authentication.k8s.io', kind: 'TokenReview', schema: tokenReviewSchema }),
  review({ group: 'authorization.k8s.io', kind: 'LocalSubjectAccessReview', namespaced: true, schema: localAccessReviewSchema }),
  review({ group: 'authorization.k8s.io', kind: 'SelfSubjectAccessReview', schema: selfAccessReviewSchema }),
  review({ group: 'authorization.k8s.io', kind: 'SelfSubjectRulesReview', schema: selfRulesReviewSchema }),
  review({ group: 'authorization.k8s.io', kind: 'SubjectAccessReview', schema: accessReviewSchema }),
  core({ group: 'batch', kind: 'Job', plural: 'jobs', shortNames: [], categories: ['all'], statusSubresource: true, generation: true, columns: jobColumns, schema: jobSchema }),
  core({ group: 'coordination.k8s.io', kind: 'Lease', plural: 'leases', shortNames: [], columns: leaseColumns, schema: leaseSchema }),
  access({ kind: 'ClusterRole', plural: 'clusterroles', shortNames: [], namespaced: false, columns: roleColumns, schema: clusterRoleSchema }),
  access({ kind: 'ClusterRoleBinding', plural: 'clusterrolebindings', shortNames: [], namespaced: false, columns: bindingColumns, schema: clusterRoleBindingSchema }),
  access({ kind: 'Role', plural: 'roles', shortNames: [], columns: roleColumns, schema: roleSchema }),
  access({ kind: 'RoleBinding', plural: 'rolebindings', shortNames: [], columns: bindingColumns, schema: roleBindingSchema }),
]

/** What is asked for below a service account: no kind of its own. */
export const tokenRequestShape: ApiResource = review({ group: 'authentication.k8s.io', kind: 'TokenRequest', namespaced: true, schema: tokenRequestSchema })

export interface GroupVersion {
  readonly group: string
  readonly version: string
}

/** Every group with its versions, the core group first and the best version of each group before the others. */
export function groupVersions(resources: readonly ApiResource[]): readonly GroupVersion[] {
  const found = new Map(resources.map(({ group, version }) => [`${group}/${version}`, { group, version }]))
  return [...found.values()].toSorted((a, b) => (a.group === b.group ? compareVersions(a.version, b.version) : a.group < b.group ? -1 : 1))
}

export function apiVersionOf({ group, version }: GroupVersion): string {
  return group === '' ? version : `${group}/${version}`
}

export function resourcesOf(resources: readonly ApiResource[], { group, version }: GroupVersion): readonly ApiResource[] {
  return resources.filter((resource) => resource.group === group && resource.version === version)
}

/** How messages name a kind, such as `workflows.argoproj.io`. */
export function qualifiedName({ plural, group }: Pick<ApiResource, 'plural' | 'group'>): string {
  return group === '' ? plural : `${plural}.${group}`
}

/** The row of a kind that is known to be there. */
export function resourceOfKind(kind: string): ApiResource {
  const found = apiResources.find((resource) => resource.kind === kind)
  if (found === undefined) throw new Error(`there is no kind ${kind}`)
  return found
}
