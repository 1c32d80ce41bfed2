// Calling a template: from the name in a step to a node under way. The order of the checks is the reference's (CALL-1 … CALL-9).
import type { NodeFlag, NodeType, RetryStrategy, Template } from '@tiphys/core/spec'
import type { Call, Frame, RunNode, Turn } from './model.ts'
import { createCallNode, idOf, isFinished, setPhase, touch } from './nodes.ts'
import { findTemplate, type CompiledTemplate, type TemplateContext, type TemplateKind } from './templates.ts'
import { type Processed, processArguments } from './arguments.ts'
import { tableLayer } from './scope.ts'
import { parallelismReached } from './parallelism.ts'
import { tryLock } from './locking.ts'
import { GO, lookUpCache } from './memo.ts'
import { startRetry } from './retry.ts'
import { startBody } from './bodies.ts'
import { watchTimeouts } from './timeouts.ts'
import { close, leave } from './close.ts'
import { measureStart } from './metrics.ts'
import { podNamed } from './pod-name.ts'

/** What became of a call. */
export type Outcome =
  /** The node exists; without a frame it was finished before. */
  | { readonly kind: 'entered'; readonly node: RunNode; readonly frame: Frame | undefined }
  /** No node was made: the limit of parallelism is reached. */
  | { readonly kind: 'postponed' }
  /** The call could not be made; the node, if any, says why. */
  | { readonly kind: 'failed'; readonly node: RunNode | undefined; readonly reason: FailureReason; readonly message: string }

export type FailureReason = 'error' | 'depth' | 'timeout'

const POD_KINDS: ReadonlySet<TemplateKind> = new Set<TemplateKind>(['container', 'containerSet', 'script', 'resource', 'data'])
const DEPTH_MESSAGE = 'Maximum recursion depth exceeded. See https://argo-workflows.readthedocs.io/en/latest/scaling/#configure-maximum-recursion-depth'

export function isPodKind(kind: TemplateKind): boolean {
  return POD_KINDS.has(kind)
}

/** Makes a call, or takes up one whose node exists already. */
export function enter(turn: Turn, call: Call, parent: Frame | undefined): Outcome {
  const { run } = turn
  const existing = run.nodes.get(idOf(run, call.name))
  if (existing !== undefined && isFinished(existing)) return { kind: 'entered', node: existing, frame: undefined }
  const depth = parent === undefined ? 1 : parent.depth + 1
  if (depth >= turn.world.config.depthMax) return failed(turn, { call, existing, reason: 'depth', message: DEPTH_MESSAGE })
  if (run.nodes.size >= turn.world.config.nodesMax) {
    return failed(turn, { call, existing, reason: 'error', message: `the workflow has more than ${turn.world.config.nodesMax} nodes` })
  }
  const found = findTemplate(run, turn.world.catalog, call)
  if (!found.ok) return failed(turn, { call, existing, reason: 'error', message: found.message })
  const { compiled } = found
  const processed = process(turn, { call, compiled, attempt: undefined })
  if (!processed.ok) return failed(turn, { call, existing, reason: 'error', message: processed.message })
  const frame = newFrame({ call, parent, depth, compiled, context: found.context, processed, id: idOf(run, call.name) })
  frame.node = existing
  if (existing === undefined && parallelismReached(turn, frame)) return { kind: 'postponed' }
  return admit(turn, frame)
}

function failed(turn: Turn, why: { call: Call; existing: RunNode | undefined; reason: FailureReason; message: string }): Outcome {
  const node = why.existing
  if (node === undefined) {
    const made = createCallNode(turn, why.call, { type: 'Skipped', phase: 'Error', message: why.message })
    return { kind: 'failed', node: made, reason: why.reason, message: why.message }
  }
  setPhase(turn, node, 'Error', why.message)
  return { kind: 'failed', node, reason: why.reason, message: why.message }
}

/** Variables of a retry's attempt. */
export interface AttemptVariables {
  readonly name: string
  /** The retried call's own name, which is what `node.name` says in every attempt. */
  readonly callName: string
  readonly retries: number
  readonly lastExitCode: string
  readonly lastStatus: string
  readonly lastDuration: string
  readonly lastMessage: string
}

export function process(turn: Turn, input: { call: Call; compiled: CompiledTemplate; attempt: AttemptVariables | undefined }): Processed {
  const { call, compiled, attempt } = input
  const locals = new Map<string, string>()
  const retried = retryStrategyOf(turn, compiled.source) !== undefined
  if (isPodKind(compiled.kind) && (attempt !== undefined || !retried)) {
    locals.set('pod.name', podNameOf(turn, attempt?.name ?? call.name, compiled))
  }
  if (call.kind === 'task') locals.set('tasks.name', call.label)
  if (call.kind === 'step') locals.set('steps.name', call.label)
  locals.set('node.name', attempt?.callName ?? call.name)
  if (attempt !== undefined) {
    locals.set('retries', String(attempt.retries))
    locals.set('lastRetry.exitCode', attempt.lastExitCode)
    locals.set('lastRetry.duration', attempt.lastDuration)
    locals.set('lastRetry.status', attempt.lastStatus)
    locals.set('lastRetry.message', attempt.lastMessage)
  }
  return processArguments({ run: turn.run, catalog: turn.world.catalog, call, compiled, locals: tableLayer(locals) })
}

export function podNameOf(turn: Turn, nodeName: string, compiled: CompiledTemplate): string {
  return podNamed(turn.run, { name: nodeName, template: compiled.source.name ?? '' })
}

/** A template's own retry strategy, else the workflow's. */
export function retryStrategyOf(turn: Turn, template: Template): RetryStrategy | undefined {
  return template.retryStrategy ?? turn.run.spec.retryStrategy
}

interface FrameInput {
  readonly id: string
  readonly call: Call
  readonly parent: Frame | undefined
  readonly depth: number
  readonly compiled: CompiledTemplate
  readonly context: TemplateContext
  readonly processed: Extract<Processed, { ok: true }>
  readonly attempt?: boolean
}

export function newFrame(input: FrameInput): Frame {
  return {
    id: input.id, name: input.call.name, call: input.call, parent: input.parent, depth: input.depth, compiled: input.compiled, context: input.context,
    template: input.processed.template, scope: input.processed.scope, inputs: input.processed.inputs, values: input.processed.values,
    attempt: input.attempt ?? false, body: undefined, node: undefined, failure: undefined, locked: false, queued: false, measured: false, changed: undefined,
    executionDeadline: undefined,
  }
}

/** Passes a call through locks and the cache, then starts what it calls. */
export function admit(turn: Turn, frame: Frame): Outcome {
  // What was under way before a restart is not looked up again: somebody may have saved the same key meanwhile.
  const isNew = frame.node === undefined || frame.node.waitingLock !== undefined
  const lock = tryLock(turn, frame)
  if (lock.kind === 'error') return refuse(turn, frame, lock.message)
  if (lock.kind === 'waiting') {
    watchTimeouts(turn, frame)
    return { kind: 'entered', node: frame.node as RunNode, frame }
  }
  const waited = frame.node !== undefined
  const cached = isNew ? lookUpCache(turn, frame) : GO
  if (cached.kind === 'error') return refuse(turn, frame, cached.message)
  if (frame.node !== undefined && isFinished(frame.node)) {
    if (waited) close(turn, frame)
    else leave(turn, frame)
    return { kind: 'entered', node: frame.node, frame: undefined }
  }
  const strategy = retryStrategyOf(turn, frame.template)
  const outcome = strategy === undefined ? startBody(turn, frame) : startRetry(turn, frame, strategy)
  showDisplayName(turn, frame)
  if (outcome.kind === 'entered' && outcome.frame !== undefined) {
    measureStart(turn, frame)
    watchTimeouts(turn, frame)
  }
  return outcome
}

/** Ends a call that may have waited for a lock: what it has of locks goes back. */
function refuse(turn: Turn, frame: Frame, message: string): Outcome {
  const outcome = failed(turn, { call: frame.call, existing: frame.node, reason: 'error', message })
  leave(turn, frame)
  return outcome
}

const DISPLAY_NAME = /^[a-zA-Z0-9][a-zA-Z0-9-.]{0,61}[a-zA-Z0-9]$/

function showDisplayName(turn: Turn, frame: Frame): void {
  const name = frame.template.annotations?.['workflows.argoproj.io/display-name']
  const { node } = frame
  if (node === undefined || name === undefined || name === '' || !DISPLAY_NAME.test(name)) return
  node.displayName = name
  touch(turn, node)
}

/** The type that a template's node has. */
export function nodeTypeOf(turn: Turn, frame: Frame): NodeType {
  if (!frame.attempt && retryStrategyOf(turn, frame.template) !== undefined) return 'Retry'
  switch (frame.compiled.kind) {
    case 'steps': return 'Steps'
    case 'dag': return 'DAG'
    case 'suspend': return 'Suspend'
    case 'http': return 'HTTP'
    case 'plugin': return 'Plugin'
    default: return 'Pod'
  }
}

/** How the node is marked: hooks, attempts, and a hook's Retry node, which carries both marks. */
export function flagOfFrame(frame: Frame): NodeFlag | undefined {
  const retry = frame.body?.kind === 'retry'
  if (frame.attempt || (retry && frame.call.hooked)) return { ...(frame.call.hooked && { hooked: true }), retried: true }
  return frame.call.hooked ? { hooked: true } : undefined
}

/** Makes the frame's node, unless it is there, and gives it what executable nodes show: inputs, memoization. */
export function ensureNode(turn: Turn, frame: Frame, phase: 'Pending' | 'Running', message?: string): RunNode {
  if (frame.node === undefined) {
    frame.node = createCallNode(turn, frame.call, { type: nodeTypeOf(turn, frame), phase, flag: flagOfFrame(frame), ...(message === undefined ? {} : { message }) })
    frame.node.inputs = frame.inputs
    if (frame.template.memoize !== undefined) {
      frame.node.memo = { hit: false, key: frame.template.memoize.key, cacheName: frame.template.memoize.cache?.configMap?.name ?? '' }
    }
  }
  turn.run.frames.set(frame.id, frame)
  return frame.node
}
