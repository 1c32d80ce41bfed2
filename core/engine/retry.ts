// Retries: a Retry node with one child for each attempt, and the rules that decide whether there is another (RETRY-1 … RETRY-14).
import type { RetryStrategy } from '@tiphys/core/spec'
import { humanDuration, parseDuration } from '@tiphys/core/kube'
import type { Call, Frame, RunNode, Turn, UnixMs } from './model.ts'
import { type AttemptVariables, type Outcome, ensureNode, newFrame, process } from './call.ts'
import { addChild, createCallNode, idOf, isFinished, isUnsuccessful, notify, setPhase, touch } from './nodes.ts'
import { startBody } from './bodies.ts'
import { close, leave, wakeHooked } from './close.ts'
import { measureAttempt, measureEnd } from './metrics.ts'
import { scopeOf, tableLayer } from './scope.ts'
import { workflowLimitReached } from './parallelism.ts'
import { isTransient } from './transient.ts'
import { evaluateTruth } from './render.ts'

export interface RetryBody {
  readonly kind: 'retry'
  readonly strategy: RetryStrategy
  /** Ids of the attempts so far. */
  readonly attempts: string[]
  current: Frame | undefined
}

/** Makes the Retry node and its first attempt, or takes up where a stored run stopped. */
export function startRetry(turn: Turn, frame: Frame, strategy: RetryStrategy): Outcome {
  const attempts: string[] = []
  const body: RetryBody = { kind: 'retry', strategy, attempts, current: undefined }
  // Known before the node is made: the Retry node of a hook carries both marks.
  frame.body = body
  const node = ensureNode(turn, frame, 'Running')
  // One that waited for its lock waits no more.
  if (node.phase === 'Pending') setPhase(turn, node, 'Running')
  attempts.push(...node.children.filter((id) => isAttemptOf(turn.run.nodes.get(id), node)))
  return settle(turn, frame, body)
}

/** Hooks of the node may carry the mark of attempts too; names tell them apart. */
const isAttemptOf = (child: RunNode | undefined, retry: RunNode): boolean => child?.flag?.retried === true && child.name.startsWith(`${retry.name}(`)

/** An attempt changed, or a wait is over. */
export function advanceRetry(turn: Turn, frame: Frame): void {
  const body = frame.body as RetryBody
  frame.changed?.clear()
  const outcome = settle(turn, frame, body)
  if (outcome.kind === 'failed') frame.failure = { reason: outcome.reason, message: outcome.message }
  notify(turn, frame)
}

function settle(turn: Turn, frame: Frame, body: RetryBody): Outcome {
  const node = frame.node as RunNode
  // An attempt may end at once (a memoized inner step, a refused pod), hence the loop; the limit of attempts bounds it, or a wait does.
  for (;;) {
    const last = turn.run.nodes.get(body.attempts.at(-1) ?? '')
    // What a restart takes up may end at once.
    if (last !== undefined && !isFinished(last) && body.current === undefined) takeUp(turn, { frame, body, last })
    if (last !== undefined && !isFinished(last)) return follow(turn, frame, last)
    const verdict = last === undefined ? GO : decide(turn, { frame, body, last })
    if (verdict.kind === 'end') return end(turn, frame, { last: last as RunNode, ...verdict })
    if (verdict.kind === 'error') return fail(turn, frame, verdict.message)
    if (verdict.kind === 'wait') {
      setPhase(turn, node, node.phase, verdict.message)
      turn.effects.push({ type: 'startTimer', key: `retry ${frame.id}`, at: verdict.until })
      return { kind: 'entered', node, frame }
    }
    if (node.message !== undefined && frame.template.retryStrategy?.backoff !== undefined) setPhase(turn, node, node.phase, '')
    if (workflowLimitReached(turn)) {
      turn.run.postponed.add(frame)
      return { kind: 'entered', node, frame }
    }
    if (last !== undefined) measureAttempt(turn, frame, last)
    const started = startAttempt(turn, { frame, body, last })
    if (started.kind === 'failed' && !retriesErrors(body.strategy)) return fail(turn, frame, started.message)
  }
}

/** The Retry node shows that its attempt is a daemon that is up. */
function follow(turn: Turn, frame: Frame, last: RunNode): Outcome {
  const node = frame.node as RunNode
  if (last.daemoned && !node.daemoned) {
    node.daemoned = true
    turn.run.daemons.add(node)
    setPhase(turn, node, last.phase)
    touch(turn, node)
    measureEnd(turn, frame)
    if (frame.call.hooked) wakeHooked(turn, frame)
  }
  return { kind: 'entered', node, frame }
}

function end(turn: Turn, frame: Frame, to: { last: RunNode; phase: 'Succeeded' | 'Failed' | 'Error'; message: string | undefined }): Outcome {
  const node = frame.node as RunNode
  node.outputs = to.last.outputs
  if (node.daemoned) {
    frame.measured = true
    node.daemoned = false
    turn.run.daemons.delete(node)
  }
  setPhase(turn, node, to.phase, to.message)
  close(turn, frame)
  return { kind: 'entered', node, frame: undefined }
}

function fail(turn: Turn, frame: Frame, message: string): Outcome {
  const node = frame.node as RunNode
  setPhase(turn, node, 'Error', message)
  leave(turn, frame)
  return { kind: 'failed', node, reason: 'error', message }
}

const retriesErrors = (strategy: RetryStrategy): boolean => policyOf(strategy) !== 'OnFailure'

/** The default is `OnFailure`, but `Always` once there is an expression (RETRY-2). */
function policyOf(strategy: RetryStrategy): string {
  return strategy.retryPolicy || (strategy.expression ? 'Always' : 'OnFailure')
}

function attemptCall(frame: Frame, name: string): Call {
  return { ...frame.call, name }
}

function startAttempt(turn: Turn, at: { frame: Frame; body: RetryBody; last: RunNode | undefined }): Outcome {
  const { frame, body } = at
  const name = `${frame.name}(${body.attempts.length})`
  const id = idOf(turn.run, name)
  addChild(turn, frame.node as RunNode, id)
  body.attempts.push(id)
  const made = attemptFrame(turn, { ...at, name, number: body.attempts.length - 1 })
  if (!made.ok) {
    const call = attemptCall(frame, name)
    const node = createCallNode(turn, call, { type: 'Skipped', phase: 'Error', message: made.message, flag: { ...(call.hooked && { hooked: true }), retried: true } })
    return { kind: 'failed', node, reason: 'error', message: made.message }
  }
  body.current = made.frame
  return startBody(turn, made.frame)
}

/** Rebuilds the frame of an attempt that a stored run left unfinished. */
function takeUp(turn: Turn, at: { frame: Frame; body: RetryBody; last: RunNode }): void {
  const number = at.body.attempts.length - 1
  const before = turn.run.nodes.get(at.body.attempts[number - 1] ?? '')
  const made = attemptFrame(turn, { frame: at.frame, last: before, name: at.last.name, number })
  if (!made.ok) return
  made.frame.node = at.last
  at.body.current = made.frame
  startBody(turn, made.frame)
}

type Made = { readonly ok: true; readonly frame: Frame } | { readonly ok: false; readonly message: string }

function attemptFrame(turn: Turn, at: { frame: Frame; last: RunNode | undefined; name: string; number: number }): Made {
  const { frame } = at
  const call = attemptCall(frame, at.name)
  const processed = process(turn, { call, compiled: frame.compiled, attempt: variablesOf(at) })
  if (!processed.ok) return { ok: false, message: processed.message }
  const made = newFrame({
    id: idOf(turn.run, at.name), call, parent: frame, depth: frame.depth, compiled: frame.compiled, context: frame.context, processed, attempt: true,
  })
  made.executionDeadline = frame.executionDeadline
  return { ok: true, frame: made }
}

function variablesOf(at: { frame: Frame; last: RunNode | undefined; name: string; number: number }): AttemptVariables {
  const { last } = at
  return {
    name: at.name,
    callName: at.frame.name,
    retries: at.number,
    lastExitCode: last?.outputs?.exitCode ?? '0',
    lastStatus: last?.phase ?? '',
    lastDuration: last === undefined ? '0' : secondsOf(last),
    lastMessage: last?.message ?? '',
  }
}

/** Seconds that a node took, as Go prints a float. Stored times are whole seconds. */
function secondsOf(node: RunNode): string {
  const end = node.finishedAt ?? node.startedAt
  return String(Math.floor(end / 1000) - Math.floor(node.startedAt / 1000))
}

type Verdict =
  | { readonly kind: 'again' }
  | { readonly kind: 'wait'; readonly until: UnixMs; readonly message: string }
  | { readonly kind: 'end'; readonly phase: 'Succeeded' | 'Failed' | 'Error'; readonly message: string | undefined }
  | { readonly kind: 'error'; readonly message: string }

const GO: Verdict = { kind: 'again' }

interface Decision { readonly frame: Frame; readonly body: RetryBody; readonly last: RunNode }

/** Whether a finished attempt is followed by another, in the reference's order of checks (RETRY-3). */
function decide(turn: Turn, at: Decision): Verdict {
  const { last, body } = at
  if (!isUnsuccessful(last)) return { kind: 'end', phase: 'Succeeded', message: '' }
  const phase = last.phase as 'Failed' | 'Error'
  const { run } = turn
  if (run.shutdown !== undefined) return { kind: 'end', phase, message: `Stopped with strategy '${run.shutdown}'` }
  if (run.deadline !== undefined && turn.at >= run.deadline) {
    return { kind: 'end', phase, message: `retry exceeded workflow deadline ${goTime(run.deadline)}` }
  }
  const waited = body.strategy.backoff === undefined ? GO : backoff(turn, at)
  if (waited.kind !== 'again') return waited
  if (!policyAllows(body.strategy, last)) return { kind: 'end', phase, message: last.message ?? '' }
  const limit = limitOf(body.strategy)
  if (!limit.ok) return { kind: 'error', message: limit.message }
  if (limit.value !== undefined && body.attempts.length > limit.value) return { kind: 'end', phase, message: 'No more retries left' }
  return expressionAllows(at)
}

function goTime(ms: UnixMs): string {
  return new Date(ms).toISOString().replace('T', ' ').replace(/\.\d+Z$/, ' +0000 UTC')
}

function policyAllows(strategy: RetryStrategy, last: RunNode): boolean {
  switch (policyOf(strategy)) {
    case 'Always': return true
    case 'OnError': return last.phase === 'Error'
    case 'OnTransientError': return isTransient(last.message ?? '')
    default: return last.phase === 'Failed'
  }
}

function limitOf(strategy: RetryStrategy): { ok: true; value: number | undefined } | { ok: false; message: string } {
  const { limit } = strategy
  if (limit === undefined) return { ok: true, value: undefined }
  if (/^[+-]?\d+$/.test(String(limit))) return { ok: true, value: Number(limit) }
  return { ok: false, message: `strconv.ParseInt: parsing ${JSON.stringify(String(limit))}: invalid syntax` }
}

const MAX_WAIT_MS = Number.MAX_SAFE_INTEGER

/** The wait before the next attempt. It counts only with a limit that is not used up (RETRY-6). */
function backoff(turn: Turn, at: Decision): Verdict {
  const { body, last, frame } = at
  const rules = body.strategy.backoff
  const phase = last.phase as 'Failed' | 'Error'
  const first = turn.run.nodes.get(body.attempts[0] ?? '')
  const max = milliseconds(rules?.maxDuration)
  if (max === 'bad') return { kind: 'error', message: `unable to parse ${rules?.maxDuration ?? ''} as a duration` }
  const deadline = max === undefined || first === undefined ? undefined : first.startedAt + max
  // On a clock that moves while one looks, the very moment is past.
  if (deadline !== undefined && turn.at >= deadline) return { kind: 'end', phase, message: 'Max duration limit exceeded' }
  if (!rules?.duration) return { kind: 'error', message: 'no base duration specified for retryStrategy' }
  const base = milliseconds(rules.duration)
  const cap = milliseconds(rules.cap)
  if (base === 'bad' || base === undefined || cap === 'bad') return { kind: 'error', message: `unable to parse ${rules.duration} as a duration` }
  const factor = Number(rules.factor ?? 0)
  if (Number.isNaN(factor)) return { kind: 'error', message: `strconv.ParseInt: parsing ${JSON.stringify(String(rules.factor))}: invalid syntax` }
  const grown = factor > 0 ? Math.min(base * factor ** (body.attempts.length - 1), MAX_WAIT_MS) : base
  const wait = cap === undefined ? grown : Math.min(grown, cap)
  const until = (last.finishedAt ?? turn.at) + wait
  if (deadline !== undefined && until > deadline) return { kind: 'end', phase, message: 'Backoff would exceed max duration limit' }
  const limit = body.strategy.limit
  if (turn.at < until && limit !== undefined && body.attempts.length <= Number(limit)) return { kind: 'wait', until, message: `Backoff for ${humanDuration(wait)}` }
  frame.executionDeadline = deadline
  return GO
}

function milliseconds(text: string | undefined): number | undefined | 'bad' {
  if (text === undefined || text === '') return undefined
  const parsed = parseDuration(text)
  return parsed.ok ? Number(parsed.value / 1_000_000n) : 'bad'
}

/** `retryStrategy.expression` over `lastRetry.*` and `retries`, all of them texts. */
function expressionAllows(at: Decision): Verdict {
  const { expression } = at.body.strategy
  if (!expression) return GO
  const { last } = at
  const table = new Map<string, string>([
    ['retries', String(at.body.attempts.length - 1)],
    ['lastRetry.exitCode', last.outputs?.exitCode ?? '-1'],
    ['lastRetry.status', last.phase],
    ['lastRetry.duration', secondsOf(last)],
    ['lastRetry.message', last.message ?? ''],
  ])
  const verdict = evaluateTruth(expression, scopeOf(tableLayer(table)))
  if (!verdict.ok) return { kind: 'error', message: verdict.error.message }
  return verdict.value ? GO : { kind: 'end', phase: last.phase as 'Failed' | 'Error', message: 'retryStrategy.expression evaluated to false' }
}

