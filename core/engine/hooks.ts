// Lifecycle hooks and exit handlers of steps and tasks: started by their expression or the node's end, and waited for (HOOK-1 … HOOK-8).
import type { LifecycleHook } from '@tiphys/core/spec'
import type { Call, Frame, RunNode, Turn } from './model.ts'
import { addChild, idOf, isCompleted, isFinished, isFulfilled, setPhase } from './nodes.ts'
import { endInside } from './close.ts'
import { enter } from './call.ts'
import { type CompiledCall, resolveHookArguments } from './compiled-call.ts'
import { type Layer, type Scope, scopeOf } from './scope.ts'
import { ownOutputsLayer, speakerOf } from './results.ts'
import type { CallArguments } from './arguments.ts'
import { evaluateTruth } from './render.ts'

/** A child of a boundary with what its step or task says about hooks. */
export interface Hookable {
  readonly call: CompiledCall
  readonly node: RunNode
  readonly prefix: 'steps' | 'tasks'
}

/** `postponed`: one of them has not started, for want of a place. */
export type HookState = { readonly kind: 'done' } | { readonly kind: 'waiting'; readonly postponed: boolean } | { readonly kind: 'error'; readonly message: string }

const DONE: HookState = { kind: 'done' }
const WAITING: HookState = { kind: 'waiting', postponed: false }
const POSTPONED: HookState = { kind: 'waiting', postponed: true }

/** Starts the hooks that are due now and says whether all that started are over. */
export function runHooks(turn: Turn, boundary: Frame, child: Hookable & { scope: Scope }): HookState {
  let state: HookState = DONE
  for (const { name, hook } of child.call.hooks) {
    const hookName = `${child.node.name}.hooks.${name}`
    const started = turn.run.nodes.get(idOf(turn.run, hookName))
    if (started === undefined) {
      if (!hook.expression) return { kind: 'error', message: `Expression required for hook ${hookName}` }
      const due = holds(hook.expression, ownScope(turn, child))
      if (!due.ok) return { kind: 'error', message: due.message }
      if (!due.value) continue
    }
    const result = callHook(turn, { boundary, child, hook, name: hookName, onExit: false })
    if (result.kind === 'error') return result
    if (result.kind === 'waiting' && state !== POSTPONED) state = result
  }
  return state
}

/** Starts the exit handler of a completed child, unless its expression or a termination forbids it. */
export function runExit(turn: Turn, boundary: Frame, child: Hookable & { scope: Scope }): HookState {
  const hook = child.call.exit
  if (hook === undefined || !isCompleted(child.node)) return DONE
  const name = `${child.node.name}.onExit`
  const started = turn.run.nodes.get(idOf(turn.run, name))
  if (turn.run.shutdown === 'Terminate') return dropUnreached(turn, started)
  if (started === undefined && hook.expression) {
    const due = holds(hook.expression, ownScope(turn, child))
    if (!due.ok) return { kind: 'error', message: due.message }
    if (!due.value) return DONE
  }
  return callHook(turn, { boundary, child, hook, name, onExit: true })
}

/** A handler that a manual retry set running does not begin any more. */
function dropUnreached(turn: Turn, handler: RunNode | undefined): HookState {
  if (handler === undefined || isFinished(handler) || turn.run.frames.has(handler.id)) return DONE
  setPhase(turn, handler, 'Failed', "Stopped with strategy 'Terminate'")
  endInside(turn, handler)
  return DONE
}

export function holds(expression: string, scope: Scope): { ok: true; value: boolean } | { ok: false; message: string } {
  const verdict = evaluateTruth(expression, scope)
  return verdict.ok ? { ok: true, value: verdict.value } : { ok: false, message: verdict.error.message }
}

interface HookCall {
  readonly boundary: Frame
  readonly child: Hookable & { scope: Scope }
  readonly hook: LifecycleHook
  readonly name: string
  readonly onExit: boolean
}

function callHook(turn: Turn, at: HookCall): HookState {
  const { child, boundary } = at
  const known = turn.run.nodes.get(idOf(turn.run, at.name))
  if (known !== undefined && (isFinished(known) || turn.run.frames.has(known.id))) return isFulfilled(known) ? DONE : WAITING
  const args = resolveHookArguments(at.hook.arguments, ownScope(turn, child))
  if (args.kind !== 'call') return { kind: 'error', message: args.kind === 'skip' ? args.reason : args.message }
  const outcome = enter(turn, hookCall({ name: at.name, hook: at.hook, args: args.call.args, boundary, onExit: at.onExit }), boundary)
  if (outcome.kind === 'postponed') return POSTPONED
  if (outcome.node !== undefined) addChild(turn, child.node, outcome.node.id)
  if (outcome.kind === 'failed') return { kind: 'error', message: outcome.message }
  return isFulfilled(outcome.node) ? DONE : WAITING
}

function hookCall(at: { name: string; hook: LifecycleHook; args: CallArguments; boundary: Frame; onExit: boolean }): Call {
  return {
    name: at.name, kind: 'step', label: '', template: at.hook.template, templateRef: at.hook.templateRef, inline: undefined, args: at.args,
    context: at.boundary.context, boundary: at.boundary, onExit: at.onExit || at.boundary.call.onExit, hooked: true,
  }
}

/** The siblings' variables and those of the hooked node itself. */
function ownScope(turn: Turn, child: Hookable & { scope: Scope }): Scope {
  const { outputs } = speakerOf(turn.run, child.node)
  const own = ownOutputsLayer(child.prefix, child.call.name, outputs, child.node.phase)
  return scopeOf(own, ...(child.scope as Scope & { layers: readonly Layer[] }).layers)
}
