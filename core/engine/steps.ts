// Steps templates: groups one after another, all steps of a group at once (STEPS-1 … STEPS-12).
import type { Frame, RunNode, Turn } from './model.ts'
import { type Outcome, ensureNode } from './call.ts'
import { addChild, createNode, isFinished, isFulfilled, isUnsuccessful, nodeNamed, notify, setPhase } from './nodes.ts'
import { scopeOf } from './scope.ts'
import { resultsLayer } from './results.ts'
import { outboundOf } from './outbound.ts'
import { resolveOutputs, exportOutputs } from './outputs.ts'
import { saveCache } from './memo.ts'
import { close, leave } from './close.ts'
import { FAIL_FAST_MESSAGE, failFastStand, failsFast } from './parallelism.ts'
import { makeCalls, resolveGroup, takeUpFinished } from './steps-calls.ts'
import { type Group, type StepsBody, type StepsPlan, planSteps } from './steps-group.ts'
import { assess, noteChange } from './steps-members.ts'
import { aggregateProblem, siblings } from './steps-views.ts'

export function startSteps(turn: Turn, frame: Frame): Outcome {
  const node = ensureNode(turn, frame, 'Running')
  if (node.phase === 'Pending') setPhase(turn, node, 'Running')
  frame.compiled.plan ??= planSteps(frame.compiled.source, turn.run.spec.arguments)
  const body: StepsBody = { kind: 'steps', plan: frame.compiled.plan as StepsPlan, current: undefined, views: new Map() }
  frame.body = body
  runGroups(turn, frame, body)
  return outcomeOf(frame, node)
}

function outcomeOf(frame: Frame, node: RunNode): Outcome {
  if (frame.failure !== undefined) return { kind: 'failed', node, ...frame.failure }
  return { kind: 'entered', node, frame: isFinished(node) ? undefined : frame }
}

/** Some children changed, or a limit of parallelism gave way. */
export function advanceSteps(turn: Turn, frame: Frame): void {
  const body = frame.body as StepsBody
  const group = body.current
  if (group === undefined) return
  if (isFinished(frame.node as RunNode)) return closeAndNotify(turn, frame)
  const stand = failFastStand(turn, frame)
  if (stand !== 'goes on') {
    frame.changed?.clear()
    if (stand === 'waits') return
    failFast(turn, frame, group)
    return notify(turn, frame)
  }
  for (const child of frame.changed ?? []) noteChange(turn, frame, child)
  frame.changed?.clear()
  for (const member of [...group.delayed]) assess(turn, frame, { group, member })
  makeCalls(turn, frame, group)
  runGroups(turn, frame, body)
  if (isFinished(frame.node as RunNode)) notify(turn, frame)
}

function closeAndNotify(turn: Turn, frame: Frame): void {
  close(turn, frame)
  notify(turn, frame)
}

/** Goes on with the current group, and with further groups as long as they end at once. */
function runGroups(turn: Turn, frame: Frame, body: StepsBody): void {
  for (;;) {
    if (body.current === undefined && !openGroup(turn, frame, { body, index: 0 })) return finish(turn, frame, body)
    const group = body.current as Group
    if (isGroupStopped(group) && failsFast(turn, frame)) return failFast(turn, frame, group)
    if (!isGroupOver(group) || (frame === turn.run.root && turn.run.rootFailure !== undefined)) return
    endGroup(turn, group)
    if (isUnsuccessful(group.node)) return failSteps(turn, frame, group)
    const problem = aggregateProblem(turn, frame, body)
    if (problem !== undefined) return errorSteps(turn, frame, problem)
    if (!openGroup(turn, frame, { body, index: group.index + 1 })) return finish(turn, frame, body)
  }
}

const isGroupOver = (group: Group): boolean => group.failure !== undefined ? group.open === 0 : group.open === 0 && group.queue.length === 0

/** Whether nothing of the group goes on unless it gets a place. */
function isGroupStopped({ open, queue, delayed }: Group): boolean {
  return queue.length + delayed.size > 0 && open === delayed.size && [...delayed].every(({ node }) => isFulfilled(node))
}

/** Makes the node of a group and starts its steps. False when there is no such group. */
function openGroup(turn: Turn, frame: Frame, at: { body: StepsBody; index: number }): boolean {
  const { body, index } = at
  const steps = body.plan.groups[index]
  if (steps === undefined) return false
  const name = `${frame.name}[${index}]`
  const node = nodeNamed(turn.run, name) ?? createNode(turn, {
    name, type: 'StepGroup', phase: 'Running', templateScope: frame.context.scope, boundary: frame.node, flag: {},
  })
  linkGroup(turn, frame, { node, previous: body.current?.node })
  const scope = scopeOf(resultsLayer('steps', siblings(turn, frame, { body, before: index })), ...frame.scope.layers)
  const group: Group = { index, node, scope, queue: [], members: new Map(), delayed: new Set(), open: 0, failed: undefined, failure: undefined }
  body.current = group
  if (isFinished(node) && group.node.phase !== 'Error') takeUpFinished(turn, frame, { group, steps })
  else resolveGroup(turn, frame, { group, steps })
  return true
}

/** The first group hangs below the steps node, each other one below whatever the group before it ended with. */
function linkGroup(turn: Turn, frame: Frame, at: { node: RunNode; previous: RunNode | undefined }): void {
  const { node, previous } = at
  if (previous === undefined) return addChild(turn, frame.node as RunNode, node.id)
  if (previous.children.length === 0) return addChild(turn, previous, node.id)
  for (const childId of previous.children) {
    for (const outbound of outboundOf(turn.run, childId)) addChild(turn, outbound, node.id)
  }
}

function endGroup(turn: Turn, group: Group): void {
  if (isFinished(group.node)) return
  if (group.failed !== undefined) setPhase(turn, group.node, 'Failed', `child '${group.failed.id}' failed`)
  else setPhase(turn, group.node, 'Succeeded')
}

function failSteps(turn: Turn, frame: Frame, group: Group): void {
  const node = frame.node as RunNode
  node.outbound = outboundIds(turn, group.node)
  setPhase(turn, node, 'Failed', group.node.message ?? '')
  close(turn, frame)
}

function failFast(turn: Turn, frame: Frame, group: Group): void {
  setPhase(turn, group.node, 'Failed', FAIL_FAST_MESSAGE)
  setPhase(turn, frame.node as RunNode, 'Failed', FAIL_FAST_MESSAGE)
  close(turn, frame)
}

function errorSteps(turn: Turn, frame: Frame, message: string): void {
  setPhase(turn, frame.node as RunNode, 'Error', message)
  frame.failure = { reason: 'error', message }
  leave(turn, frame)
}

function outboundIds(turn: Turn, group: RunNode): string[] {
  return group.children.flatMap((id) => outboundOf(turn.run, id).map((node) => node.id))
}

function finish(turn: Turn, frame: Frame, body: StepsBody): void {
  const node = frame.node as RunNode
  const last = body.current
  if (last !== undefined) node.outbound = outboundIds(turn, last.node)
  const scope = scopeOf(resultsLayer('steps', siblings(turn, frame, { body, before: body.plan.groups.length })), ...frame.scope.layers)
  const outputs = resolveOutputs(frame.template, scope)
  if (!outputs.ok) return errorSteps(turn, frame, outputs.message)
  if (outputs.value !== undefined) {
    node.outputs = outputs.value
    exportOutputs(turn, outputs.value)
  }
  setPhase(turn, node, 'Succeeded')
  saveCache(turn, node)
  close(turn, frame)
}
