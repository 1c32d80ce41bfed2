// Steps templates: groups one after another, all steps of a group at once (STEPS-1 … STEPS-12).
import type { Template, WorkflowStep } from '@tiphys/core/spec'
import { type LoopItems, loopItemName } from '@tiphys/core/expr'
import type { Call, Frame, Place, RunNode, Turn } from './model.ts'
import { type Outcome, enter, ensureNode } from './call.ts'
import { addChild, createNode, idOf, isFinished, isFulfilled, isUnsuccessful, nodeNamed, notify, setPhase } from './nodes.ts'
import { type CompiledCall, type Resolution, type ResolvedCall, compileCall, expand, isLoopWithoutText, resolveItem, resolveSingle } from './compiled-call.ts'
import { type Layer, type Scope, scopeOf } from './scope.ts'
import { itemLayer } from './items.ts'
import { type NodeView, type Siblings, loopView, resultsLayer, viewOf } from './results.ts'
import { outboundOf } from './outbound.ts'
import { type Hookable, runExit, runHooks } from './hooks.ts'
import { resolveOutputs, exportOutputs } from './outputs.ts'
import { saveCache } from './memo.ts'
import { close, leave } from './close.ts'
import { findTemplate } from './templates.ts'
import { substituteVolumes } from './volumes.ts'
import { FAIL_FAST_MESSAGE, failsFast } from './parallelism.ts'

/** The groups of a steps template, compiled once. */
export interface StepsPlan {
  readonly kind: 'steps'
  readonly groups: readonly (readonly CompiledCall[])[]
  /** In which group a step is. */
  readonly groupOf: ReadonlyMap<string, number>
}

export interface StepsBody {
  readonly kind: 'steps'
  readonly plan: StepsPlan
  current: Group | undefined
  readonly views: Map<string, NodeView | undefined>
}

/** The group under way. */
interface Group {
  readonly index: number
  readonly node: RunNode
  readonly scope: Scope
  /** Calls that are still to be made, in order. */
  readonly queue: Pending[]
  readonly members: Map<string, Member>
  /** Members with hooks that wait for a limit of parallelism. */
  readonly delayed: Set<Member>
  /** Members that are not done: unfinished, or with hooks under way. */
  open: number
  /** The earliest member that failed without `continueOn`, by its place among the children. */
  failed: { readonly order: number; readonly id: string } | undefined
  failure: string | undefined
}

interface Pending {
  readonly call: CompiledCall
  readonly resolution: Resolution | undefined
  readonly items: LoopItems | undefined
  readonly lenient: boolean
  /** Items that a stored run had under way. */
  readonly takenUp: Set<number>
  at: number
}

interface Member extends Hookable { readonly order: number; done: boolean }

export function planSteps(template: Template, args: Parameters<typeof compileCall>[1]): StepsPlan {
  const groups = (template.steps ?? []).map((group) => (group as readonly WorkflowStep[]).map((step) => compileCall(step, args)))
  const groupOf = new Map<string, number>()
  groups.forEach((group, index) => group.forEach((step) => groupOf.set(step.name, index)))
  return { kind: 'steps', groups, groupOf }
}

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
  const scope = scopeOf(resultsLayer('steps', siblings(turn, frame, { body, before: index })), ...layersOf(frame.scope))
  const group: Group = { index, node, scope, queue: [], members: new Map(), delayed: new Set(), open: 0, failed: undefined, failure: undefined }
  body.current = group
  if (isFinished(node) && group.node.phase !== 'Error') takeUpFinished(turn, frame, { group, steps })
  else resolveGroup(turn, frame, { group, steps })
  return true
}

export const layersOf = (scope: Scope): readonly Layer[] => (scope as Scope & { layers: readonly Layer[] }).layers

/** The first group hangs below the steps node, each other one below whatever the group before it ended with. */
function linkGroup(turn: Turn, frame: Frame, at: { node: RunNode; previous: RunNode | undefined }): void {
  const { node, previous } = at
  if (previous === undefined) return addChild(turn, frame.node as RunNode, node.id)
  if (previous.children.length === 0) return addChild(turn, previous, node.id)
  for (const childId of previous.children) {
    for (const outbound of outboundOf(turn.run, childId)) addChild(turn, outbound, node.id)
  }
}

interface Opening { readonly group: Group; readonly steps: readonly CompiledCall[] }

/** A stored run had finished this group: only daemons, and hooks of its members, may still be under way. */
function takeUpFinished(turn: Turn, frame: Frame, { group, steps }: Opening): void {
  if (group.node.children.some((id) => !isFinishedId(turn, id))) {
    group.queue.push(...steps.flatMap((call) => pendingOf(call, group.scope) ?? []))
    takeUpCalls(turn, frame, group)
    group.queue.length = 0
  }
  const byName = new Map(steps.map((step) => [step.name, step]))
  for (const id of group.node.children) {
    const node = turn.run.nodes.get(id)
    const call = node === undefined ? undefined : byName.get(stepOf(node.name, group.node.name))
    if (node !== undefined && call !== undefined && !group.members.has(id)) addMember(turn, frame, { group, call, node })
  }
}

function isFinishedId(turn: Turn, id: string): boolean {
  const node = turn.run.nodes.get(id)
  return node === undefined || isFinished(node)
}

/** A step that is to be called, once or for each item; undefined when it is called for none, or its loop cannot be resolved. */
function pendingOf(call: CompiledCall, scope: Scope): Pending | undefined {
  const single = call.loop === undefined || isLoopWithoutText(call, scope)
  const expansion = single ? undefined : expand(call, scope)
  if (expansion !== undefined && expansion.kind !== 'loop') return undefined
  const resolution = single ? resolveSingle(call, scope) : undefined
  return { call, resolution, items: expansion?.items, lenient: expansion?.lenient ?? false, takenUp: new Set(), at: 0 }
}

const stepOf = (name: string, groupName: string): string => {
  const rest = name.slice(groupName.length + 1)
  const open = rest.indexOf('(')
  return open < 0 ? rest : rest.slice(0, open)
}

function resolveGroup(turn: Turn, frame: Frame, { group, steps }: Opening): void {
  const volumes = substituteVolumes(turn, group.scope)
  if (volumes !== undefined) return failGroup(turn, group, volumes)
  const resolutions = steps.map((call) => (call.loop === undefined || isLoopWithoutText(call, group.scope) ? resolveSingle(call, group.scope) : undefined))
  // Of several steps that cannot be resolved the reference names the last one of the group, else the first.
  const unresolved = [resolutions.at(-1), ...resolutions].find((resolution) => resolution?.kind === 'error')
  if (unresolved?.kind === 'error') return failGroup(turn, group, `failed to resolve references: ${unresolved.message}`)
  for (const [index, call] of steps.entries()) {
    const resolution = resolutions[index]
    if (resolution !== undefined) {
      group.queue.push({ call, resolution, items: undefined, lenient: false, takenUp: new Set(), at: 0 })
      continue
    }
    const expansion = expand(call, group.scope)
    if (expansion.kind === 'error') return failGroup(turn, group, expansion.message)
    if (expansion.kind === 'single') continue
    if (expansion.items.length === 0) skipEmptyLoop(turn, frame, { group, call })
    else group.queue.push({ call, resolution: undefined, items: expansion.items, lenient: expansion.lenient, takenUp: new Set(), at: 0 })
  }
  if (group.node.children.length > 0) takeUpCalls(turn, frame, group)
  makeCalls(turn, frame, group)
}

/** Calls of a stored run that are under way go on before new ones are made: they hold the places that new ones wait for. */
function takeUpCalls(turn: Turn, frame: Frame, group: Group): void {
  for (const pending of group.queue) {
    const total = pending.items?.length ?? 1
    for (pending.at = 0; pending.at < total && group.failure === undefined; pending.at++) {
      const known = nodeNamed(turn.run, `${group.node.name}.${nameOfPending(pending)}`)
      if (known === undefined || isFinished(known)) continue
      makeCall(turn, frame, { group, pending })
      pending.takenUp.add(pending.at)
    }
    pending.at = 0
  }
}

function nameOfPending(pending: Pending): string {
  const item = pending.items?.at(pending.at)
  return item === undefined ? pending.call.name : loopItemName(pending.call.name, pending.at, item)
}

function failGroup(turn: Turn, group: Group, message: string): void {
  if (isFinished(group.node) && group.node.phase !== 'Error') return
  group.queue.length = 0
  group.failure = message
  setPhase(turn, group.node, 'Error', message)
}

function skipEmptyLoop(turn: Turn, frame: Frame, at: { group: Group; call: CompiledCall }): void {
  skip(turn, frame, { group: at.group, call: at.call, name: at.call.name, message: 'Skipped, empty params', phase: 'Skipped' })
}

interface Skip { readonly group: Group; readonly call: CompiledCall; readonly name: string; readonly message: string; readonly phase: 'Skipped' | 'Error' }

function skip(turn: Turn, frame: Frame, at: Skip): void {
  const name = `${at.group.node.name}.${at.name}`
  const source = frame.compiled.source.steps?.[at.group.index]?.find((step) => step.name === at.call.name)
  const node = nodeNamed(turn.run, name) ?? createNode(turn, {
    name, type: 'Skipped', phase: at.phase, templateScope: frame.context.scope, templateName: source?.template, templateRef: source?.templateRef,
    boundary: frame.node, flag: {}, message: at.message,
  })
  addChild(turn, at.group.node, node.id)
}

/** Makes the calls that the group still owes, as far as parallelism allows. */
function makeCalls(turn: Turn, frame: Frame, group: Group): void {
  while (group.queue.length > 0 && group.failure === undefined) {
    const pending = group.queue[0] as Pending
    const total = pending.items?.length ?? 1
    while (pending.at < total && group.failure === undefined) {
      if (!makeCall(turn, frame, { group, pending })) return
      pending.at += 1
    }
    group.queue.shift()
  }
}

/** Makes one call. False when it has to wait for others to end. */
function makeCall(turn: Turn, frame: Frame, at: { group: Group; pending: Pending }): boolean {
  const { group, pending } = at
  const item = pending.items?.at(pending.at)
  const name = nameOfPending(pending)
  if (pending.takenUp.has(pending.at)) return true
  const resolution = item === undefined
    ? (pending.resolution as Resolution)
    : resolveItem(pending.call, { scope: group.scope, item: itemLayer(item), lenient: pending.lenient })
  switch (resolution.kind) {
    case 'error':
      failGroup(turn, group, resolution.message)
      return true
    case 'badCondition':
      skip(turn, frame, { group, call: pending.call, name, message: resolution.message, phase: 'Error' })
      failGroup(turn, group, resolution.message)
      return true
    case 'skip':
      skip(turn, frame, { group, call: pending.call, name, message: resolution.reason, phase: 'Skipped' })
      return true
    case 'call':
      return callStep(turn, frame, { group, call: pending.call, name, resolved: resolution.call })
  }
}

function callStep(turn: Turn, frame: Frame, at: { group: Group; call: CompiledCall; name: string; resolved: ResolvedCall }): boolean {
  const { group, call, resolved } = at
  const name = `${group.node.name}.${at.name}`
  const made: Call = {
    name, kind: 'step', label: at.name, template: resolved.template, templateRef: resolved.templateRef, inline: resolved.inline, args: resolved.args,
    context: frame.context, boundary: frame, onExit: frame.call.onExit, hooked: false,
  }
  const outcome = enter(turn, made, frame)
  if (outcome.kind === 'postponed') return false
  if (outcome.node !== undefined) addChild(turn, group.node, outcome.node.id)
  if (outcome.kind === 'failed' && outcome.reason !== 'depth') failMember(turn, group, { name, ...outcome })
  else if (outcome.node !== undefined) addMember(turn, frame, { group, call, node: outcome.node })
  return true
}

function failMember(turn: Turn, group: Group, failure: { name: string; reason: string; message: string }): void {
  if (failure.reason === 'timeout') {
    group.queue.length = 0
    group.failure = failure.message
    setPhase(turn, group.node, 'Failed', failure.message)
    return
  }
  failGroup(turn, group, `step group deemed errored due to child ${failure.name} error: ${failure.message}`)
}

function addMember(turn: Turn, frame: Frame, at: { group: Group; call: CompiledCall; node: RunNode }): void {
  const { group, node } = at
  const { children } = group.node
  const order = children.at(-1) === node.id ? children.length - 1 : children.indexOf(node.id)
  const member: Member = { call: at.call, node, prefix: 'steps', order, done: false }
  group.members.set(node.id, member)
  group.open += 1
  assess(turn, frame, { group, member })
}

/** A call of this frame changed: a member of the group, or a hook of one. */
function noteChange(turn: Turn, frame: Frame, child: Frame): void {
  const group = (frame.body as StepsBody).current
  if (group === undefined) return
  const member = group.members.get(child.id) ?? hookedMember(turn, group, child)
  if (member === undefined) return
  if (child.failure !== undefined && child.id === member.node.id) failMember(turn, group, { name: child.name, ...child.failure })
  assess(turn, frame, { group, member })
}

/** The member whose hook a frame is: `<member>.hooks.<name>` or `<member>.onExit`. */
function hookedMember(turn: Turn, group: Group, child: Frame): Member | undefined {
  const name = child.name.replace(/(\.hooks\.[^.]+|\.onExit)$/, '')
  return group.members.get(idOf(turn.run, name))
}

/** Starts what hooks a member needs now, and closes it when all is over. */
function assess(turn: Turn, frame: Frame, at: { group: Group; member: Member }): void {
  const { group, member } = at
  if (member.done) return
  group.delayed.delete(member)
  const hooks = runHooks(turn, frame, { ...member, scope: group.scope })
  if (hooks.kind === 'error') return failHook(turn, at, hooks.message)
  if (hooks.kind === 'waiting' && hooks.postponed) group.delayed.add(member)
  if (hooks.kind === 'waiting' || !isFulfilled(member.node)) return
  const exit = runExit(turn, frame, { ...member, scope: group.scope })
  if (exit.kind === 'error') return failExit(turn, frame, { group, member, message: exit.message })
  if (exit.kind === 'waiting' && exit.postponed) group.delayed.add(member)
  if (exit.kind === 'waiting') return
  closeMember(at)
}

function failHook(turn: Turn, at: { group: Group; member: Member }, message: string): void {
  failGroup(turn, at.group, message)
  if (isFulfilled(at.member.node)) closeMember(at)
}

/** An exit handler that cannot be called fails its group; that of an entrypoint's own step ends the workflow. */
function failExit(turn: Turn, frame: Frame, at: { group: Group; member: Member; message: string }): void {
  failHook(turn, at, at.message)
  if (frame === turn.run.root) turn.run.rootFailure = at.message
}

function closeMember(at: { group: Group; member: Member }): void {
  const { group, member } = at
  member.done = true
  group.open -= 1
  if (!isUnsuccessful(member.node) || continues(member.call, member.node)) return
  if (group.failed === undefined || member.order < group.failed.order) group.failed = { order: member.order, id: member.node.id }
}

function continues(call: CompiledCall, node: RunNode): boolean {
  return node.phase === 'Error' ? call.continueOn?.error === true : call.continueOn?.failed === true
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
  const scope = scopeOf(resultsLayer('steps', siblings(turn, frame, { body, before: body.plan.groups.length })), ...layersOf(frame.scope))
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

/** Loops whose results cannot be listed make the whole template an Error (OUT-6). */
function aggregateProblem(turn: Turn, frame: Frame, body: StepsBody): string | undefined {
  const group = body.current as Group
  for (const step of body.plan.groups[group.index] ?? []) {
    if (step.loop === undefined) continue
    const view = siblings(turn, frame, { body, before: group.index + 1 }).view(step.name)
    if (view?.aggregate?.problem !== undefined) return view.aggregate.problem
  }
  return undefined
}

/** Steps of earlier groups, by name. */
function siblings({ run, world }: Place, frame: Frame, at: { body: StepsBody; before: number }): Siblings {
  const { body, before } = at
  const place: Place = { run, world }
  return {
    view(name) {
      const index = body.plan.groupOf.get(name)
      if (index === undefined || index >= before) return undefined
      if (!body.views.has(name)) body.views.set(name, stepView(place, frame, { name, index }))
      return body.views.get(name)
    },
    *names() {
      for (const [name, index] of body.plan.groupOf) if (index < before) yield name
    },
  }
}

function stepView(place: Place, frame: Frame, at: { name: string; index: number }): NodeView | undefined {
  const { run } = place
  const groupName = `${frame.name}[${at.index}]`
  const node = nodeNamed(run, `${groupName}.${at.name}`)
  const source = frame.compiled.source.steps?.[at.index]?.find((step) => step.name === at.name)
  if (node !== undefined) return viewOf(run, node, declaredTemplate(place, frame, source), true)
  const group = nodeNamed(run, groupName)
  if (group === undefined) return undefined
  const prefix = `${groupName}.${at.name}(`
  const children = group.children.map((id) => run.nodes.get(id)).filter((child) => child?.name.startsWith(prefix) === true && child.type !== 'Skipped')
  return loopView(run, group, children as RunNode[])
}

/** The template that a skipped step would have called, for the defaults of its outputs. */
export function declaredTemplate({ run, world }: Place, frame: Frame, source: Pick<WorkflowStep, 'template' | 'templateRef' | 'inline' | 'name'> | undefined): Template | undefined {
  if (source === undefined) return undefined
  const found = findTemplate(run, world.catalog, {
    name: `${frame.name}.${source.name ?? ''}`, kind: 'step', label: '', template: source.template, templateRef: source.templateRef, inline: source.inline,
    args: { parameters: new Map(), artifacts: [] }, context: frame.context, boundary: frame, onExit: false, hooked: false,
  })
  return found.ok ? found.compiled.source : undefined
}

