// Owns the one table of what the Argo REST API answers: each path with its methods, its parameters, its body, and who may call it.
import {
  type QueryParameter, deleteParameters, getParameters, listParameters, logParameters, queryBool, queryEnum, queryText,
} from './query.ts'
import { type BodyShape, requests } from './requests.ts'

export type ArgoService =
  | 'ArchivedWorkflowService' | 'ArtifactService' | 'ClusterWorkflowTemplateService' | 'CronWorkflowService' | 'EventService' | 'EventSourceService' | 'InfoService' | 'SensorService'
  | 'SyncService' | 'WorkflowService' | 'WorkflowTemplateService'

/** What a token must allow. `none` is answered before anyone is asked who they are, as it tells nothing and changes nothing. */
export type ArgoAccess = 'read' | 'write' | 'none'

export interface ArgoRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Segments in braces stand for any text without a slash, the empty one too; `{name...}` for the rest of the path. */
  readonly pattern: string
  readonly service: ArgoService
  readonly operation: string
  readonly access: ArgoAccess
  /** `call` answers with one JSON value, `stream` with many, `file` with bytes of its own type. */
  readonly answers: 'call' | 'stream' | 'file'
  readonly query: readonly QueryParameter[]
  /** `any`: JSON of any shape. Undefined where no body is read. */
  readonly body: BodyShape | 'any' | undefined
}

type Row<O extends string> = ArgoRoute & { readonly operation: O }

interface Given<O extends string> {
  readonly operation: O
  readonly query?: readonly QueryParameter[]
  readonly body?: BodyShape | 'any'
  readonly access?: ArgoAccess
  readonly answers?: ArgoRoute['answers']
}

function row<O extends string>(service: ArgoService, line: `${ArgoRoute['method']} ${string}`, given: Given<O>): Row<O> {
  const [method, pattern] = line.split(' ') as [ArgoRoute['method'], string]
  const { operation, query = [], body, access = method === 'GET' ? 'read' : 'write', answers = 'call' } = given
  return { method, pattern, service, operation, access, answers, query, body }
}

const WF = 'WorkflowService'
const WORKFLOWS = '/api/v1/workflows/{namespace}'
const logQuery = [...queryText('podName', 'grep', 'selector'), ...logParameters('logOptions')]

const workflowRoutes = [
  row(WF, `GET ${WORKFLOWS}`, { operation: 'ListWorkflows', query: [...listParameters, ...queryText('fields', 'nameFilter', 'createdAfter', 'finishedBefore')] }),
  row(WF, `POST ${WORKFLOWS}`, { operation: 'CreateWorkflow', body: requests.createWorkflow }),
  row(WF, `POST ${WORKFLOWS}/lint`, { operation: 'LintWorkflow', body: requests.lintWorkflow, access: 'read' }),
  row(WF, `POST ${WORKFLOWS}/submit`, { operation: 'SubmitWorkflow', body: requests.submitWorkflow }),
  row(WF, `GET ${WORKFLOWS}/{name}`, { operation: 'GetWorkflow', query: [...getParameters, ...queryText('fields', 'uid')] }),
  row(WF, `DELETE ${WORKFLOWS}/{name}`, { operation: 'DeleteWorkflow', query: [...deleteParameters, ...queryBool('force')] }),
  row(WF, `GET ${WORKFLOWS}/{name}/log`, { operation: 'WorkflowLogs', query: logQuery, answers: 'stream' }),
  row(WF, `GET ${WORKFLOWS}/{name}/{podName}/log`, { operation: 'PodLogs', query: logQuery, answers: 'stream' }),
  row(WF, `PUT ${WORKFLOWS}/{name}/resubmit`, { operation: 'ResubmitWorkflow', body: requests.resubmitWorkflow }),
  row(WF, `PUT ${WORKFLOWS}/{name}/resume`, { operation: 'ResumeWorkflow', body: requests.resumeWorkflow }),
  row(WF, `PUT ${WORKFLOWS}/{name}/retry`, { operation: 'RetryWorkflow', body: requests.retryWorkflow }),
  row(WF, `PUT ${WORKFLOWS}/{name}/set`, { operation: 'SetWorkflow', body: requests.setWorkflow }),
  row(WF, `PUT ${WORKFLOWS}/{name}/stop`, { operation: 'StopWorkflow', body: requests.stopWorkflow }),
  row(WF, `PUT ${WORKFLOWS}/{name}/suspend`, { operation: 'SuspendWorkflow', body: requests.suspendWorkflow }),
  row(WF, `PUT ${WORKFLOWS}/{name}/terminate`, { operation: 'TerminateWorkflow', body: requests.terminateWorkflow }),
  row(WF, 'GET /api/v1/workflow-events/{namespace}', { operation: 'WatchWorkflows', query: [...listParameters, ...queryText('fields')], answers: 'stream' }),
  row(WF, 'GET /api/v1/stream/events/{namespace}', { operation: 'WatchEvents', query: listParameters, answers: 'stream' }),
] as const

const WFT = 'WorkflowTemplateService'
const TEMPLATES = '/api/v1/workflow-templates/{namespace}'
const CWFT = 'ClusterWorkflowTemplateService'
const CLUSTER = '/api/v1/cluster-workflow-templates'

const templateRoutes = [
  row(WFT, `GET ${TEMPLATES}`, { operation: 'ListWorkflowTemplates', query: [...listParameters, ...queryText('namePattern')] }),
  row(WFT, `POST ${TEMPLATES}`, { operation: 'CreateWorkflowTemplate', body: requests.createTemplate }),
  row(WFT, `POST ${TEMPLATES}/lint`, { operation: 'LintWorkflowTemplate', body: requests.lintTemplate, access: 'read' }),
  row(WFT, `GET ${TEMPLATES}/{name}`, { operation: 'GetWorkflowTemplate', query: getParameters }),
  row(WFT, `PUT ${TEMPLATES}/{name}`, { operation: 'UpdateWorkflowTemplate', body: requests.updateTemplate }),
  row(WFT, `DELETE ${TEMPLATES}/{name}`, { operation: 'DeleteWorkflowTemplate', query: deleteParameters }),
  row(CWFT, `GET ${CLUSTER}`, { operation: 'ListClusterWorkflowTemplates', query: listParameters }),
  row(CWFT, `POST ${CLUSTER}`, { operation: 'CreateClusterWorkflowTemplate', body: requests.createClusterTemplate }),
  row(CWFT, `POST ${CLUSTER}/lint`, { operation: 'LintClusterWorkflowTemplate', body: requests.lintClusterTemplate, access: 'read' }),
  row(CWFT, `GET ${CLUSTER}/{name}`, { operation: 'GetClusterWorkflowTemplate', query: getParameters }),
  row(CWFT, `PUT ${CLUSTER}/{name}`, { operation: 'UpdateClusterWorkflowTemplate', body: requests.updateClusterTemplate }),
  row(CWFT, `DELETE ${CLUSTER}/{name}`, { operation: 'DeleteClusterWorkflowTemplate', query: deleteParameters }),
] as const

const CRON = 'CronWorkflowService'
const CRONS = '/api/v1/cron-workflows/{namespace}'

const cronRoutes = [
  row(CRON, `GET ${CRONS}`, { operation: 'ListCronWorkflows', query: listParameters }),
  row(CRON, `POST ${CRONS}`, { operation: 'CreateCronWorkflow', body: requests.createCron }),
  row(CRON, `POST ${CRONS}/lint`, { operation: 'LintCronWorkflow', body: requests.lintCron, access: 'read' }),
  row(CRON, `GET ${CRONS}/{name}`, { operation: 'GetCronWorkflow', query: getParameters }),
  row(CRON, `PUT ${CRONS}/{name}`, { operation: 'UpdateCronWorkflow', body: requests.updateCron }),
  row(CRON, `DELETE ${CRONS}/{name}`, { operation: 'DeleteCronWorkflow', query: deleteParameters }),
  row(CRON, `PUT ${CRONS}/{name}/resume`, { operation: 'ResumeCronWorkflow', body: requests.resumeCron }),
  row(CRON, `PUT ${CRONS}/{name}/suspend`, { operation: 'SuspendCronWorkflow', body: requests.suspendCron }),
] as const

const ARCHIVE = 'ArchivedWorkflowService'
const ARCHIVED = '/api/v1/archived-workflows'

const archiveRoutes = [
  row(ARCHIVE, `GET ${ARCHIVED}`, { operation: 'ListArchivedWorkflows', query: [...listParameters, ...queryText('namePrefix', 'namespace', 'nameFilter')] }),
  row(ARCHIVE, 'GET /api/v1/archived-workflows-label-keys', { operation: 'ListArchivedWorkflowLabelKeys', query: queryText('namespace') }),
  row(ARCHIVE, 'GET /api/v1/archived-workflows-label-values', { operation: 'ListArchivedWorkflowLabelValues', query: [...listParameters, ...queryText('namespace')] }),
  row(ARCHIVE, `GET ${ARCHIVED}/{uid}`, { operation: 'GetArchivedWorkflow', query: queryText('namespace', 'name') }),
  row(ARCHIVE, `DELETE ${ARCHIVED}/{uid}`, { operation: 'DeleteArchivedWorkflow', query: queryText('namespace', 'name') }),
  row(ARCHIVE, `PUT ${ARCHIVED}/{uid}/resubmit`, { operation: 'ResubmitArchivedWorkflow', body: requests.resubmitArchived }),
  row(ARCHIVE, `PUT ${ARCHIVED}/{uid}/retry`, { operation: 'RetryArchivedWorkflow', body: requests.retryArchived }),
] as const

const EVENTS = 'EventService'
const SOURCES = 'EventSourceService'
const SENSORS = 'SensorService'

const eventRoutes = [
  row(EVENTS, 'POST /api/v1/events/{namespace}/{discriminator}', { operation: 'ReceiveEvent', body: 'any' }),
  row(EVENTS, 'GET /api/v1/workflow-event-bindings/{namespace}', { operation: 'ListWorkflowEventBindings', query: listParameters }),
  row(SOURCES, 'GET /api/v1/event-sources/{namespace}', { operation: 'ListEventSources', query: listParameters }),
  row(SOURCES, 'POST /api/v1/event-sources/{namespace}', { operation: 'CreateEventSource', body: requests.createEventSource }),
  row(SOURCES, 'GET /api/v1/event-sources/{namespace}/{name}', { operation: 'GetEventSource' }),
  row(SOURCES, 'PUT /api/v1/event-sources/{namespace}/{name}', { operation: 'UpdateEventSource', body: requests.updateEventSource }),
  row(SOURCES, 'DELETE /api/v1/event-sources/{namespace}/{name}', { operation: 'DeleteEventSource', query: deleteParameters }),
  row(SOURCES, 'GET /api/v1/stream/event-sources/{namespace}', { operation: 'WatchEventSources', query: listParameters, answers: 'stream' }),
  row(SOURCES, 'GET /api/v1/stream/event-sources/{namespace}/logs', {
    operation: 'EventSourcesLogs', query: [...queryText('name', 'eventSourceType', 'eventName', 'grep'), ...logParameters('podLogOptions')], answers: 'stream',
  }),
  row(SENSORS, 'GET /api/v1/sensors/{namespace}', { operation: 'ListSensors', query: listParameters }),
  row(SENSORS, 'POST /api/v1/sensors/{namespace}', { operation: 'CreateSensor', body: requests.createSensor }),
  row(SENSORS, 'GET /api/v1/sensors/{namespace}/{name}', { operation: 'GetSensor', query: getParameters }),
  row(SENSORS, 'PUT /api/v1/sensors/{namespace}/{name}', { operation: 'UpdateSensor', body: requests.updateSensor }),
  row(SENSORS, 'DELETE /api/v1/sensors/{namespace}/{name}', { operation: 'DeleteSensor', query: deleteParameters }),
  row(SENSORS, 'GET /api/v1/stream/sensors/{namespace}', { operation: 'WatchSensors', query: listParameters, answers: 'stream' }),
  row(SENSORS, 'GET /api/v1/stream/sensors/{namespace}/logs', {
    operation: 'SensorsLogs', query: [...queryText('name', 'triggerName', 'grep'), ...logParameters('podLogOptions')], answers: 'stream',
  }),
] as const

const SYNC = 'SyncService'
const limitQuery = [...queryEnum('type'), ...queryText('cmName')]

const otherRoutes = [
  row(SYNC, 'POST /api/v1/sync/{namespace}', { operation: 'CreateSyncLimit', body: requests.createLimit }),
  row(SYNC, 'GET /api/v1/sync/{namespace}/{key}', { operation: 'GetSyncLimit', query: limitQuery }),
  row(SYNC, 'PUT /api/v1/sync/{namespace}/{key}', { operation: 'UpdateSyncLimit', body: requests.updateLimit }),
  row(SYNC, 'DELETE /api/v1/sync/{namespace}/{key}', { operation: 'DeleteSyncLimit', query: limitQuery }),
  row('InfoService', 'GET /api/v1/info', { operation: 'GetInfo' }),
  row('InfoService', 'GET /api/v1/version', { operation: 'GetVersion' }),
  row('InfoService', 'GET /api/v1/userinfo', { operation: 'GetUserInfo' }),
  row('InfoService', 'POST /api/v1/tracking/event', { operation: 'CollectEvent', body: requests.trackEvent, access: 'read' }),
] as const

/** Files lie outside `/api`: their answers are bytes, and any method reaches them. */
const fileRoutes = [
  row('ArtifactService', 'GET /artifacts/{namespace}/{name}/{nodeId}/{artifactName}', { operation: 'GetOutputArtifact', answers: 'file' }),
  row('ArtifactService', 'GET /input-artifacts/{namespace}/{name}/{nodeId}/{artifactName}', { operation: 'GetInputArtifact', answers: 'file' }),
  row('ArtifactService', 'GET /artifacts-by-uid/{uid}/{nodeId}/{artifactName}', { operation: 'GetOutputArtifactByUID', answers: 'file' }),
  row('ArtifactService', 'GET /input-artifacts-by-uid/{uid}/{nodeId}/{artifactName}', { operation: 'GetInputArtifactByUID', answers: 'file' }),
  row('ArtifactService', 'GET /artifact-files/{namespace}/{idDiscriminator}/{id}/{nodeId}/{artifactDiscriminator}/{artifactName...}', { operation: 'GetArtifactFile', answers: 'file' }),
  row('ArtifactService', 'POST /upload-artifacts/{namespace}/{templateName}/{artifactName}', { operation: 'UploadInputArtifact', answers: 'file' }),
] as const

export const argoFileRoutes = fileRoutes
export const argoApiRoutes = [...workflowRoutes, ...templateRoutes, ...cronRoutes, ...archiveRoutes, ...eventRoutes, ...otherRoutes] as const

export const argoRoutes: readonly ArgoRoute[] = [...argoApiRoutes, ...fileRoutes]

export type ArgoApiOperation = (typeof argoApiRoutes)[number]['operation']
export type ArgoFileOperation = (typeof fileRoutes)[number]['operation']
export type ArgoOperation = ArgoApiOperation | ArgoFileOperation

export type ArgoParameters = Readonly<Record<string, string>>

export interface ArgoMatch {
  readonly route: (typeof argoApiRoutes)[number]
  readonly parameters: ArgoParameters
}

/** The route of a path below `/api/`; undefined where there is none with that method. The path is decoded: an escaped slash is a slash. */
export function matchArgoRoute(method: string, path: string): ArgoMatch | undefined {
  const given = segmentsOf(path)
  if (given === undefined) return undefined
  for (const route of argoApiRoutes) {
    if (route.method !== method) continue
    const parameters = fit(route.pattern.split('/'), given)
    if (parameters !== undefined) return { route, parameters }
  }
  return undefined
}

/** What follows a colon in the last segment is a verb to the reference, and no route has one. */
function segmentsOf(path: string): readonly string[] | undefined {
  const segments = path.split('/')
  const last = segments.at(-1) ?? ''
  const colon = last.lastIndexOf(':')
  if (colon < 0) return segments
  return colon === 0 || colon < last.length - 1 ? undefined : [...segments.slice(0, -1), last.slice(0, -1)]
}

/** The route of a path whatever its method, for clients that can send forms only. */
export function matchAnyMethod(path: string): ArgoMatch | undefined {
  const methods = [...new Set(argoApiRoutes.map(({ method }) => method))]
  for (const method of methods) {
    const match = matchArgoRoute(method, path)
    if (match !== undefined) return match
  }
  return undefined
}

function fit(pattern: readonly string[], given: readonly string[]): ArgoParameters | undefined {
  if (pattern.length !== given.length) return undefined
  const parameters: Record<string, string> = {}
  for (const [index, segment] of pattern.entries()) {
    const text = given[index] ?? ''
    if (segment.startsWith('{')) parameters[segment.slice(1, -1)] = text
    else if (segment !== text) return undefined
  }
  return parameters
}
