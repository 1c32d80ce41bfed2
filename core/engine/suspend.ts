// Suspend templates: a node that waits for a person, or for a time to pass (SUSPEND-1 … SUSPEND-5).
import type { Outputs, Parameter } from '@tiphys/core/spec'
import { type Result, ok, parseDuration } from '@tiphys/core/kube'
import type { NodesSet, Resumed } from './events.ts'
import type { Frame, RunNode, Turn, UnixMs } from './model.ts'
import type { Outcome } from './call.ts'
import { ensureNode } from './call.ts'
import { isFinished, notify, setPhase, touch } from './nodes.ts'
import { close, leave } from './close.ts'
import { exportOutputs } from './outputs.ts'
import { withSuppliedDefaults } from './operations/index.ts'

export function startSuspend(turn: Turn, frame: Frame): Outcome {
  const fresh = frame.node === undefined
  const node = ensureNode(turn, frame, 'Pending')
  frame.body = { kind: 'leaf' }
  if (fresh) {
    node.outputs = suppliedOutputs(frame)
    offerChoices(node)
  }
  const due = dueAt(frame, node)
  if (!due.ok) {
    setPhase(turn, node, 'Error', due.problem.message)
    leave(turn, frame)
    return { kind: 'failed', node, reason: 'error', message: due.problem.message }
  }
  if (due.value !== undefined) turn.effects.push({ type: 'startTimer', key: `suspend ${node.id}`, at: due.value })
  setPhase(turn, node, 'Running')
  return { kind: 'entered', node, frame }
}

/** When the pause ends by itself. */
function dueAt(frame: Frame, node: RunNode): Result<UnixMs | undefined> {
  const { duration } = frame.template.suspend ?? {}
  if (duration === undefined || duration === '') return ok(undefined)
  const parsed = parseDuration(duration)
  return parsed.ok ? ok(node.startedAt + Number(parsed.value / 1_000_000n)) : parsed
}

/** Outputs that a person supplies; an input of the same name is the default of one that has none. */
function suppliedOutputs(frame: Frame): Outputs | undefined {
  const parameters = (frame.template.outputs?.parameters ?? []).filter((parameter) => parameter.valueFrom?.supplied !== undefined)
  if (parameters.length === 0) return undefined
  return {
    parameters: parameters.map((parameter) => {
      const input = frame.template.inputs?.parameters?.find(({ name }) => name === parameter.name)
      if (parameter.valueFrom?.default !== undefined || input?.default === undefined) return parameter
      return { ...parameter, valueFrom: { ...parameter.valueFrom, default: input.default } }
    }),
  }
}

/** An input whose value is itself a parameter with an `enum` offers those choices. */
function offerChoices(node: RunNode): void {
  const parameters = node.inputs?.parameters
  if (parameters === undefined) return
  node.inputs = { ...node.inputs, parameters: parameters.map(withChoices) }
}

function withChoices(parameter: Parameter): Parameter {
  if (parameter.value?.startsWith('{') !== true) return parameter
  let parsed: unknown
  try {
    parsed = JSON.parse(parameter.value)
  } catch {
    return parameter
  }
  const choices = (parsed as { enum?: unknown }).enum
  if (!Array.isArray(choices) || choices.length === 0) return parameter
  const texts = choices.map(String)
  return { ...parameter, enum: texts, default: parameter.default ?? texts[0] }
}

/** The pause is over. */
export function onSuspendElapsed(turn: Turn, frame: Frame): void {
  const { node } = frame
  if (node?.type !== 'Suspend' || isFinished(node)) return
  const due = dueAt(frame, node)
  if (!due.ok || due.value === undefined) return
  // A clock that was set back makes timers come early.
  if (turn.at < due.value) return void turn.effects.push({ type: 'startTimer', key: `suspend ${node.id}`, at: due.value })
  const filled = withDefaults(node.outputs)
  if (filled.ok) return succeed(turn, frame, { outputs: filled.value, message: undefined })
  setPhase(turn, node, 'Error', filled.problem.message)
  frame.failure = { reason: 'error', message: filled.problem.message }
  leave(turn, frame)
  notify(turn, frame)
}

function succeed(turn: Turn, frame: Frame, end: { outputs: Outputs | undefined; message: string | undefined }): void {
  const node = frame.node as RunNode
  node.outputs = end.outputs
  setPhase(turn, node, 'Succeeded', end.message)
  close(turn, frame)
  notify(turn, frame)
}

function withDefaults(outputs: Outputs | undefined): Result<Outputs | undefined> {
  return outputs === undefined ? ok(undefined) : withSuppliedDefaults(outputs)
}

/** Everything that a suspended run put off is looked at again. */
function goOn(turn: Turn): void {
  if (!turn.run.suspended) return
  turn.run.suspended = false
  turn.statusChanged = true
  turn.slotsFreed = true
  turn.locksFreed = 'any'
}

/** A person resumed: every suspended node of the run, or those named, goes on. */
export function onResumed(turn: Turn, event: Resumed): void {
  goOn(turn)
  for (const frame of [...turn.run.frames.values()]) {
    if (frame.node?.type !== 'Suspend' || frame.node.phase !== 'Running') continue
    if (event.nodes !== undefined && !event.nodes.includes(frame.id)) continue
    // Whoever resumes has to supply what has no default first: the operation refuses otherwise, so nothing is lost here.
    const filled = withDefaults(frame.node.outputs)
    if (filled.ok) succeed(turn, frame, { outputs: filled.value, message: resumeMessage(frame.node, event.message) })
  }
}

function resumeMessage(node: RunNode, message: string | undefined): string | undefined {
  if (message === undefined) return undefined
  return node.message === undefined ? message : `${node.message}; ${message}`
}

/** A person set outputs, the message or the phase of suspended nodes. */
export function onNodesSet(turn: Turn, event: NodesSet): void {
  for (const id of event.nodes) {
    const frame = turn.run.frames.get(id)
    const node = frame?.node
    if (frame === undefined || node === undefined || node.type !== 'Suspend' || isFinished(node)) continue
    if (event.outputParameters !== undefined) {
      supply(node, event.outputParameters)
      exportOutputs(turn, node.outputs)
    }
    if (event.message !== undefined) node.message = event.message
    touch(turn, node)
    if (event.phase === undefined || event.phase === node.phase) continue
    setPhase(turn, node, event.phase)
    if (isFinished(node)) {
      close(turn, frame)
      notify(turn, frame)
    }
  }
}

function supply(node: RunNode, values: Readonly<Record<string, string>>): void {
  const parameters = node.outputs?.parameters
  if (parameters === undefined) return
  node.outputs = {
    ...node.outputs,
    parameters: parameters.map((parameter) => {
      const value = values[parameter.name]
      if (value === undefined) return parameter
      const { valueFrom: _supplied, ...rest } = parameter
      return { ...rest, value }
    }),
  }
}
