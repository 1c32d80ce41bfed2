// Dag templates: each task runs once all its dependencies have ended and their results allow it (DAG-1 … DAG-14).
import type { DAGTask } from '@tiphys/core/spec'
import type { Frame, Place, RunNode, Turn } from './model.ts'
import { type Outcome, ensureNode } from './call.ts'
import { addChild, isFinished, isFulfilled, nodeNamed, notify, setPhase } from './nodes.ts'
import { type DagPlan, type PlannedTask, neededTasks, planDag } from './dag-plan.ts'
import { scopeOf } from './scope.ts'
import { type NodeView, type Siblings, loopView, resultsLayer, viewOf } from './results.ts'
import { outboundOf } from './outbound.ts'
import { exportOutputs, resolveOutputs } from './outputs.ts'
import { saveCache } from './memo.ts'
import { close, leave } from './close.ts'
import { declaredTemplate } from './steps-views.ts'
import { branchVerdict } from './dag-verdict.ts'
import { FAIL_FAST_MESSAGE, failFastStand, failsFast } from './parallelism.ts'
import { type Task, advanceTask, resumeHooks, resumeTask, runTask } from './dag-task.ts'

export const SETTLED = -2

export interface DagBody {
  readonly kind: 'dag'
  readonly place: Place
  readonly plan: DagPlan
  readonly targets: readonly number[]
  /** How many dependencies of a task have not settled; -1 where no target needs it, `SETTLED` where it has settled itself. */
  readonly waiting: Int32Array
  /** Tasks that were looked at and have not settled. */
  readonly tasks: Map<number, Task>
  /** Tasks whose dependencies have all settled, to be looked at next. */
  readonly ready: number[]
  /** Tasks that run: created and not settled. */
  open: number
  readonly views: Map<string, NodeView | undefined>
  /** Tasks with calls that wait for a limit of parallelism. */
  readonly postponed: Set<number>
  /** Nodes of tasks and items with hooks that wait for one. */
  readonly delayed: Map<RunNode, Task>
  /** Loops whose outputs make no lists, and why: whatever comes after them is an error (OUT-6). */
  readonly broken: Map<number, string>
}

export function startDag(turn: Turn, frame: Frame): Outcome {
  const node = ensureNode(turn, frame, 'Running')
  if (node.phase === 'Pending') setPhase(turn, node, 'Running')
  frame.compiled.plan ??= planDag(frame.compiled.source, turn.run.spec.arguments)
  const plan = frame.compiled.plan as DagPlan
  const targets = targetsOf(frame, plan)
  const order = neededTasks(plan, targets)
  const waiting = new Int32Array(plan.tasks.length).fill(-1)
  for (const index of order) waiting[index] = (plan.tasks[index] as PlannedTask).dependencies.length
  const ready = order.filter((index) => waiting[index] === 0)
  const body: DagBody = { kind: 'dag', place: { run: turn.run, world: turn.world }, plan, targets, waiting, tasks: new Map(), ready, open: 0, views: new Map(), postponed: new Set(), delayed: new Map(), broken: new Map() }
  frame.body = body
  proceed(turn, frame, body)
  if (frame.failure !== undefined) return { kind: 'failed', node, ...frame.failure }
  return { kind: 'entered', node, frame: isFinished(node) ? undefined : frame }
}

function targetsOf(frame: Frame, plan: DagPlan): readonly number[] {
  const text = frame.template.dag?.target ?? ''
  if (text === '') return plan.leaves
  return text.split(' ').flatMap((name) => plan.indexOf.get(name) ?? [])
}

/** Tasks or hooks of this dag changed, or a limit of parallelism gave way. */
export function advanceDag(turn: Turn, frame: Frame): void {
  const body = frame.body as DagBody
  if (isFinished(frame.node as RunNode)) {
    close(turn, frame)
    return notify(turn, frame)
  }
  const stand = failFastStand(turn, frame)
  if (stand !== 'goes on') {
    frame.changed?.clear()
    if (stand === 'waits') return
    failFast(turn, frame, body)
    return notify(turn, frame)
  }
  for (const child of frame.changed ?? []) advanceTask(turn, frame, child)
  frame.changed?.clear()
  proceed(turn, frame, body)
  if (isFinished(frame.node as RunNode)) notify(turn, frame)
}

/** Runs what is ready until nothing is, then sees whether the dag is over. */
function proceed(turn: Turn, frame: Frame, body: DagBody): void {
  for (const [node, task] of [...body.delayed]) resumeHooks(turn, frame, { node, task })
  // Whatever refuses a place to one refuses it to all of them.
  for (const index of [...body.postponed]) if (!resumeTask(turn, frame, index)) break
  for (let i = 0; i < body.ready.length; i++) runTask(turn, frame, body.ready[i] as number)
  body.ready.length = 0
  const broken = brokenTarget(body)
  if (broken !== undefined) return errorDag(turn, frame, broken)
  if (body.open === 0 && frame.failure === undefined) assess(turn, frame, body)
  else if (body.postponed.size + body.delayed.size > 0 && failsFast(turn, frame) && isStopped(body)) failFast(turn, frame, body)
}

/** Whether nothing of the dag goes on unless it gets a place. */
function isStopped(body: DagBody): boolean {
  const stopped = new Set([...body.postponed, ...[...body.delayed.values()].map(({ index }) => index)])
  const inLoops = [...stopped].flatMap((index) => [...(body.tasks.get(index)?.loop?.open.values() ?? [])])
  const whole = [...body.delayed].filter(([node, { loop }]) => loop?.node !== node).map(([node]) => node)
  return body.open === stopped.size && inLoops.every((node) => body.delayed.has(node)) && whole.every(isFulfilled)
}

function failFast(turn: Turn, frame: Frame, body: DagBody): void {
  // Loops with calls that are not made any more, and those whose items have ended without being looked at.
  for (const task of body.tasks.values()) if (task.loop !== undefined && !isFinished(task.loop.node)) setPhase(turn, task.loop.node, 'Failed', FAIL_FAST_MESSAGE)
  setPhase(turn, frame.node as RunNode, 'Failed', FAIL_FAST_MESSAGE)
  close(turn, frame)
}

/** A task has ended and so have its hooks: whoever waits for it is looked at. */
export function settle(frame: Frame, task: Task): void {
  const body = frame.body as DagBody
  if (task.settled) return
  task.settled = true
  body.tasks.delete(task.index)
  body.waiting[task.index] = SETTLED
  body.open -= 1
  noteBroken(frame, body, task)
  for (const dependent of (body.plan.tasks[task.index] as PlannedTask).dependents) {
    const left = (body.waiting[dependent] as number) - 1
    if (left < -1) continue
    body.waiting[dependent] = left
    if (left === 0) body.ready.push(dependent)
  }
}

function noteBroken(frame: Frame, body: DagBody, { index, node, planned }: Task): void {
  if (node?.type !== 'TaskGroup') return
  const problem = new TaskSiblings(frame, undefined).view(planned.call.name)?.aggregate?.problem
  if (problem !== undefined) body.broken.set(index, problem)
}

function assess(turn: Turn, frame: Frame, body: DagBody): void {
  const node = frame.node as RunNode
  const shutDown = turn.run.shutdown !== undefined && !frame.call.onExit
  const phase = shutDown ? 'Failed' : branchVerdict(turn.run, frame, body)
  if (phase === 'Running') return
  if (phase === 'Succeeded') return succeed(turn, frame, body)
  node.outbound = outboundIds(turn, frame, body)
  setPhase(turn, node, phase)
  close(turn, frame)
}

function succeed(turn: Turn, frame: Frame, body: DagBody): void {
  const node = frame.node as RunNode
  const problem = aggregateProblem(body, frame)
  exportTasks(turn, frame, body)
  const scope = scopeOf(resultsLayer('tasks', new TaskSiblings(frame, undefined)), ...frame.scope.layers)
  const outputs = problem === undefined ? resolveOutputs(frame.template, scope) : { ok: false as const, message: problem }
  if (!outputs.ok) return errorDag(turn, frame, outputs.message)
  if (outputs.value !== undefined) node.outputs = outputs.value
  node.outbound = outboundIds(turn, frame, body)
  setPhase(turn, node, 'Succeeded')
  saveCache(turn, node)
  close(turn, frame)
}

function errorDag(turn: Turn, frame: Frame, message: string): void {
  setPhase(turn, frame.node as RunNode, 'Error', message)
  frame.failure = { reason: 'error', message }
  leave(turn, frame)
}

/** Why nothing that comes after a loop can be looked at, if that is so. */
export function brokenBefore({ plan, broken }: DagBody, index: number): string | undefined {
  for (const [loop, message] of broken) if (isAncestor(plan, loop, index)) return message
  return undefined
}

/** The same of a target that was looked at. */
function brokenTarget(body: DagBody): string | undefined {
  if (body.broken.size === 0) return undefined
  const looked = body.targets.filter((index) => body.tasks.has(index) || body.waiting[index] === SETTLED)
  return looked.map((index) => brokenBefore(body, index)).find((message) => message !== undefined)
}

/** What tasks made known to the workflow is told once more in the order of the tasks; what the dag itself makes known is told by a dag around it (OUT-10). */
function exportTasks(turn: Turn, frame: Frame, { plan }: DagBody): void {
  for (const { call } of plan.tasks) exportOutputs(turn, nodeNamed(turn.run, `${frame.name}.${call.name}`)?.outputs)
}

function aggregateProblem(body: DagBody, frame: Frame): string | undefined {
  for (const { call } of body.plan.tasks) {
    if (call.loop === undefined) continue
    const view = new TaskSiblings(frame, undefined).view(call.name)
    if (view?.aggregate?.problem !== undefined) return view.aggregate.problem
  }
  return undefined
}

function outboundIds(turn: Turn, frame: Frame, body: DagBody): string[] {
  return body.targets.flatMap((index) => {
    const node = nodeNamed(turn.run, `${frame.name}.${(body.plan.tasks[index] as PlannedTask).call.name}`)
    return node === undefined ? [] : outboundOf(turn.run, node.id).map(({ id }) => id)
  })
}

/** The tasks whose results are in scope: the ancestors of one task, or all of them for the dag's own outputs. A class, because every task has one. */
export class TaskSiblings implements Siblings {
  private readonly frame: Frame
  private readonly of: number | undefined

  constructor(frame: Frame, of: number | undefined) {
    this.frame = frame
    this.of = of
  }

  view(name: string): NodeView | undefined {
    const { plan, views, place } = this.frame.body as DagBody
    const index = plan.indexOf.get(name)
    if (index === undefined || !this.isInScope(plan, index)) return undefined
    if (!views.has(name)) {
      const view = taskView(place, this.frame, index)
      if (view === undefined || !isFinished(view.node)) return view
      views.set(name, view)
    }
    return views.get(name)
  }

  *names(): Iterable<string> {
    const { plan } = this.frame.body as DagBody
    for (const [name, index] of plan.indexOf) if (this.isInScope(plan, index)) yield name
  }

  private isInScope(plan: DagPlan, index: number): boolean {
    return this.of === undefined || isAncestor(plan, index, this.of)
  }
}

function isAncestor(plan: DagPlan, ancestor: number, of: number): boolean {
  const seen = new Set<number>([of])
  const work = [of]
  for (let at = work.pop(); at !== undefined; at = work.pop()) {
    for (const dependency of (plan.tasks[at] as PlannedTask).dependencies) {
      if (dependency === ancestor) return true
      if (!seen.has(dependency)) {
        seen.add(dependency)
        work.push(dependency)
      }
    }
  }
  return false
}

function taskView(place: Place, frame: Frame, index: number): NodeView | undefined {
  const { run } = place
  const { call } = ((frame.body as DagBody).plan.tasks[index] as PlannedTask)
  const node = nodeNamed(run, `${frame.name}.${call.name}`)
  if (node === undefined) return undefined
  if (node.type !== 'TaskGroup') return viewOf(run, node, declaredTemplate(place, frame, sourceOf(frame, index)), false)
  const children = node.children.map((id) => run.nodes.get(id)).filter((child) => child?.name.startsWith(`${node.name}(`) === true)
  return loopView(run, node, children as RunNode[])
}

export function sourceOf(frame: Frame, index: number): DAGTask | undefined {
  return frame.compiled.source.dag?.tasks?.[index]
}

/** Hangs a task's node below what its dependencies ended with, or below the dag when it has none. */
export function connect(turn: Turn, frame: Frame, at: { index: number; child: string }): void {
  const { plan } = frame.body as DagBody
  const { dependencies } = plan.tasks[at.index] as PlannedTask
  if (dependencies.length === 0) return addChild(turn, frame.node as RunNode, at.child)
  for (const dependency of dependencies) {
    const node = nodeNamed(turn.run, `${frame.name}.${(plan.tasks[dependency] as PlannedTask).call.name}`)
    if (node === undefined) continue
    for (const outbound of outboundOf(turn.run, node.id)) addChild(turn, outbound, at.child)
  }
}

