// Owns what people do to a workflow that runs: resume, suspend, set, stop and terminate.
import { type Result, bad, compareText, ok } from '@tiphys/core/kube'
import type { NodePhase, NodeStatus, Outputs, Parameter, Workflow } from '@tiphys/core/spec'
import { type Person, personText } from './actor.ts'
import { type FieldSelector, parseFieldSelector } from './field-selector.ts'
import { completedLabel } from './labels.ts'
import { selectorMatchesNode } from './node-selector.ts'
import { rfc3339 } from '@tiphys/core/kube'

/** What becomes of one suspended node; absent parts stay as they are. */
export interface NodeChange {
  readonly id: string
  readonly phase?: NodePhase | undefined
  readonly message?: string | undefined
  readonly outputs?: Outputs | undefined
}

export interface SetValues {
  /** `Succeeded`, `Failed` or `Error`; empty to leave it. */
  readonly phase?: string | undefined
  readonly message?: string | undefined
  readonly outputParameters?: Readonly<Record<string, string>> | undefined
}

/** Whether a node waits for a person (or for the end of its pause). */
export function isActiveSuspendNode(node: NodeStatus): boolean {
  return node.type === 'Suspend' && node.phase === 'Running'
}

/** Whether nothing new starts, or some node waits for a person. */
export function isWorkflowSuspended(workflow: Workflow): boolean {
  return workflow.spec.suspend === true || suspendedNodes(workflow).length > 0
}

/** The nodes that wait for a person, by id; with a selector, those that match. */
export function suspendedNodes(workflow: Workflow, selector?: FieldSelector): readonly NodeStatus[] {
  const nodes = Object.values(workflow.status?.nodes ?? {})
  const waiting = nodes.filter((node) => isActiveSuspendNode(node) && (selector === undefined || selectorMatchesNode(selector, node)))
  return waiting.sort((a, b) => compareText(a.id, b.id))
}

/** Outputs whose supplied parameters fell back to their defaults. Error: `output_missing`. */
export function withSuppliedDefaults(outputs: Outputs): Result<Outputs> {
  const parameters: Parameter[] = []
  for (const parameter of outputs.parameters ?? []) {
    if (parameter.valueFrom?.supplied === undefined) parameters.push(parameter)
    else if (parameter.valueFrom.default === undefined) {
      return bad('output_missing', `raw output parameter '${parameter.name}' has not been set and does not have a default value`, 'set it before resuming')
    } else parameters.push({ ...parameter, value: parameter.valueFrom.default, valueFrom: undefined })
  }
  return ok(outputs.parameters === undefined ? outputs : { ...outputs, parameters })
}

/**
 * What resuming does to nodes: all that wait, or those that a selector names.
 * Errors: `selector_invalid`, `node_unmatched`, `output_missing`.
 */
export function planResume(workflow: Workflow, options: { selector?: string | undefined; by?: Person | undefined }): Result<readonly NodeChange[]> {
  const person = personText(options.by)
  const message = person === undefined ? undefined : `Resumed by: ${person}`
  if (options.selector !== undefined && options.selector !== '') return planSet(workflow, options.selector, { phase: 'Succeeded', message })
  const changes: NodeChange[] = []
  for (const node of suspendedNodes(workflow)) {
    const outputs = node.outputs === undefined ? ok(undefined) : withSuppliedDefaults(node.outputs)
    if (!outputs.ok) return outputs
    changes.push({ id: node.id, phase: 'Succeeded', message: joined(node.message, message), outputs: outputs.value })
  }
  return ok(changes)
}

function joined(before: string | undefined, added: string | undefined): string | undefined {
  return before && added ? `${before}; ${added}` : added
}

/**
 * What setting values does to the suspended nodes that a selector names.
 * Errors: `selector_missing`, `selector_invalid`, `node_unmatched`, `phase_invalid`, `output_unknown`, `output_fixed`.
 */
export function planSet(workflow: Workflow, selector: string, values: SetValues): Result<readonly NodeChange[]> {
  const phase = settablePhase(values.phase)
  if (!phase.ok) return phase
  if (selector === '') return bad('selector_missing', "'set' currently only targets suspend nodes, use a node field selector to target them")
  const parsed = parseFieldSelector(selector)
  if (!parsed.ok) return parsed
  const message = values.message === '' ? undefined : values.message
  const supplied = Object.entries(values.outputParameters ?? {})
  const changes: NodeChange[] = []
  for (const node of suspendedNodes(workflow, parsed.value)) {
    const outputs = supplied.length === 0 ? ok(undefined) : withSupplied(node, supplied)
    if (!outputs.ok) return outputs
    changes.push({ id: node.id, phase: phase.value, message, outputs: outputs.value })
  }
  const idle = phase.value === undefined && message === undefined && supplied.length === 0
  if (changes.length > 0 && !idle) return ok(changes)
  return bad('node_unmatched', `currently, set only targets suspend nodes: no suspend nodes matching nodeFieldSelector: ${selector}`)
}

/** What stopping does to the suspended nodes that a selector names: they fail. Errors as of `planSet`. */
export function planStopNodes(workflow: Workflow, selector: string, message?: string): Result<readonly NodeChange[]> {
  return planSet(workflow, selector, { phase: 'Failed', message })
}

function settablePhase(phase: string | undefined): Result<NodePhase | undefined> {
  if (phase === undefined || phase === '') return ok(undefined)
  if (phase === 'Succeeded' || phase === 'Failed' || phase === 'Error') return ok(phase)
  return bad('phase_invalid', `${phase} is an invalid phase to set to`, 'use Succeeded, Failed or Error')
}

function withSupplied(node: NodeStatus, values: readonly (readonly [string, string])[]): Result<Outputs> {
  if (node.outputs === undefined) return bad('output_unknown', 'cannot set output parameters because node is not expecting any raw parameters')
  const parameters = [...(node.outputs.parameters ?? [])]
  for (const [name, value] of values) {
    const at = parameters.findIndex((parameter) => parameter.name === name)
    const parameter = parameters[at]
    if (parameter === undefined) return bad('output_unknown', `node is not expecting output parameter '${name}'`)
    if (parameter.valueFrom?.supplied === undefined) {
      return bad('output_fixed', `cannot set output parameter '${name}' because it does not use valueFrom.raw or it was already set`)
    }
    parameters[at] = { ...parameter, value, valueFrom: undefined }
  }
  return ok({ ...node.outputs, parameters })
}

/** The workflow after planned changes; parameters with a `globalName` also become outputs of the workflow. */
export function applyNodeChanges(workflow: Workflow, changes: readonly NodeChange[], at: number): Workflow {
  const nodes = { ...workflow.status?.nodes }
  let outputs = workflow.status?.outputs
  for (const change of changes) {
    const node = Object.hasOwn(nodes, change.id) ? nodes[change.id] : undefined
    if (node === undefined) continue
    nodes[change.id] = {
      ...node,
      phase: change.phase ?? node.phase,
      message: change.message ?? node.message,
      finishedAt: change.phase === undefined ? node.finishedAt : rfc3339(at),
      outputs: change.outputs ?? node.outputs,
    }
    outputs = withGlobals(outputs, newlySet(node.outputs, change.outputs))
  }
  return { ...workflow, status: { ...workflow.status, nodes, outputs } }
}

function newlySet(before: Outputs | undefined, after: Outputs | undefined): readonly Parameter[] {
  const waiting = new Set(before?.parameters?.filter((parameter) => parameter.valueFrom?.supplied !== undefined).map((parameter) => parameter.name))
  return after?.parameters?.filter((parameter) => waiting.has(parameter.name) && parameter.valueFrom === undefined) ?? []
}

function withGlobals(outputs: Outputs | undefined, set: readonly Parameter[]): Outputs | undefined {
  let result = outputs
  for (const parameter of set) {
    if (!parameter.globalName) continue
    const others = result?.parameters?.filter((other) => other.name !== parameter.globalName) ?? []
    result = { ...result, parameters: [...others, { name: parameter.globalName, value: parameter.value }] }
  }
  return result
}

/** The workflow resumed: not suspended, and waiting nodes as `planResume` says. */
export function resumeWorkflow(workflow: Workflow, options: { selector?: string | undefined; by?: Person | undefined; at: number }): Result<Workflow> {
  const changes = planResume(workflow, options)
  if (!changes.ok) return changes
  const byName = options.selector !== undefined && options.selector !== ''
  const spec = byName || workflow.spec.suspend !== true ? workflow.spec : { ...workflow.spec, suspend: undefined }
  return ok(applyNodeChanges({ ...workflow, spec }, changes.value, options.at))
}

/** The workflow suspended. Error: `workflow_completed`. */
export function suspendWorkflow(workflow: Workflow): Result<Workflow> {
  if (workflow.metadata.labels?.[completedLabel] === 'true') return bad('workflow_completed', 'cannot suspend completed workflows')
  return ok({ ...workflow, spec: { ...workflow.spec, suspend: true } })
}

/** The workflow with a shutdown asked for. Error: `workflow_completed`. */
export function shutdownWorkflow(workflow: Workflow, strategy: 'Stop' | 'Terminate'): Result<Workflow> {
  const phase = workflow.status?.phase
  if (phase === 'Succeeded' || phase === 'Failed' || phase === 'Error') {
    const { name, namespace } = workflow.metadata
    return bad('workflow_completed', `cannot shutdown a completed workflow: workflow: ${JSON.stringify(name ?? '')}, namespace: ${JSON.stringify(namespace ?? '')}`)
  }
  return ok({ ...workflow, spec: { ...workflow.spec, shutdown: strategy } })
}
