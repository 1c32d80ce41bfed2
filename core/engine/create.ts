// Taking a workflow up: its executed spec, its variables and an empty state; or the state that a stored status describes.
import { type ObjectMeta, type Workflow, type WorkflowSpec, closedOverrides, joinMetadata, joinWorkflowSpecs, validateWorkflow } from '@tiphys/core/spec'

import type { Run, RunStatus, UnixMs } from './model.ts'
import type { World } from './world.ts'
import { fillGlobals } from './globals.ts'
import { globalsLayer, scopeOf } from './scope.ts'
import { LOOSE, evaluate, renderValue } from './render.ts'
import { nodesOf } from './wire.ts'
import { countRestored } from './nodes.ts'
import { restoreLocks } from './locking.ts'
import type { StoredState } from './stored.ts'

/** What keeps a workflow from starting at all. */
export interface StartProblem { readonly phase: 'Failed' | 'Error'; readonly message: string }

const LABEL_VALUE = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/
const isLabelValue = (text: string): boolean => text.length <= 63 && LABEL_VALUE.test(text)

/** What Kubernetes says about a text that is no label value. */
function labelValueProblems(text: string): string {
  const problems: string[] = []
  if (text.length > 63) problems.push('must be no more than 63 bytes')
  if (!LABEL_VALUE.test(text)) {
    problems.push(
      "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
      + " (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
    )
  }
  return problems.join(';')
}

const TEMPLATE_LABEL = 'workflows.argoproj.io/workflow-template'
const CLUSTER_TEMPLATE_LABEL = 'workflows.argoproj.io/cluster-workflow-template'

/** Makes a run of a workflow. Its name, namespace, uid and creation time are set by the caller. Problems surface when the run is started. */
export function createRun(workflow: Workflow, world: World, stored?: StoredState): Run {
  const metadata = metadataOf(workflow, world)
  const run = emptyRun(workflow, metadata)
  run.facilities = { random: world.random, sprig: world.sprig }
  run.storedSpec = stored?.status?.storedSpec
  const closed = stored === undefined && world.config.mustReference === true ? closedProblem(workflow.spec) : undefined
  if (closed !== undefined) return withProblem(run, 'Error', closed)
  const spec = executedSpec(workflow, run, world)
  if (!spec.ok) return withProblem(run, 'Error', spec.message)
  const invalid = stored === undefined ? invalidity(workflow, run, world) : undefined
  if (invalid !== undefined) return withProblem(run, 'Failed', `invalid spec: ${invalid}`)
  run.spec = spec.spec
  if (stored === undefined) loadStatus(run, workflow)
  else loadStored(run, stored)
  const filled = fillGlobals(run, world.catalog)
  if (!filled.ok) return withProblem(run, 'Failed', `failed to set global parameters: ${filled.message}`)
  const problem = substituteSpec(run)
  if (problem !== undefined) return withProblem(run, 'Error', problem)
  const labels = stampMetadata(run)
  if (labels !== undefined) return withProblem(run, 'Error', labels)
  run.volumes = run.spec.volumes ?? []
  run.volumesOpen = JSON.stringify(run.volumes).includes('{{')
  const { shutdown, suspend } = run.spec
  run.suspended = stored?.status?.suspended ?? suspend === true
  run.shutdown = stored?.status === undefined ? strategyOf(shutdown) : stored.status.shutdown
  return run
}

/** What is wrong with a workflow that has not started: it is validated once, before anything runs (END-5). */
function invalidity(workflow: Workflow, run: Run, world: World): string | undefined {
  if (workflow.status?.phase) return undefined
  const { catalog, config } = world
  return validateWorkflow(workflow, { purpose: 'create', catalog, namespace: run.namespace, defaults: config.workflowDefaults })?.message
}

/** What a workflow brings of its own although only templates may be run (START-8). */
function closedProblem(spec: WorkflowSpec): string | undefined {
  if (spec.workflowTemplateRef === undefined) return 'workflows must use workflowTemplateRef to be executed when the controller is in reference mode'
  const closed = closedOverrides(spec)
  return closed.length === 0 ? undefined : `fields [${closed.join(' ')}] are not permitted when using workflowTemplateRef with templateReferencing restriction`
}

function withProblem(run: Run, phase: 'Failed' | 'Error', message: string): Run {
  run.problem = { phase, message }
  return run
}

function metadataOf(workflow: Workflow, world: World): ObjectMeta {
  const metadata = joinMetadata(workflow.metadata, world.config.workflowDefaults?.metadata)
  const ref = workflow.spec.workflowTemplateRef
  if (ref === undefined) return { ...metadata }
  const label = ref.clusterScope === true ? CLUSTER_TEMPLATE_LABEL : TEMPLATE_LABEL
  return { ...metadata, labels: { ...metadata.labels, [label]: ref.name ?? '' } }
}

type Executed = { readonly ok: true; readonly spec: WorkflowSpec } | { readonly ok: false; readonly message: string }

/** The workflow's own spec over that of the template it refers to, over the controller's defaults; stored once, so that later edits do not matter (WFT-2). */
function executedSpec(workflow: Workflow, run: Run, world: World): Executed {
  const defaults = world.config.workflowDefaults?.spec
  const ref = workflow.spec.workflowTemplateRef
  if (ref === undefined) return { ok: true, spec: joinWorkflowSpecs({ workflow: workflow.spec, defaults }) }
  const stored = run.storedSpec ?? workflow.status?.storedWorkflowTemplateSpec
  const name = ref.name ?? ''
  const source = ref.clusterScope === true ? world.catalog.clusterWorkflowTemplate(name) : world.catalog.workflowTemplate(run.namespace, name)
  const base = stored ?? source?.spec
  if (base === undefined) {
    const kind = ref.clusterScope === true ? 'clusterworkflowtemplates' : 'workflowtemplates'
    return { ok: false, message: `${kind}.argoproj.io "${name}" not found` }
  }
  const spec = joinWorkflowSpecs({ workflow: workflow.spec, template: base, defaults })
  run.storedSpec = spec
  return { ok: true, spec }
}

function emptyRun(workflow: Workflow, metadata: ObjectMeta): Run {
  const name = workflow.metadata.name ?? ''
  const createdAt = Date.parse(workflow.metadata.creationTimestamp ?? '')
  const status: RunStatus = {
    phase: '', message: undefined, startedAt: undefined, finishedAt: undefined, outputs: undefined, completed: false, podRunning: undefined, claims: [], repository: undefined,
    progressDone: 0, progressTotal: 0,
  }
  return {
    name, namespace: workflow.metadata.namespace ?? 'default', uid: workflow.metadata.uid ?? '', createdAt: Number.isNaN(createdAt) ? 0 : createdAt,
    metadata, submitted: workflow, spec: workflow.spec, storedSpec: undefined, problem: undefined, nodes: new Map(), frames: new Map(), status,
    globals: new Map(), globalsVersion: 0, templates: { contexts: new Map(), compiled: new Map(), stored: new Map() }, volumes: [], volumesOpen: false,
    shutdown: undefined, suspended: false, deadline: undefined, context: undefined, root: undefined, rootFailure: undefined, hooks: new Map(),
    activePods: 0, runningPods: 0, counters: new Map(), postponed: new Set(), locksHeld: new Map(), lockWaiters: new Map(), lockWishes: new Map(), daemons: new Set(), ending: new Map(), saved: new Map(), held: [],
    asked: new Set(), lookedUp: undefined, begun: false, locked: false, turns: 0, facilities: {},
  }
}

/**
 * A run as it was stored, for readers: nothing is evaluated, nothing of its surroundings is needed, and it cannot be stepped.
 */
export function viewRun(workflow: Workflow, stored: StoredState): Run {
  const run = emptyRun(workflow, { ...workflow.metadata })
  run.storedSpec = stored.status?.storedSpec
  run.spec = run.storedSpec ?? workflow.spec
  loadStoredStatus(run, stored)
  for (const node of stored.nodes.values()) {
    run.nodes.set(node.id, node)
    countRestored(run, node)
  }
  for (const [holder, names] of stored.status?.locks ?? []) run.locksHeld.set(holder, names)
  const { shutdown, suspend } = workflow.spec
  run.suspended = stored.status?.suspended ?? suspend === true
  run.shutdown = stored.status === undefined ? strategyOf(shutdown) : stored.status.shutdown
  return run
}

function strategyOf(shutdown: string | undefined): Run['shutdown'] {
  return shutdown === 'Stop' || shutdown === 'Terminate' ? shutdown : undefined
}

/** Takes over what a stored status says, so that a run goes on where another process, or another engine, left it. */
function loadStatus(run: Run, workflow: Workflow): void {
  const { status } = workflow
  if (status === undefined) return
  const own = run.status
  own.phase = status.phase ?? ''
  own.message = status.message === '' ? undefined : status.message
  own.startedAt = timeOf(status.startedAt)
  own.finishedAt = timeOf(status.finishedAt)
  own.outputs = status.outputs
  own.completed = workflow.metadata.labels?.['workflows.argoproj.io/completed'] === 'true'
  const podRunning = status.conditions?.find(({ type }) => type === 'PodRunning')
  own.podRunning = podRunning === undefined ? undefined : podRunning.status === 'True'
  own.metricsError = status.conditions?.find(({ type }) => type === 'MetricsError')?.message
  own.repository = status.artifactRepositoryRef
  own.claims = [...(status.persistentVolumeClaims ?? [])]
  for (const [key, template] of Object.entries(status.storedTemplates ?? {})) run.templates.stored.set(key, template)
  for (const node of nodesOf(status.nodes ?? {})) run.nodes.set(node.id, node)
}

export function timeOf(text: string | null | undefined): UnixMs | undefined {
  if (text === undefined || text === null || text === '') return undefined
  const ms = Date.parse(text)
  return Number.isNaN(ms) ? undefined : ms
}

/** Everything but templates and metrics, which know more variables, is substituted once, with the workflow's own. */
function substituteSpec(run: Run): string | undefined {
  const { templates, metrics, ...rest } = run.spec
  const rendered = renderValue(rest, scopeOf(globalsLayer(run)), LOOSE)
  if (!rendered.ok) return rendered.error.message
  run.spec = { ...(rendered.value as WorkflowSpec), ...(templates !== undefined && { templates }), ...(metrics !== undefined && { metrics }) }
  return undefined
}

/** Puts `workflowMetadata` on the object; computed labels have to be valid label values (META-2). */
function stampMetadata(run: Run): string | undefined {
  const added = run.spec.workflowMetadata
  if (added === undefined || run.status.phase !== '') return undefined
  const labels: Record<string, string> = { ...run.metadata.labels }
  for (const [name, value] of Object.entries(added.labels ?? {})) {
    if (!isLabelValue(value)) return `invalid label value ${JSON.stringify(value)} for label ${JSON.stringify(name)}: ${labelValueProblems(value)}`
    labels[name] = value
  }
  for (const [name, source] of Object.entries(added.labelsFrom ?? {})) {
    const value = evaluate(source.expression, scopeOf(globalsLayer(run)))
    if (!value.ok) return `failed to evaluate label ${JSON.stringify(name)} expression ${JSON.stringify(source.expression)}: ${value.error.message}`
    if (typeof value.value !== 'string') return `failed to evaluate label ${JSON.stringify(name)} expression ${JSON.stringify(source.expression)} must be a string`
    if (!isLabelValue(value.value)) {
      const place = `for label ${JSON.stringify(name)} and expression ${JSON.stringify(source.expression)}`
      return `invalid label value ${JSON.stringify(value.value)} ${place}: ${labelValueProblems(value.value)}`
    }
    labels[name] = value.value
    run.globals.set(`workflow.labels.${name}`, value.value)
  }
  Object.assign(run.metadata, { labels, annotations: { ...run.metadata.annotations, ...added.annotations } })
  run.globalsVersion += 1
  return substituteSpec(run)
}

/** The same from the log's own form, which knows more: times to the millisecond. */
function loadStored(run: Run, stored: StoredState): void {
  loadStoredStatus(run, stored)
  for (const node of stored.nodes.values()) run.nodes.set(node.id, { ...node })
}

function loadStoredStatus(run: Run, stored: StoredState): void {
  const stamped = stored.status?.stamped
  if (stamped !== undefined) {
    const { labels, annotations } = run.metadata
    Object.assign(run.metadata, { labels: { ...labels, ...stamped.labels }, annotations: { ...annotations, ...stamped.annotations } })
  }
  if (stored.status !== undefined) Object.assign(run.status, stored.status.status, { progressDone: 0, progressTotal: 0 })
  for (const [node, ending] of stored.status?.ending ?? []) run.ending.set(node, ending)
  for (const [key, template] of Object.entries(stored.templates)) run.templates.stored.set(key, template)
}

/**
 * Takes up a run from what was stored of it: its Workflow object with a status, or the folded records of its log. Nodes, outputs, claims and
 * held locks are taken over; what was under way is found again, and asked for again, when the run is started.
 */
export function restoreRun(workflow: Workflow, world: World, stored?: StoredState): Run {
  const run = createRun(workflow, world, stored)
  for (const node of run.nodes.values()) countRestored(run, node)
  restoreLocks(run, world, stored?.status?.locks ?? locksOfStatus(workflow))
  return run
}

function locksOfStatus(workflow: Workflow): readonly (readonly [string, readonly string[]])[] {
  const sync = workflow.status?.synchronization
  const mutexes = (sync?.mutex?.holding ?? []).map((held) => [held.holder ?? '', [held.mutex ?? '']] as const)
  const semaphores = (sync?.semaphore?.holding ?? []).flatMap((held) => (held.holders ?? []).map((holder) => [holder, [held.semaphore ?? '']] as const))
  return [...mutexes, ...semaphores]
}
