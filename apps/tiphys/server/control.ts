// Owns what clients may do to runs of this server: start, change, end and forget them.
import type { Workflow } from '@tiphys/core/spec'
import type { Done, RunControl } from '@tiphys/shell/http'
import type { RunSummary } from '@tiphys/shell/ports'
import { type RunHost, type RunUpdate, takingTurns } from '@tiphys/shell/runtime'
import { type CarrierRequest, type Reply, applyHere, askCarrier } from '../local/requests.ts'
import { type LocalSession, claimRun } from '../local/session.ts'
import type { Deletions } from './deletions.ts'
import { departures } from './departures.ts'
import { type ChangeDone, type RunPlace, change, deliver, refusal } from './run-changes.ts'

export interface ServerControl extends RunControl {
  /** What the host stored of a run. */
  onUpdate(update: RunUpdate): void
  /** Gives an ended workflow more labels; nothing happens to one that is gone, or runs again. */
  label(uid: string, labels: Readonly<Record<string, string>>): Promise<void>
  /** Does what a run's end brings about, then lets others change, retry or delete it. */
  ending(uid: string, work: () => Promise<void>): Promise<void>
  /** Carries out what another process asks of a run of this one. */
  apply(uid: string, request: CarrierRequest): Promise<Reply>
  /** Goes on with deletions that an earlier server had begun. */
  resumeDeletions(): Promise<void>
}

/** What the server keeps of a run beside its record. */
export type ForgetRun = (uid: string) => Promise<void>

const FINE: Done = { ok: true }

export interface ControlParts {
  readonly session: LocalSession
  readonly hostOf: () => RunHost
  readonly forgetRun: ForgetRun
  readonly deletions: Deletions
  /** Whether a workflow with these labels is this server's to carry out. */
  readonly manages: (labels: Readonly<Record<string, string>> | undefined) => boolean
  readonly onTrouble: (error: unknown) => void
}

export function serverControl(parts: ControlParts): ServerControl {
  const { session, hostOf, deletions, manages, onTrouble } = parts
  // A lease that one request gives back must not be the one that another has just taken.
  const turns = takingTurns()
  const leavers = departures(parts, turns)
  return {
    submit: async (workflow) => {
      const taken = manages(workflow.metadata.labels) ? await hostOf().submit(workflow) : await hostOf().leave(workflow)
      return taken.ok ? FINE : refusal(taken.problem)
    },
    live: (uid) => hostOf().runOf(uid),
    deletingSince: (uid) => deletions.of(uid)?.since,
    isLeaving: (uid) => leavers.isLeaving(uid),
    isInForeground: (uid) => deletions.of(uid)?.foreground === true,
    onUpdate: ({ run }) => run.status.completed && leavers.onEnd(run.uid),
    change: async (summary, before, after) => {
      const work = async (): Promise<Done> => orAsk(session, summary, { done: await change({ session, host: hostOf(), summary }, before, after), request: { kind: 'change', before, after } })
      const changed = await turns.take(summary.uid, work)
      if (changed.ok && !manages(before.metadata.labels) && manages(after.metadata.labels)) await turns.take(summary.uid, () => takeUp(session, hostOf(), summary))
      return changed.ok && deletions.of(summary.uid) !== undefined ? leavers.leave(summary) : changed
    },
    label: (uid, labels) => turns.take(uid, () => label({ session, host: hostOf() }, uid, labels)),
    ending: (uid, work) => turns.take(uid, async () => {
      try {
        await work()
      } finally {
        if (hostOf().runOf(uid) === undefined) await session.state.log.release(uid)
      }
    }),
    deliver: (summary, event) => turns.take(summary.uid, async () => orAsk(session, summary, { done: await deliver({ session, host: hostOf(), summary }, event), request: { kind: 'event', event } })),
    apply: (uid, request) => turns.take(uid, () => applyHere({ session, host: hostOf() }, uid, request)),
    retry: (summary, options) => turns.take(summary.uid, async () => {
      const claimed = await claimRun(session.state, summary.uid)
      if (!claimed.ok) return { ok: false, problem: { code: 'conflict', message: `another process carries the workflow out: ${claimed.message}` } }
      const retaken = await hostOf().retry(summary.uid, options)
      return retaken.ok ? FINE : refusal(retaken.problem)
    }),
    remove: async (summary, options) => {
      const isNew = deletions.of(summary.uid) === undefined
      if (isNew) await deletions.begin(summary, options)
      const left = await leavers.leave(summary)
      // Whoever holds it learns by a change that it shall go.
      if (isNew && left.ok && left.gone !== true && !leavers.isLeaving(summary.uid)) await turns.take(summary.uid, () => label({ session, host: hostOf() }, summary.uid, {}))
      return left
    },
    resumeDeletions: async () => {
      for (const uid of deletions.pending()) {
        const summary = await session.state.runs.get(uid)
        // Another server on the same state may be at it: nobody waits for that.
        if (summary.ok && !summary.value.archived) void leavers.leave(summary.value).catch(onTrouble)
        else await deletions.done(uid)
      }
    },
  }
}

/** A workflow that became this server's to carry out. */
async function takeUp(session: LocalSession, host: RunHost, { uid, finishedAt }: RunSummary): Promise<void> {
  if (finishedAt !== undefined || host.runOf(uid) !== undefined || !(await claimRun(session.state, uid)).ok) return
  await host.resume(uid)
}

/** What another process has to do is asked of it. */
async function orAsk(session: LocalSession, { uid }: RunSummary, { done, request }: { readonly done: ChangeDone; readonly request: CarrierRequest }): Promise<Done> {
  if (done.ok || done.elsewhere === undefined) return done
  const asked = await askCarrier(session, { uid, holder: done.elsewhere.holder }, request)
  if (!asked.answered) return { ok: false, problem: { code: 'conflict', message: `another process carries the workflow out: ${asked.message}` } }
  return asked.reply.ok ? FINE : refusal(asked.reply.problem)
}

/** A workflow that another process has is left alone: whoever has it will end it again. */
async function label({ session, host }: Omit<RunPlace, 'summary'>, uid: string, labels: Readonly<Record<string, string>>): Promise<void> {
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
