// The workflow as a whole: its hooks, its exit handler, and the phase it ends with (END-1 … END-9).
import type { LifecycleHook } from '@tiphys/core/spec'
import type { Call, Frame, Run, RunNode, Turn } from './model.ts'
import { type Outcome, enter } from './call.ts'
import { literalArguments } from './arguments.ts'
import { withArguments } from './compiled-call.ts'
import { holds } from './hooks.ts'
import { globalsLayer, scopeOf } from './scope.ts'
import { addChild, isFinished, isFulfilled, isUnsuccessful, nodeNamed, setPhase } from './nodes.ts'
import { endDaemons } from './close.ts'
import { endPod } from './ending.ts'
import { releaseHolder, runKey, unlock } from './locking.ts'
import { podNameOfNode } from './pod-name.ts'
import { measureRunEnd } from './metrics.ts'
import { failuresOf } from './globals.ts'

const PHASES = { Pending: 'Pending', Running: 'Running', Succeeded: 'Succeeded', Skipped: 'Succeeded', Omitted: 'Succeeded', Failed: 'Failed', Error: 'Error' } as const

/** Of nodes that were under way when an error of the workflow itself ended it. */
const LEFTOVER_MESSAGE = 'the workflow has ended'

export const ENTRY_PREFIX = 'error in entry template execution: '

/** Looks whether the workflow is over, and does what comes before. Called when nothing else is left to do in a turn. */
export function conclude(turn: Turn): void {
  const { run } = turn
  if (run.status.completed || !run.begun) return
  const { failure } = run.root ?? {}
  if (run.rootFailure === undefined && failure?.reason === 'error') run.rootFailure = `${ENTRY_PREFIX}${failure.message}`
  const root = nodeNamed(run, run.name)
  if (run.rootFailure !== undefined && !outlivedByDaemons(turn, root)) return fail(turn, run.rootFailure)
  if (root === undefined) return
  setGlobal(run, 'workflow.status', PHASES[root.phase])
  const hooks = runWorkflowHooks(turn, root)
  if (hooks.kind === 'error') setPhase(turn, root, 'Error', hooks.message)
  if (hooks.kind === 'waiting' || !isFulfilled(root)) return
  const exit = runExitHandler(turn)
  if (exit.kind === 'error') return fail(turn, `error in exit template execution : ${exit.message}`)
  if (exit.kind === 'waiting') return
  finish(turn, root, exit.node)
}

/** A failed entrypoint ends the run without its exit handler, unless daemons are still up: while they end, the handler gets its turn. */
function outlivedByDaemons(turn: Turn, root: RunNode | undefined): boolean {
  const { run } = turn
  if (run.daemons.size === 0 || root === undefined || !isFulfilled(root)) return false
  endDaemons(turn, undefined)
  run.rootFailure = undefined
  if (run.root !== undefined) run.root.failure = undefined
  return true
}

/** Hooks and the exit handler that were under way before a restart go on, though the run is suspended. */
export function takeUpHooks(turn: Turn): void {
  const { run } = turn
  const root = nodeNamed(run, run.name)
  if (root === undefined) return
  setGlobal(run, 'workflow.status', PHASES[root.phase])
  for (const [hookName, hook] of Object.entries(run.spec.hooks ?? {})) {
    const name = `${run.name}.hooks.${hookName}`
    if (hookName !== 'exit' && isOpen(run, name)) callOnce(turn, { name, hook, onExit: false })
  }
  if (isOpen(run, `${run.name}.onExit`)) runExitHandler(turn)
}

function isOpen(run: Run, name: string): boolean {
  const node = nodeNamed(run, name)
  return node !== undefined && !isFinished(node)
}

function setGlobal(run: Run, name: string, value: string): void {
  if (run.globals.get(name) === value) return
  run.globals.set(name, value)
  run.globalsVersion += 1
}

type Progress = { readonly kind: 'done'; readonly node?: RunNode | undefined } | { readonly kind: 'waiting' } | { readonly kind: 'error'; readonly message: string }

/** Hooks of the workflow fire once, the first time their expression is true; the workflow waits for those that did. */
function runWorkflowHooks(turn: Turn, root: RunNode): Progress {
  const { hooks } = turn.run.spec
  if (hooks === undefined) return { kind: 'done' }
  let waiting = false
  for (const [name, hook] of Object.entries(hooks)) {
    if (name === 'exit') continue
    const hookName = `${turn.run.name}.hooks.${name}`
    if (!hook.expression) return { kind: 'error', message: `Expression required for hook ${hookName}` }
    if (nodeNamed(turn.run, hookName) === undefined) {
      const due = holds(hook.expression, scopeOf(globalsLayer(turn.run)))
      if (!due.ok) return { kind: 'error', message: due.message }
      if (!due.value) continue
    }
    const called = callOnce(turn, { name: hookName, hook, onExit: false })
    if (called.kind === 'error') return called
    // A hook that waits for a place has no node yet.
    const made = nodeNamed(turn.run, hookName)
    if (made !== undefined) addChild(turn, root, made.id)
    if (called.kind === 'waiting') waiting = true
  }
  return waiting ? { kind: 'waiting' } : { kind: 'done' }
}

function runExitHandler(turn: Turn): Progress {
  const { run } = turn
  const hook = exitHookOf(run)
  const name = `${run.name}.onExit`
  if (hook === undefined || (nodeNamed(run, name) === undefined && run.shutdown === 'Terminate')) return { kind: 'done' }
  if (!run.globals.has('workflow.failures')) setGlobal(run, 'workflow.failures', failuresOf(run, { but: name, podNameOf: (node) => podNameOfNode(run, node) }))
  return callOnce(turn, { name, hook, onExit: true })
}

/** `onExit` beats the hook called `exit`; both get the workflow's arguments when they bring none. */
export function exitHookOf(run: Run): LifecycleHook | undefined {
  const { spec } = run
  if (spec.onExit) return { template: spec.onExit, arguments: spec.arguments }
  const hook = spec.hooks?.['exit']
  return hook === undefined ? undefined : withArguments(hook, spec.arguments)
}

function callOnce(turn: Turn, at: { name: string; hook: LifecycleHook; onExit: boolean }): Progress {
  const { run } = turn
  const known = nodeNamed(run, at.name)
  if (known !== undefined && (isFulfilled(known) || run.frames.has(known.id))) {
    const failure = run.hooks.get(at.name)?.failure
    if (failure !== undefined) return { kind: 'error', message: failure.message }
    return isFulfilled(known) ? { kind: 'done', node: known } : { kind: 'waiting' }
  }
  const call: Call = {
    name: at.name, kind: 'step', label: '', template: at.hook.template, templateRef: at.hook.templateRef, inline: undefined,
    args: literalArguments(at.hook.arguments), context: run.context as Call['context'], boundary: undefined, onExit: at.onExit, hooked: true,
  }
  return progressOf(run, at.name, enter(turn, call, undefined))
}

function progressOf(run: Run, name: string, outcome: Outcome): Progress {
  if (outcome.kind === 'postponed') return { kind: 'waiting' }
  if (outcome.kind === 'failed') return { kind: 'error', message: outcome.message }
  if (outcome.frame !== undefined) run.hooks.set(name, outcome.frame)
  return isFulfilled(outcome.node) ? { kind: 'done', node: outcome.node } : { kind: 'waiting' }
}

function finish(turn: Turn, root: RunNode, exit: RunNode | undefined): void {
  const { run } = turn
  const phase = PHASES[root.phase] as 'Succeeded' | 'Failed' | 'Error'
  if (phase !== 'Succeeded') end(turn, phase, run.shutdown === undefined ? root.message : `Stopped with strategy '${run.shutdown}'`)
  else if (exit !== undefined && isUnsuccessful(exit)) end(turn, exit.phase as 'Failed' | 'Error', exit.message)
  else end(turn, 'Succeeded', undefined)
  measureRunEnd(turn, root)
}

/** The run cannot go on: an error of the workflow itself. */
export function fail(turn: Turn, message: string): void {
  const root = nodeNamed(turn.run, turn.run.name)
  if (root?.phase === 'Running') setPhase(turn, root, 'Error', 'Workflow operation error')
  end(turn, 'Error', message)
}

/** Ends the run: daemons and whatever still runs are told to stop, locks and claims are given back. */
export function end(turn: Turn, phase: 'Succeeded' | 'Failed' | 'Error', message: string | undefined): void {
  const { run } = turn
  endDaemons(turn, undefined)
  for (const frame of [...run.frames.values()]) {
    stopLeftover(turn, frame)
    unlock(turn, frame)
  }
  run.frames.clear()
  for (const node of run.nodes.values()) if (!isFinished(node)) setPhase(turn, node, 'Failed', LEFTOVER_MESSAGE)
  run.status.phase = phase
  run.status.message = message === '' ? undefined : message
  run.status.startedAt ??= turn.at
  run.status.finishedAt = turn.at
  run.status.completed = true
  turn.statusChanged = true
  setGlobal(run, 'workflow.duration', ((turn.at - run.status.startedAt) / 1000).toFixed(6))
  releaseHolder(turn, runKey(run))
  deleteClaims(turn)
  const reason = phase === 'Succeeded' ? 'WorkflowSucceeded' : 'WorkflowFailed'
  const text = phase === 'Succeeded' ? 'Workflow completed' : (run.status.message ?? '')
  turn.effects.push({ type: 'recordEvent', key: 'end', level: phase === 'Succeeded' ? 'Normal' : 'Warning', reason, message: text })
}

function stopLeftover(turn: Turn, frame: Frame): void {
  const { node } = frame
  if (node === undefined || isFulfilled(node)) return
  if (node.type === 'Pod' && node.podStarted) {
    endPod(turn, node.id, { podName: podNameOfNode(turn.run, node), how: 'terminate', counts: false })
  }
}

/** Whether the run's claims go with it. */
export function givesClaimsBack({ spec, status }: Run): boolean {
  return (spec.volumeClaimGC?.strategy ?? 'OnWorkflowSuccess') !== 'OnWorkflowSuccess' || status.phase === 'Succeeded'
}

function deleteClaims(turn: Turn): void {
  const { run } = turn
  if (run.status.claims.length === 0 || !givesClaimsBack(run)) return
  turn.effects.push({ type: 'deleteClaims', key: 'claims', names: run.status.claims.map((claim) => claim.persistentVolumeClaim?.claimName ?? claim.name ?? '') })
  run.status.claims = []
}
