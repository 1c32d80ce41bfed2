// The called steps of a group: what hooks they need, and how they end.
import type { Frame, RunNode, Turn } from './model.ts'
import { idOf, isFulfilled, isUnsuccessful, setPhase } from './nodes.ts'
import type { CompiledCall } from './compiled-call.ts'
import { runExit, runHooks } from './hooks.ts'
import { type Group, type Member, type StepsBody, failGroup } from './steps-group.ts'

export function failMember(turn: Turn, group: Group, failure: { name: string; reason: string; message: string }): void {
  if (failure.reason === 'timeout') {
    group.queue.length = 0
    group.failure = failure.message
    setPhase(turn, group.node, 'Failed', failure.message)
    return
  }
  failGroup(turn, group, `step group deemed errored due to child ${failure.name} error: ${failure.message}`)
}

export function addMember(turn: Turn, frame: Frame, at: { group: Group; call: CompiledCall; node: RunNode }): void {
  const { group, node } = at
  const { children } = group.node
  const order = children.at(-1) === node.id ? children.length - 1 : children.indexOf(node.id)
  const member: Member = { call: at.call, node, prefix: 'steps', order, done: false }
  group.members.set(node.id, member)
  group.open += 1
  assess(turn, frame, { group, member })
}

/** A call of this frame changed: a member of the group, or a hook of one. */
export function noteChange(turn: Turn, frame: Frame, child: Frame): void {
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
export function assess(turn: Turn, frame: Frame, at: { group: Group; member: Member }): void {
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
