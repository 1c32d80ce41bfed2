// Owns what becomes of a run when somebody writes its workflow: requests become events, all else is kept with what was submitted.
import { type EngineEvent, requestedEvent } from '@tiphys/core/engine'
import { type NodeEdit, workflowEdits } from '@tiphys/core/api'
import { jsonEqual, type Json } from '@tiphys/core/kube'
import type { Workflow } from '@tiphys/core/spec'
import { systemClock } from '@tiphys/shell/adapters/system'
import type { Done } from '@tiphys/shell/http'
import type { ObjectProblem, RunHolder, RunProblem, RunSummary } from '@tiphys/shell/ports'
import type { Amendment, RunHost } from '@tiphys/shell/runtime'
import { type Claimed, type LocalSession, claimRun } from '../local/session.ts'

const FINE: Done = { ok: true }

const CODES: Readonly<Partial<Record<RunProblem['code'], ObjectProblem['code']>>> = { already_exists: 'already_exists', not_found: 'not_found', too_large: 'too_large', invalid: 'invalid', damaged: 'damaged' }

export function refusal({ code, message }: { readonly code: string; readonly message: string }): Done {
  return { ok: false, problem: { code: CODES[code as RunProblem['code']] ?? 'conflict', message } }
}

/** `elsewhere`: nothing was done, because that process has the run. */
export type ChangeDone = Done & { readonly elsewhere?: { readonly holder: RunHolder | undefined } }

function elsewhere({ message, holder }: Claimed & { readonly ok: false }): ChangeDone {
  return { ok: false, problem: { code: 'conflict', message: `another process carries the workflow out: ${message}` }, elsewhere: { holder } }
}

export interface RunPlace {
  readonly session: LocalSession
  readonly host: RunHost
  readonly summary: RunSummary
}

/** Stopping, suspending, ending steps that wait and running again are carried out. Another specification is kept and shown, and the run goes on with the one that it began with. */
export async function change(place: RunPlace, before: Workflow, after: Workflow): Promise<ChangeDone> {
  const amended = await amend(place, before, after)
  if (!amended.ok) return amended
  const { retried, restarted, nodes } = workflowEdits(before, after)
  if (retried) return retry(place, restarted)
  for (const edit of nodes) {
    const delivered = await deliver(place, nodesSet(edit))
    if (!delivered.ok) return delivered
  }
  const { suspend: wasSuspended, shutdown: wasShutdown } = before.spec
  const { suspend, shutdown } = after.spec
  if (shutdown !== wasShutdown && shutdown) return request(place, before, { kind: shutdown === 'Terminate' ? 'terminate' : 'stop' })
  if ((suspend === true) === (wasSuspended === true)) return FINE
  // Steps that wait for a person go on waiting: only the workflow itself does not hold back any more.
  return suspend === true ? request(place, before, { kind: 'suspend' }) : deliver(place, { type: 'resumed', at: systemClock.now(), nodes: [] })
}

function nodesSet({ node, phase, message, outputParameters }: NodeEdit): EngineEvent {
  return { type: 'nodesSet', at: systemClock.now(), nodes: [node], phase, message, outputParameters }
}

/** `restarted`: nodes that had succeeded; they run again with all that followed them. */
async function retry({ session, host, summary }: RunPlace, restarted: readonly string[]): Promise<ChangeDone> {
  const claimed = await claimRun(session.state, summary.uid)
  if (!claimed.ok) return elsewhere(claimed)
  const [first] = restarted
  const retaken = await host.retry(summary.uid, { at: systemClock.now(), ...(first !== undefined && { restartSuccessful: true, nodeFieldSelector: `id=${first}` }) })
  return retaken.ok ? FINE : refusal(retaken.problem)
}

async function request(changing: RunPlace, workflow: Workflow, asked: Parameters<typeof requestedEvent>[1]): Promise<ChangeDone> {
  const event = requestedEvent(workflow, asked, systemClock.now())
  if (!event.ok) return { ok: false, problem: { code: 'invalid', path: 'spec', message: event.problem.message } }
  return event.value === undefined ? FINE : deliver(changing, event.value)
}

export async function deliver({ session, host, summary }: RunPlace, event: EngineEvent): Promise<ChangeDone> {
  return (await host.deliver(summary.uid, event)) ? FINE : recordHere(session, host, { summary, event })
}

/** A run that this server does not carry out: nobody does, or another process that must not be disturbed. */
async function recordHere(session: LocalSession, host: RunHost, { summary, event }: { readonly summary: RunSummary; readonly event: EngineEvent }): Promise<ChangeDone> {
  const claimed = await claimRun(session.state, summary.uid)
  if (!claimed.ok) return elsewhere(claimed)
  try {
    const recorded = await host.record(summary.uid, [event])
    return recorded.ok ? FINE : refusal(recorded.problem)
  } finally {
    await session.state.log.release(summary.uid)
  }
}

/** What was settled when the run began: the specification without what can be changed while it runs. */
function settled({ suspend: _, shutdown: __, ...spec }: Workflow['spec']): Json {
  return spec as unknown as Json
}

function amendmentOf(before: Workflow, after: Workflow): Amendment | undefined {
  const [was, now] = [before.metadata, after.metadata]
  const same = (a: unknown, b: unknown): boolean => jsonEqual((a ?? null) as Json, (b ?? null) as Json)
  const edited = !same(settled(before.spec), settled(after.spec))
  const { labels = {}, annotations = {}, finalizers = [], managedFields = [], ownerReferences = [] } = now
  const kept = same(was.labels ?? {}, labels) && same(was.annotations ?? {}, annotations) && same(was.finalizers ?? [], finalizers) && same(was.managedFields ?? [], managedFields) &&
    same(was.ownerReferences ?? [], ownerReferences)
  return kept && !edited ? undefined : { labels, annotations, more: { finalizers, managedFields, ownerReferences }, ...(edited && { editedSpec: after.spec }) }
}

/** Metadata, and another specification, are kept with the workflow as it was submitted. */
async function amend({ session, host, summary }: RunPlace, before: Workflow, after: Workflow): Promise<ChangeDone> {
  const amendment = amendmentOf(before, after)
  if (amendment === undefined) return FINE
  const isLive = host.runOf(summary.uid) !== undefined
  if (!isLive) {
    const claimed = await claimRun(session.state, summary.uid)
    if (!claimed.ok) return elsewhere(claimed)
  }
  try {
    const amended = await host.amend(summary.uid, amendment)
    return amended.ok ? FINE : refusal(amended.problem)
  } finally {
    if (!isLive) await session.state.log.release(summary.uid)
  }
}
