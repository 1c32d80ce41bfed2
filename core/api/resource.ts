// Owns which kinds the Kubernetes API serves: their names, verbs, columns and shapes, one row a kind.
import {
  clusterWorkflowTemplateSchema, configMapSchema, cronWorkflowSchema, kubeEventSchema, podSchema, secretSchema, type StructNode, workflowEventBindingSchema, workflowSchema,
  workflowTemplateSchema,
} from '@tiphys/core/spec'
import { type Column, ageColumn, columnAt, configMapColumns, eventColumns, namespaceColumns, nodeColumns, podColumns, secretColumns, serviceAccountColumns } from './columns.ts'

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
  /** The shape as far as it is known; other kinds are kept as they come. */
  readonly schema: StructNode | undefined
}

const ALL: readonly Verb[] = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']
const READ: readonly Verb[] = ['get', 'list', 'watch']

type Given = Pick<ApiResource, 'kind' | 'plural' | 'shortNames'> & Partial<ApiResource>

function core(given: Given): ApiResource {
  return {
    group: '', version: 'v1', singular: given.kind.toLowerCase(), categories: [], namespaced: true, statusSubresource: false, generation: false, verbs: ALL, log: false,
    columns: [ageColumn], schema: undefined, ...given,
  }
}

/** Argo's kinds have no status subresource: their status is written with the rest. */
function argo(given: Given): ApiResource {
  return core({ group: 'argoproj.io', version: 'v1alpha1', generation: true, ...given })
}

const workflowColumns = [
  columnAt({ name: 'Status', type: 'string', description: 'Status of the workflow' }, ['status', 'phase']),
  columnAt({ name: 'Age', type: 'date', description: 'When the workflow was started', format: 'date-time' }, ['status', 'startedAt']),
  columnAt({ name: 'Message', type: 'string', description: 'Why the workflow is in this condition' }, ['status', 'message']),
]

export const apiResources: readonly ApiResource[] = [
  core({ kind: 'ConfigMap', plural: 'configmaps', shortNames: ['cm'], columns: configMapColumns, schema: configMapSchema }),
  core({ kind: 'Event', plural: 'events', shortNames: ['ev'], columns: eventColumns, schema: kubeEventSchema }),
  core({ kind: 'Namespace', plural: 'namespaces', shortNames: ['ns'], namespaced: false, columns: namespaceColumns }),
  core({ kind: 'Node', plural: 'nodes', shortNames: ['no'], namespaced: false, verbs: READ, columns: nodeColumns }),
  core({ kind: 'Pod', plural: 'pods', shortNames: ['po'], categories: ['all'], verbs: READ, log: true, columns: podColumns, schema: podSchema }),
  core({ kind: 'Secret', plural: 'secrets', shortNames: [], columns: secretColumns, schema: secretSchema }),
  core({ kind: 'ServiceAccount', plural: 'serviceaccounts', shortNames: ['sa'], columns: serviceAccountColumns }),
  argo({ kind: 'ClusterWorkflowTemplate', plural: 'clusterworkflowtemplates', shortNames: ['clusterwftmpl', 'cwft'], namespaced: false, schema: clusterWorkflowTemplateSchema }),
  argo({ kind: 'CronWorkflow', plural: 'cronworkflows', shortNames: ['cwf', 'cronwf'], schema: cronWorkflowSchema }),
  argo({ kind: 'WorkflowEventBinding', plural: 'workfloweventbindings', shortNames: ['wfeb'], schema: workflowEventBindingSchema }),
  argo({ kind: 'Workflow', plural: 'workflows', shortNames: ['wf'], columns: workflowColumns, schema: workflowSchema, generation: false }),
  argo({ kind: 'WorkflowTemplate', plural: 'workflowtemplates', shortNames: ['wftmpl'], schema: workflowTemplateSchema }),
]

export interface GroupVersion {
  readonly group: string
  readonly version: string
}

/** Every group with its version, the core group first. */
export function groupVersions(resources: readonly ApiResource[]): readonly GroupVersion[] {
  const found = new Map(resources.map(({ group, version }) => [`${group}/${version}`, { group, version }]))
  return [...found.values()].toSorted((a, b) => (a.group < b.group ? -1 : 1))
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
