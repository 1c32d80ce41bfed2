// Which calls a group of steps owes, and making them, as far as parallelism allows.
import { loopItemName } from '@tiphys/core/expr'
import type { Call, Frame, Turn } from './model.ts'
import { enter } from './call.ts'
import { addChild, createNode, isFinished, nodeNamed } from './nodes.ts'
import { type CompiledCall, type Resolution, type ResolvedCall, expand, isLoopWithoutText, resolveItem, resolveSingle } from './compiled-call.ts'
import type { Scope } from './scope.ts'
import { itemLayer } from './items.ts'
import { type Group, type Pending, failGroup } from './steps-group.ts'
import { addMember, failMember } from './steps-members.ts'
import { substituteVolumes } from './volumes.ts'

/** A group whose steps are to be called. */
export interface Opening { readonly group: Group; readonly steps: readonly CompiledCall[] }

/** A stored run had finished this group: only daemons, and hooks of its members, may still be under way. */
export function takeUpFinished(turn: Turn, frame: Frame, { group, steps }: Opening): void {
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

export function resolveGroup(turn: Turn, frame: Frame, { group, steps }: Opening): void {
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
export function makeCalls(turn: Turn, frame: Frame, group: Group): void {
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
