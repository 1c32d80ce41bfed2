// Owns what clients may do to runs of this server: start, change, end and forget them.
import { type EngineEvent, type Run, requestedEvent } from '@tiphys/core/engine'
import { jsonEqual, type Json } from '@tiphys/core/kube'
import type { Workflow } from '@tiphys/core/spec'
import { systemClock } from '@tiphys/shell/adapters/system'
import type { Done, RunControl } from '@tiphys/shell/http'
import type { ObjectProblem, RunProblem, RunSummary } from '@tiphys/shell/ports'
import type { RunHost, RunUpdate } from '@tiphys/shell/runtime'
import { removeRun } from '../local/remove.ts'
import { type LocalSession, claimRun } from '../local/session.ts'
import { takingTurns } from './turns.ts'

export interface ServerControl extends RunControl {
  /** What the host stored of a run. */
  onUpdate(update: RunUpdate): void
  /** Gives an ended workflow more labels; nothing happens to one that is gone, or runs again. */
  label(uid: string, labels: Readonly<Record<string, string>>): Promise<void>
  /** Lets others change, retry or delete what has ended. */
  letGo(uid: string): Promise<void>
}

/** What the server keeps of a run beside its record. */
export type ForgetRun = (uid: string) => Promise<void>

const FINE: Done = { ok: true }

export interface ControlParts {
  readonly session: LocalSession
  readonly hostOf: () => RunHost
  readonly forgetRun: ForgetRun
  readonly onTrouble: (error: unknown) => void
}

export function serverControl({ session, hostOf, forgetRun, onTrouble }: ControlParts): ServerControl {
  // A lease that one request gives back must not be the one that another has just taken.
  const turns = takingTurns()
  const deleting = new Map<string, number>()
  const waiters = new Map<string, () => void>()
  /** Resolves once the run has ended, which a host tells by its last update. */
  const ended = (run: Run): Promise<void> => (run.status.completed ? Promise.resolve() : new Promise((resolve) => waiters.set(run.uid, resolve)))
  const forget = async (summary: RunSummary): Promise<void> => {
    const removed = await removeRun(session, { ...summary, finishedAt: summary.finishedAt ?? systemClock.now() }, true)
    if (!removed.ok) throw new Error(removed.message)
    await forgetRun(summary.uid)
  }
  const endAndForget = async (summary: RunSummary, run: Run): Promise<void> => {
    const isOver = ended(run)
    await hostOf().deliver(run.uid, { type: 'shutdownRequested', at: systemClock.now(), strategy: 'Terminate' })
    await isOver
    await hostOf().drained()
    await turns.take(summary.uid, () => forget(summary))
  }
  return {
    submit: async (workflow) => {
      const taken = await hostOf().submit(workflow)
      return taken.ok ? FINE : refusal(taken.problem)
    },
    live: (uid) => hostOf().runOf(uid),
    deletingSince: (uid) => deleting.get(uid),
    onUpdate: ({ run }) => {
      if (!run.status.completed) return
      waiters.get(run.uid)?.()
      waiters.delete(run.uid)
    },
    change: (summary, before, after) => turns.take(summary.uid, () => change({ session, host: hostOf(), summary }, before, after)),
    label: (uid, labels) => turns.take(uid, () => label({ session, host: hostOf() }, uid, labels)),
    letGo: (uid) => turns.take(uid, async () => (hostOf().runOf(uid) === undefined ? session.state.log.release(uid) : undefined)),
    deliver: (summary, event) => turns.take(summary.uid, () => deliver({ session, host: hostOf(), summary }, event)),
    retry: (summary, options) => turns.take(summary.uid, async () => {
      const claimed = await claimRun(session.state, summary.uid)
      if (!claimed.ok) return { ok: false, problem: { code: 'conflict', message: `another process carries the workflow out: ${claimed.message}` } }
      const retaken = await hostOf().retry(summary.uid, options)
      return retaken.ok ? FINE : refusal(retaken.problem)
    }),
    remove: async (summary) => {
      if (deleting.has(summary.uid)) return { ok: true, gone: false }
      const run = hostOf().runOf(summary.uid)
      deleting.set(summary.uid, systemClock.now())
      const removing = (run === undefined ? turns.take(summary.uid, () => forget(summary)) : endAndForget(summary, run)).finally(() => deleting.delete(summary.uid))
      if (run !== undefined) {
        void removing.catch(onTrouble)
        return { ok: true, gone: false }
      }
      await removing
      return { ok: true, gone: true }
    },
  }
}

const CODES: Readonly<Partial<Record<RunProblem['code'], ObjectProblem['code']>>> = { already_exists: 'already_exists', not_found: 'not_found', too_large: 'too_large', invalid: 'invalid', damaged: 'damaged' }

function refusal({ code, message }: { readonly code: string; readonly message: string }): Done {
  return { ok: false, problem: { code: CODES[code as RunProblem['code']] ?? 'conflict', message } }
}

interface Changing {
  readonly session: LocalSession
  readonly host: RunHost
  readonly summary: RunSummary
}

/** What of a spec can be changed while it runs: each becomes an event. The rest of it was settled when the run began. */
async function change(changing: Changing, before: Workflow, after: Workflow): Promise<Done> {
  const { suspend: wasSuspended, shutdown: wasShutdown, ...specBefore } = before.spec
  const { suspend, shutdown, ...specAfter } = after.spec
  if (!jsonEqual(specBefore as unknown as Json, specAfter as unknown as Json)) {
    return { ok: false, problem: { code: 'invalid', path: 'spec', message: 'Forbidden: only suspend and shutdown can be changed after a workflow was created' } }
  }
  const relabelled = await relabel(changing, before, after)
  if (!relabelled.ok) return relabelled
  if (shutdown !== wasShutdown && shutdown) return request(changing, before, { kind: shutdown === 'Terminate' ? 'terminate' : 'stop' })
  if ((suspend === true) === (wasSuspended === true)) return FINE
  // Steps that wait for a person go on waiting: only the workflow itself does not hold back any more.
  return suspend === true ? request(changing, before, { kind: 'suspend' }) : deliver(changing, { type: 'resumed', at: systemClock.now(), nodes: [] })
}

async function request(changing: Changing, workflow: Workflow, asked: Parameters<typeof requestedEvent>[1]): Promise<Done> {
  const event = requestedEvent(workflow, asked, systemClock.now())
  if (!event.ok) return { ok: false, problem: { code: 'invalid', path: 'spec', message: event.problem.message } }
  return event.value === undefined ? FINE : deliver(changing, event.value)
}

async function deliver({ session, host, summary }: Changing, event: EngineEvent): Promise<Done> {
  return (await host.deliver(summary.uid, event)) ? FINE : recordHere(session, host, { summary, event })
}

/** A run that this server does not carry out: nobody does, or another process that must not be disturbed. */
async function recordHere(session: LocalSession, host: RunHost, { summary, event }: { readonly summary: RunSummary; readonly event: EngineEvent }): Promise<Done> {
  const claimed = await claimRun(session.state, summary.uid)
  if (!claimed.ok) return { ok: false, problem: { code: 'conflict', message: `another process carries the workflow out: ${claimed.message}` } }
  try {
    const recorded = await host.record(summary.uid, [event])
    return recorded.ok ? FINE : refusal(recorded.problem)
  } finally {
    await session.state.log.release(summary.uid)
  }
}

/** Labels and annotations are kept with the workflow as it was submitted. */
async function relabel({ session, host, summary }: Changing, before: Workflow, after: Workflow): Promise<Done> {
  const [was, now] = [before.metadata, after.metadata]
  const same = jsonEqual((was.labels ?? {}) as Json, (now.labels ?? {}) as Json) && jsonEqual((was.annotations ?? {}) as Json, (now.annotations ?? {}) as Json)
  if (same) return FINE
  const isLive = host.runOf(summary.uid) !== undefined
  if (!isLive) {
    const claimed = await claimRun(session.state, summary.uid)
    if (!claimed.ok) return { ok: false, problem: { code: 'conflict', message: `another process carries the workflow out: ${claimed.message}` } }
  }
  try {
    const amended = await host.amend(summary.uid, { labels: now.labels ?? {}, annotations: now.annotations ?? {} })
    return amended.ok ? FINE : refusal(amended.problem)
  } finally {
    if (!isLive) await session.state.log.release(summary.uid)
  }
}

/** A workflow that another process has is left alone: whoever has it will end it again. */
async function label({ session, host }: Omit<Changing, 'summary'>, uid: string, labels: Readonly<Record<string, string>>): Promise<void> {
  const { state } = session
  const summary = await state.runs.get(uid)
  if (host.runOf(uid) !== undefined || !summary.ok || summary.value.finishedAt === undefined || !(await claimRun(state, uid)).ok) return
  try {
    const manifest = await state.runs.manifest(uid)
    // Our own text: the workflow as it was accepted.
    const metadata = manifest.ok ? (JSON.parse(manifest.value) as Workflow).metadata : undefined
    if (metadata !== undefined) await host.amend(uid, { labels: { ...metadata.labels, ...labels }, annotations: metadata.annotations ?? {} })
  } finally {
    await state.log.release(uid)
  }
}
