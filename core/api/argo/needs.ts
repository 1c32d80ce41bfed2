// Owns what roles must allow for each operation of the Argo REST API: the same verbs and kinds that a client of the Kubernetes API would need.
import type { ArgoRoute, ArgoService } from './routes.ts'

export interface ArgoNeeds {
  readonly verb: string
  readonly group: string
  readonly resource: string
  readonly subresource: string
}

const ARGO = 'argoproj.io'

const RESOURCES: Readonly<Record<Exclude<ArgoService, 'InfoService'>, readonly [group: string, resource: string]>> = {
  WorkflowService: [ARGO, 'workflows'], ArchivedWorkflowService: [ARGO, 'workflows'], ArtifactService: [ARGO, 'workflows'], WorkflowTemplateService: [ARGO, 'workflowtemplates'],
  ClusterWorkflowTemplateService: [ARGO, 'clusterworkflowtemplates'], CronWorkflowService: [ARGO, 'cronworkflows'], EventService: [ARGO, 'workfloweventbindings'],
  EventSourceService: [ARGO, 'eventsources'], SensorService: [ARGO, 'sensors'], SyncService: ['', 'configmaps'],
}

/** By how the name of an operation begins. */
const VERBS: readonly (readonly [start: string, verb: string])[] = [
  ['List', 'list'], ['Get', 'get'], ['Watch', 'watch'], ['Create', 'create'], ['Submit', 'create'], ['Resubmit', 'create'], ['Upload', 'create'], ['Update', 'update'], ['Resume', 'update'],
  ['Suspend', 'update'], ['Stop', 'update'], ['Terminate', 'update'], ['Set', 'update'], ['Retry', 'update'], ['Delete', 'delete'],
  // What is looked at need not be there; what it refers to must be readable.
  ['Lint', 'get'], ['Receive', 'list'],
]

/** Undefined for what everybody may do who is let in at all. */
export function needsOf({ service, operation }: Pick<ArgoRoute, 'service' | 'operation'>): ArgoNeeds | undefined {
  if (service === 'InfoService') return undefined
  if (operation.endsWith('Logs')) return { verb: 'get', group: '', resource: 'pods', subresource: 'log' }
  if (operation === 'WatchEvents') return { verb: 'watch', group: '', resource: 'events', subresource: '' }
  const [group, resource] = RESOURCES[service]
  const verb = VERBS.find(([start]) => operation.startsWith(start))?.[1] ?? '*'
  return { verb, group, resource, subresource: '' }
}

/** Operations that learn only from what they find which namespace they are about: they ask for themselves whether the caller may. */
const LATE: ReadonlySet<string> = new Set([
  'GetArchivedWorkflow', 'DeleteArchivedWorkflow', 'ResubmitArchivedWorkflow', 'RetryArchivedWorkflow', 'ListArchivedWorkflows', 'GetOutputArtifactByUID', 'GetInputArtifactByUID',
])

export function asksLate({ operation }: Pick<ArgoRoute, 'operation'>): boolean {
  return LATE.has(operation)
}
