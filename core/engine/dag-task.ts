// One task of a dag: its condition, its calls (one, or one for each item of a loop), its hooks, and when it has settled.
import { type LoopItems, loopItemName } from '@tiphys/core/expr'
import type { Call, Frame, RunNode, Turn } from './model.ts'
import { enter } from './call.ts'
import { addChild, createNode, idOf, isFinished, isFulfilled, isUnsuccessful, nodeNamed, setPhase } from './nodes.ts'
import type { PlannedTask } from './dag-plan.ts'
import { type DagBody, SETTLED, TaskSiblings, brokenBefore, connect, settle, sourceOf } from './dag.ts'
import { type Resolution, type ResolvedCall, expand, resolveItem, resolveSingle } from './compiled-call.ts'
import { type Scope, scopeOf } from './scope.ts'
import { itemLayer } from './items.ts'
import { resultsLayer } from './results.ts'
import { type HookState, runExit, runHooks } from './hooks.ts'
import { substituteVolumes } from './volumes.ts'

export interface Task {
  readonly index: number
  readonly planned: PlannedTask
  readonly scope: Scope
  node: RunNode | undefined
  loop: Loop | undefined
  settled: boolean
}

/** A task that runs once for each item. */
interface Loop {
  readonly node: RunNode
  readonly items: LoopItems
  readonly lenient: boolean
  at: number
  /** Children whose hooks may still be under way, by id. */
  readonly open: Map<string, RunNode>
  /** The phase of the last child that was unsuccessful, in the order of items. */
  failed: { readonly index: number; readonly phase: 'Failed' | 'Error' } | undefined
}

/** Looks at a task whose dependencies have all settled. */
export function runTask(turn: Turn, frame: Frame, index: number): void {
  const body = frame.body as DagBody
  if (body.tasks.has(index) || body.waiting[index] === SETTLED) return
  const planned = body.plan.tasks[index] as PlannedTask
  const scope = scopeOf(resultsLayer('tasks', new TaskSiblings(frame, index)), ...frame.scope.layers)
  const task: Task = { index, planned, scope, node: nodeNamed(turn.run, taskName(frame, planned.call.name)), loop: undefined, settled: false }
  body.tasks.set(index, task)
  body.open += 1
  if (task.node !== undefined && isFinished(task.node)) return finishTask(turn, frame, task)
  if (task.node === undefined && !mayRun(turn, frame, task)) return
  const broken = task.node === undefined ? brokenBefore(body, index) : undefined
  if (broken !== undefined) return endUnrun(turn, frame, { task, phase: 'Error', message: broken })
  start(turn, frame, task)
}

const taskName = (frame: Frame, name: string): string => `${frame.name}.${name}`

/** Evaluates the condition of a task; one that is not met, or broken, ends the task here. */
function mayRun(turn: Turn, frame: Frame, task: Task): boolean {
  const { depends, problem, dependencies } = task.planned
  if (problem !== undefined) {
    endUnrun(turn, frame, { task, phase: 'Error', message: problem })
    return false
  }
  if (depends === undefined || dependencies.length === 0) return true
  const verdict = depends.evaluate((name) => taskState(turn, frame, name))
  if (!verdict.ok) {
    endUnrun(turn, frame, { task, phase: 'Error', message: verdict.problem.message })
    return false
  }
  if (!verdict.value.execute) endUnrun(turn, frame, { task, phase: 'Omitted', message: 'omitted: depends condition not met' })
  return verdict.value.execute
}

/** How a finished task stands, for the conditions of others. */
export function taskState(turn: Turn, frame: Frame, name: string): { phase: string; daemoned: boolean; anySucceeded: boolean; allFailed: boolean } | undefined {
  const node = nodeNamed(turn.run, taskName(frame, name))
  if (node === undefined) return undefined
  const children = node.type === 'TaskGroup' ? node.children.map((id) => turn.run.nodes.get(id)?.phase) : []
  return {
    phase: node.phase,
    daemoned: node.daemoned,
    anySucceeded: children.includes('Succeeded'),
    allFailed: children.length > 0 && children.every((phase) => phase === 'Failed'),
  }
}

interface Unrun { readonly task: Task; readonly phase: 'Skipped' | 'Omitted' | 'Error'; readonly message: string; readonly name?: string }

/** Makes the node of a task, or of one of its items, that never runs. */
function unrunNode(turn: Turn, frame: Frame, at: Unrun): RunNode {
  const source = sourceOf(frame, at.task.index)
  const name = at.name ?? taskName(frame, at.task.planned.call.name)
  const known = nodeNamed(turn.run, name)
  if (known !== undefined) {
    setPhase(turn, known, at.phase, at.message)
    return known
  }
  return createNode(turn, {
    name, type: 'Skipped', phase: at.phase, templateScope: frame.context.scope, templateName: source?.template, templateRef: source?.templateRef,
    boundary: frame.node, flag: {}, message: at.message,
  })
}

function endUnrun(turn: Turn, frame: Frame, at: Unrun): void {
  at.task.node = unrunNode(turn, frame, at)
  connect(turn, frame, { index: at.task.index, child: at.task.node.id })
  finishTask(turn, frame, at.task)
}

function start(turn: Turn, frame: Frame, task: Task): void {
  const { call } = task.planned
  const volumes = substituteVolumes(turn, task.scope)
  if (volumes !== undefined) return endUnrun(turn, frame, { task, phase: 'Error', message: volumes })
  const expansion = expand(call, task.scope)
  if (expansion.kind === 'error') return endUnrun(turn, frame, { task, phase: 'Error', message: expansion.message })
  if (expansion.kind === 'loop') return startLoop(turn, frame, { task, items: expansion.items, lenient: expansion.lenient })
  if (!makeSingle(turn, frame, task)) (frame.body as DagBody).postponed.add(task.index)
}

/** Calls a task that is no loop. False when it has to wait for others to end. */
function makeSingle(turn: Turn, frame: Frame, task: Task): boolean {
  const resolution = resolveSingle(task.planned.call, task.scope)
  if (resolution.kind !== 'call') {
    endUnrun(turn, frame, { task, phase: resolution.kind === 'skip' ? 'Skipped' : 'Error', message: reasonOf(resolution) })
    return true
  }
  const { name } = task.planned.call
  const outcome = enter(turn, taskCall(frame, { name, resolved: resolution.call }), frame)
  if (outcome.kind === 'postponed') return false
  if (outcome.node === undefined) return true
  task.node = outcome.node
  connect(turn, frame, { index: task.index, child: task.node.id })
  if (outcome.kind === 'failed') noteFailure(turn, task.node, outcome)
  assess(turn, frame, task)
  return true
}

const reasonOf = (resolution: Exclude<Resolution, { kind: 'call' }>): string => (resolution.kind === 'skip' ? resolution.reason : resolution.message)

function taskCall(frame: Frame, at: { name: string; resolved: ResolvedCall }): Call {
  const { resolved } = at
  return {
    name: taskName(frame, at.name), kind: 'task', label: at.name, template: resolved.template, templateRef: resolved.templateRef, inline: resolved.inline,
    args: resolved.args, context: frame.context, boundary: frame, onExit: frame.call.onExit, hooked: false,
  }
}

function noteFailure(turn: Turn, node: RunNode, failure: { readonly reason: string; readonly message: string }): void {
  if (failure.reason === 'error') setPhase(turn, node, 'Error', `task '${node.name}' errored: ${failure.message}`)
}

function startLoop(turn: Turn, frame: Frame, at: { task: Task; items: LoopItems; lenient: boolean }): void {
  const { task, items } = at
  if (items.length === 0) return endUnrun(turn, frame, { task, phase: 'Skipped', message: 'Skipped, empty params' })
  const first = resolveItem(task.planned.call, { scope: task.scope, item: itemLayer(items.at(0)), lenient: at.lenient })
  if (first.kind === 'error') return endUnrun(turn, frame, { task, phase: 'Error', message: first.message })
  const source = sourceOf(frame, task.index)
  const node = task.node ?? createNode(turn, {
    name: taskName(frame, task.planned.call.name), type: 'TaskGroup', phase: 'Running', templateScope: frame.context.scope, templateName: source?.template,
    templateRef: source?.templateRef, boundary: frame.node, flag: {},
  })
  connect(turn, frame, { index: task.index, child: node.id })
  task.node = node
  task.loop = { node, items, lenient: at.lenient, at: 0, open: new Map(), failed: undefined }
  if (node.children.length > 0) takeUpItems(turn, frame, { task, loop: task.loop })
  makeItems(turn, frame, task)
}

/** Items of a stored run that are under way go on before new ones are called: they hold the places that new ones wait for. */
function takeUpItems(turn: Turn, frame: Frame, at: { task: Task; loop: Loop }): void {
  const { task, loop } = at
  for (loop.at = 0; loop.at < loop.items.length; loop.at++) {
    const known = nodeNamed(turn.run, taskName(frame, loopItemName(task.planned.call.name, loop.at, loop.items.at(loop.at))))
    if (known !== undefined && !isFinished(known)) makeItem(turn, frame, at)
  }
  loop.at = 0
}

/** Calls what the loop still owes, as far as parallelism allows. */
function makeItems(turn: Turn, frame: Frame, task: Task): void {
  const loop = task.loop as Loop
  const { postponed } = frame.body as DagBody
  postponed.delete(task.index)
  while (loop.at < loop.items.length) {
    if (!makeItem(turn, frame, { task, loop })) {
      postponed.add(task.index)
      return
    }
    loop.at += 1
  }
  assess(turn, frame, task)
}

function makeItem(turn: Turn, frame: Frame, at: { task: Task; loop: Loop }): boolean {
  const { task, loop } = at
  const item = loop.items.at(loop.at)
  const name = loopItemName(task.planned.call.name, loop.at, item)
  const full = taskName(frame, name)
  const known = nodeNamed(turn.run, full)
  if (known !== undefined && loop.open.has(known.id)) return true
  const resolution = resolveItem(task.planned.call, { scope: task.scope, item: itemLayer(item), lenient: loop.lenient })
  if (resolution.kind !== 'call') {
    const phase = resolution.kind === 'skip' ? 'Skipped' : 'Error'
    const node = known ?? unrunNode(turn, frame, { task, phase, message: reasonOf(resolution), name: full })
    addChild(turn, loop.node, node.id)
    noteEnd(loop, node, loop.at)
    return true
  }
  const outcome = enter(turn, taskCall(frame, { name, resolved: resolution.call }), frame)
  if (outcome.kind === 'postponed') return false
  if (outcome.node === undefined) return true
  addChild(turn, loop.node, outcome.node.id)
  if (outcome.kind === 'failed') noteFailure(turn, outcome.node, outcome)
  loop.open.set(outcome.node.id, outcome.node)
  assessItem(turn, frame, { task, loop, node: outcome.node })
  return true
}

/** Closes an item whose node and exit handler have ended. */
function assessItem(turn: Turn, frame: Frame, at: { task: Task; loop: Loop; node: RunNode }): void {
  const { task, loop, node } = at
  if (!isFulfilled(node)) return
  const exit = runExit(turn, frame, { call: task.planned.call, node, prefix: 'tasks', scope: task.scope })
  if (exit.kind === 'error') setPhase(turn, node, 'Error', exit.message)
  noteDelay(frame, { node, task }, exit)
  if (exit.kind === 'waiting') return
  loop.open.delete(node.id)
  noteEnd(loop, node, indexOf(node))
}

const indexOf = (node: RunNode): number => Number.parseInt(node.name.slice(node.name.lastIndexOf('(') + 1), 10)

function noteEnd(loop: Loop, node: RunNode, index: number): void {
  if (!isUnsuccessful(node)) return
  if (loop.failed === undefined || index > loop.failed.index) loop.failed = { index, phase: node.phase as 'Failed' | 'Error' }
}

/** A call of the dag changed: a task, an item of a loop, or a hook of either. */
export function advanceTask(turn: Turn, frame: Frame, child: Frame): void {
  const body = frame.body as DagBody
  const name = child.name.slice(frame.name.length + 1).replace(/(\.hooks\.[^.]+|\.onExit)$/, '')
  const index = body.plan.indexOf.get(name) ?? body.plan.indexOf.get(name.slice(0, Math.max(0, name.indexOf('('))))
  const task = index === undefined ? undefined : body.tasks.get(index)
  if (task === undefined || task.settled) return
  const node = turn.run.nodes.get(idOf(turn.run, taskName(frame, name)))
  if (node === undefined) return
  if (child.failure !== undefined && child.id === node.id) noteFailure(turn, node, child.failure)
  if (task.loop !== undefined && node !== task.node) assessItem(turn, frame, { task, loop: task.loop, node })
  assess(turn, frame, task)
}

/** Makes calls that parallelism had put off. False when there is still no place. */
export function resumeTask(turn: Turn, frame: Frame, index: number): boolean {
  const { tasks, postponed } = frame.body as DagBody
  const task = tasks.get(index)
  if (task === undefined) return true
  if (task.loop !== undefined) makeItems(turn, frame, task)
  else if (makeSingle(turn, frame, task)) postponed.delete(index)
  return !postponed.has(index)
}

/** Starts hooks that parallelism had put off. */
export function resumeHooks(turn: Turn, frame: Frame, at: { node: RunNode; task: Task }): void {
  const { node, task } = at
  if (task.loop !== undefined && node !== task.loop.node) assessItem(turn, frame, { task, loop: task.loop, node })
  assess(turn, frame, task)
}

/** Remembers whose hooks have to be asked for again. */
function noteDelay(frame: Frame, at: { node: RunNode; task: Task }, hooks: HookState): void {
  const { delayed } = frame.body as DagBody
  if (hooks.kind === 'waiting' && hooks.postponed) delayed.set(at.node, at.task)
  else delayed.delete(at.node)
}

/** Starts the hooks that are due and settles a task when all of it is over. */
function assess(turn: Turn, frame: Frame, task: Task): void {
  const { loop, node } = task
  if (task.settled || node === undefined) return
  if (loop !== undefined && !isFinished(loop.node) && loop.at >= loop.items.length && loop.open.size === 0) {
    setPhase(turn, loop.node, loop.failed?.phase ?? 'Succeeded')
  }
  if (!isFulfilled(node) && node.phase !== 'Running') return
  finishTask(turn, frame, task)
}

/** A task that has ended settles as soon as its hooks have. */
function finishTask(turn: Turn, frame: Frame, task: Task): void {
  const node = task.node as RunNode
  const hookable = { call: task.planned.call, node, prefix: 'tasks' as const, scope: task.scope }
  const hooks = runHooks(turn, frame, hookable)
  if (hooks.kind === 'error') setPhase(turn, node, 'Error', hooks.message)
  noteDelay(frame, { node, task }, hooks)
  if (hooks.kind === 'waiting' || !isFulfilled(node)) return
  // Exit handlers of a loop belong to its items, and a stored loop that has ended has no others.
  if (task.loop === undefined && node.type !== 'TaskGroup') {
    const exit = runExit(turn, frame, hookable)
    noteDelay(frame, { node, task }, exit)
    if (exit.kind === 'error') return settle(frame, task)
    if (exit.kind === 'waiting') return
  }
  settle(frame, task)
}
