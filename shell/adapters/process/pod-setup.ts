// Owns what is made ready before a pod's containers start: environments, volumes, input artifacts.
import { mkdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Pod } from '@tiphys/core/spec'
import type { ArtifactContext, PodLookup, PodRequest } from '@tiphys/shell/ports'
import type { ContainerRun } from './container-run.ts'
import { addLiterals, fullEnvironment, isLiteral, type EnvironmentScope } from './environment.ts'
import { loadInputs } from './inputs.ts'
import type { ContainerPlan } from './pod-plan.ts'
import type { DeclaredBind } from './private-view.ts'
import type { Services } from './services.ts'
import { systemPath } from './launch.ts'
import { bindsOf, prepareVolumes } from './volumes.ts'

/** What the pod's containers have in common. */
export interface PodContext {
  readonly request: PodRequest
  readonly uid: string
  readonly key: string
  readonly services: Services
  /** Folder of the pod's files; made only when something has to be kept. */
  readonly folder: string
}

export interface PodSetup {
  readonly binds: ReadonlyMap<string, readonly DeclaredBind[]>
}

const workflowLabel = 'workflows.argoproj.io/workflow'

export function workflowNameOf(pod: Pod): string {
  return pod.metadata?.labels?.[workflowLabel] ?? ''
}

/** Where the source of a script lies when it needs no view. */
export function scriptPath(context: PodContext): string {
  return join(context.services.folders.scripts, basename(context.folder))
}

/** Where a pod reports progress, on the host. */
export function progressPath(context: PodContext, hasView: boolean): string {
  return hasView ? join(context.folder, 'argo', 'progress') : `${scriptPath(context)}.progress`
}

/** Variables that every container sees, in the order in which declared ones may refer to them. */
export function baseVariables(plan: ContainerPlan, context: PodContext): Map<string, string> {
  const { request, services } = context
  const { standIn, container } = plan
  const isImage = standIn?.kind === 'rootfs'
  const variables = isImage ? new Map([['PATH', systemPath], ['HOME', '/root']]) : new Map(services.baseEnvironment)
  for (const [name, value] of Object.entries(standIn?.config.environment ?? {})) variables.set(name, value)
  if (standIn?.kind === 'commands') variables.set('PATH', `${standIn.folder}:${variables.get('PATH') ?? systemPath}`)
  if (plan.needsView && variables.has('TMPDIR')) variables.set('TMPDIR', '/tmp')
  variables.set('HOSTNAME', request.pod.metadata?.name ?? '')
  variables.set('ARGO_CONTAINER_NAME', container.name)
  variables.set('ARGO_NODE_ID', request.key.nodeId)
  variables.set('ARGO_WORKFLOW_NAME', workflowNameOf(request.pod))
  variables.set('ARGO_INCLUDE_SCRIPT_OUTPUT', String(request.includeResult))
  variables.set('ARGO_PROGRESS_FILE', plan.needsView ? '/var/run/argo/progress' : progressPath(context, false))
  return variables
}

/** The environment, when nothing has to be looked up for it. */
export function environmentNow(plan: ContainerPlan, context: PodContext): Map<string, string> | undefined {
  return isLiteral(plan.container) ? adjusted(plan, context, addLiterals(plan.container, baseVariables(plan, context))) : undefined
}

/** A declared PATH does not hide the folder that stands in for the image, and progress goes where this host keeps it. */
function adjusted(plan: ContainerPlan, context: PodContext, environment: Map<string, string>): Map<string, string> {
  const path = environment.get('PATH') ?? ''
  if (plan.standIn?.kind === 'commands' && !path.split(':').includes(plan.standIn.folder)) environment.set('PATH', `${plan.standIn.folder}:${path}`)
  if (!plan.needsView) environment.set('ARGO_PROGRESS_FILE', progressPath(context, false))
  return environment
}

export function scopeOf(context: PodContext, lookup: PodLookup): EnvironmentScope {
  const { request, uid, services } = context
  return { pod: request.pod, uid, namespace: request.namespace, hostNodeName: services.hostNodeName, lookup }
}

export function artifactContext(context: PodContext): ArtifactContext {
  const lookup = lookupOf(context)
  return {
    namespace: context.request.namespace,
    repository: context.request.template.archiveLocation,
    secret: async (name, key) => {
      const data = await lookup.secret(name)
      return data !== undefined && Object.hasOwn(data, key) ? data[key] : undefined
    },
  }
}

export function lookupOf(context: PodContext): PodLookup {
  return context.request.lookup ?? context.services.lookup(context.request.namespace)
}

/** Makes everything ready. Throws `PodTrouble`; doing it again after that is harmless. */
export async function setUp(containers: readonly ContainerRun[], context: PodContext): Promise<PodSetup> {
  const scope = scopeOf(context, lookupOf(context))
  for (const run of containers) run.environment ??= environmentNow(run.plan, context) ?? adjusted(run.plan, context, await fullEnvironment(run.plan.container, baseVariables(run.plan, context), scope))
  const mounted = new Set(containers.flatMap(({ plan }) => plan.mounts.map(({ name }) => name)))
  const places = await prepareVolumes(scope, mounted, { pod: join(context.folder, 'volumes'), claims: context.services.folders.claims })
  const binds = new Map<string, DeclaredBind[]>()
  for (const { plan, environment } of containers) binds.set(plan.container.name, await bindsOf(plan, places, environment ?? new Map()))
  const inputs = await bindInputs(containers, binds, context)
  const argo = containers.some(({ plan }) => plan.needsView) ? [argoFolder(context)] : []
  for (const { plan } of containers) binds.set(plan.container.name, [...(binds.get(plan.container.name) ?? []), ...argo, ...(plan.role === 'main' ? inputs : [])])
  return { binds }
}

async function bindInputs(containers: readonly ContainerRun[], binds: ReadonlyMap<string, DeclaredBind[]>, context: PodContext): Promise<DeclaredBind[]> {
  const { template } = context.request
  if ((template.inputs?.artifacts ?? []).length === 0) return []
  const folder = join(context.folder, 'inputs')
  mkdirSync(folder, { recursive: true })
  const main = containers.find(({ plan }) => plan.role === 'main')
  const volumes = (main === undefined ? undefined : binds.get(main.plan.container.name)) ?? []
  return loadInputs({ template, store: context.services.artifacts, context: artifactContext(context), folder, volumes })
}

/** Where steps write their progress. */
function argoFolder(context: PodContext): DeclaredBind {
  const source = join(context.folder, 'argo')
  mkdirSync(source, { recursive: true, mode: 0o777 })
  return { target: '/var/run/argo', source, readOnly: false }
}
