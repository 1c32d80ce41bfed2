// Owns how a workflow leaves: it is ended if need be, and then forgotten with all that is its own.
import type { Run } from '@tiphys/core/engine'
import type { Workflow } from '@tiphys/core/spec'
import { systemClock } from '@tiphys/shell/adapters/system'
import type { Done } from '@tiphys/shell/http'
import type { RunSummary } from '@tiphys/shell/ports'
import type { Turns } from '@tiphys/shell/runtime'
import { dependentsGone } from './dependents.ts'
import { askHolder } from '../local/change.ts'
import { removeRun } from '../local/remove.ts'
import { type LocalSession, claimRun } from '../local/session.ts'
import type { ControlParts } from './control.ts'

export interface Departures {
  /** Resolves once it is under way; `gone` when it is over by then. */
  leave(summary: RunSummary): Promise<Done & { readonly gone?: boolean }>
  /** Whether nothing holds it any more. */
  isLeaving(uid: string): boolean
  /** Called when a run has ended. */
  onEnd(uid: string): void
}

export function departures({ session, hostOf, forgetRun, deletions, onTrouble }: ControlParts, turns: Turns): Departures {
  /** Those whose deletion is carried out now. */
  const leaving = new Set<string>()
  /** Those that wait for what they own, and those that have waited. */
  const waiting = new Set<string>()
  const alone = new Set<string>()
  const waiters = new Map<string, () => void>()
  /** Resolves once the run has ended, which a host tells by its last update. */
  const ended = (run: Run): Promise<void> => (run.status.completed ? Promise.resolve() : new Promise((resolve) => waiters.set(run.uid, resolve)))
  const forget = async (summary: RunSummary): Promise<void> => {
    await remove(session, summary, deletions.of(summary.uid)?.orphan === true)
    await forgetRun(summary.uid)
    await deletions.done(summary.uid)
    alone.delete(summary.uid)
  }
  const terminate = (run: Run): Promise<boolean> => hostOf().deliver(run.uid, { type: 'shutdownRequested', at: systemClock.now(), strategy: 'Terminate' })
  const end = async (run: Run): Promise<void> => {
    const isOver = ended(run)
    await terminate(run)
    await isOver
    await hostOf().drained()
  }
  const endAndForget = async (summary: RunSummary, run: Run): Promise<void> => {
    await end(run)
    await turns.take(summary.uid, () => forget(summary))
  }
  /** A workflow that finalizers hold ends, but stays until the last of them is taken off. */
  const leave = async (summary: RunSummary): Promise<Done & { readonly gone?: boolean }> => {
    const { uid } = summary
    if (leaving.has(uid) || waiting.has(uid)) return { ok: true, gone: false }
    const run = hostOf().runOf(uid)
    if (await isHeld(session, summary, run)) {
      await (run === undefined ? endElsewhere(session, summary) : terminate(run))
      return { ok: true, gone: false }
    }
    if (deletions.of(uid)?.foreground === true && !alone.has(uid)) {
      waiting.add(uid)
      void waitForDependents(summary, run).catch(onTrouble)
      return { ok: true, gone: false }
    }
    leaving.add(uid)
    const removing = (run === undefined ? turns.take(uid, () => forget(summary)) : endAndForget(summary, run)).finally(() => leaving.delete(uid))
    if (run === undefined) await removing
    else void removing.catch(onTrouble)
    return { ok: true, gone: run === undefined }
  }
  /** It shows that it is being deleted until nothing that it owns holds it any more. */
  const waitForDependents = async (summary: RunSummary, run: Run | undefined): Promise<void> => {
    try {
      await (run === undefined ? endElsewhere(session, summary) : end(run))
      await dependentsGone(session.state, summary, async (child) => {
        if (deletions.of(child.uid) === undefined) await deletions.begin(child, { propagation: 'foreground' })
        await leave(child)
      })
      alone.add(summary.uid)
    } finally {
      waiting.delete(summary.uid)
    }
    await leave(summary)
  }
  const onEnd = (uid: string): void => {
    waiters.get(uid)?.()
    waiters.delete(uid)
  }
  return { leave, onEnd, isLeaving: (uid) => leaving.has(uid) }
}

async function remove(session: LocalSession, summary: RunSummary, orphan: boolean): Promise<void> {
  await endElsewhere(session, summary)
  const removed = await removeRun(session, { ...summary, finishedAt: summary.finishedAt ?? systemClock.now() }, { force: true, orphan })
  if (!removed.ok) throw new Error(removed.message)
}

/** Another process that carries the run out is told to end it; `removeRun` waits until it has let go. */
async function endElsewhere(session: LocalSession, { uid, finishedAt }: RunSummary): Promise<void> {
  if (finishedAt !== undefined) return
  const claimed = await claimRun(session.state, uid)
  if (claimed.ok) await session.state.log.release(uid)
  else await askHolder(session, { uid, holder: claimed.holder }, { kind: 'terminate' })
}

/** What this server does by itself when a workflow goes: nobody has to be waited for. */
const OWN_FINALIZERS: ReadonlySet<string> = new Set(['workflows.argoproj.io/artifact-gc', 'foregroundDeletion'])

/** Whether finalizers of others keep a deleted workflow. */
async function isHeld({ state }: LocalSession, { uid }: RunSummary, run: Run | undefined): Promise<boolean> {
  const manifest = run === undefined ? await state.runs.manifest(uid) : undefined
  // Our own text: the workflow as it was accepted.
  const metadata = run?.metadata ?? (manifest?.ok === true ? (JSON.parse(manifest.value) as Workflow).metadata : undefined)
  return (metadata?.finalizers ?? []).some((name) => !OWN_FINALIZERS.has(name))
}
