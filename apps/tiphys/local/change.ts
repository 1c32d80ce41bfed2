// Owns changing a run from outside: the process that carries it out is asked; where there is none, this process does it.
import { type RunRequest, requestedEvent } from '@tiphys/core/engine'
import { type ControlReply, askControl, removeStaleSockets } from '@tiphys/shell/adapters/control'
import { systemClock } from '@tiphys/shell/adapters/system'
import type { RunHolder, RunSummary } from '@tiphys/shell/ports'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { type LocalHost, openLocalHost } from './host.ts'
import { listen } from './listen.ts'
import { isGone, readInfo } from './owner.ts'
import { loadRun, workflowOf } from './runs.ts'
import { type LocalSession, claimRun } from './session.ts'
import { readSetup } from './setup.ts'

/** `carried`: whether a process carries the run out, so that what was asked has its effect at once. */
export type Changed = { readonly ok: true; readonly carried: boolean } | { readonly ok: false; readonly code: string; readonly message: string }

const ANSWER_MS = 30_000
/** A process that has just begun may not listen yet, and one that ends may still hold its lease. */
const TRIES_MAX = 30
const TRY_AGAIN_MS = 100

/** Carries out a request on a run. Resolves once it is stored; a dead run that is stopped has ended then. */
export async function changeRun(session: LocalSession, run: RunSummary, request: RunRequest): Promise<Changed> {
  let last = 'nobody answered'
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const claimed = await claimRun(session.state, run.uid)
    if (claimed.ok) return changeHere(session, run, request)
    const asked = await askHolder(session, { uid: run.uid, holder: claimed.holder }, request)
    if (asked.done) return asked.changed
    last = asked.message
    await sleep(TRY_AGAIN_MS)
  }
  return { ok: false, code: 'unreached', message: `the process that carries out ${run.name} cannot be reached: ${last}` }
}

interface Carrier {
  readonly uid: string
  readonly holder: RunHolder | undefined
}

type Asked = { readonly done: true; readonly changed: Changed } | { readonly done: false; readonly message: string }

/** Asks the process that has a run: by its socket, or through the store when it is not on this data directory. */
export async function askHolder(session: LocalSession, { uid, holder }: Carrier, request: RunRequest): Promise<Asked> {
  const info = holder === undefined ? undefined : readInfo(holder.info)
  // A server that shares a database with others, perhaps on another machine.
  if (info !== undefined && info.host !== hostname()) return askInStore(session, { uid, holder }, request)
  const path = info?.socket
  if (path === undefined) return { done: false, message: 'it does not listen' }
  const outcome = await askControl({ path, request: { uid, ask: request }, timeoutMs: ANSWER_MS })
  if (!outcome.reached) return { done: false, message: outcome.message }
  return read(outcome.reply)
}

async function askInStore(session: LocalSession, carrier: Carrier, request: RunRequest): Promise<Asked> {
  const { askCarrier } = await import('./requests.ts')
  const asked = await askCarrier(session, carrier, { kind: 'ask', ask: request })
  return asked.answered ? read(asked.reply) : { done: false, message: asked.message }
}

function read(reply: ControlReply): Asked {
  if (reply.ok) return { done: true, changed: { ok: true, carried: true } }
  // It has let go of the run since we looked: now somebody else can have it.
  if (reply.problem.code === 'not_found') return { done: false, message: reply.problem.message }
  return { done: true, changed: { ok: false, ...reply.problem } }
}

/** Nobody carries the run out. Its lease is ours while we change it. */
async function changeHere(session: LocalSession, run: RunSummary, request: RunRequest): Promise<Changed> {
  try {
    const loaded = await loadRun(session.state, run.uid)
    if (!loaded.ok) return { ok: false, code: loaded.gone ? 'not_found' : 'damaged', message: loaded.message }
    const at = systemClock.now()
    const event = requestedEvent(workflowOf(loaded.value), request, at)
    if (!event.ok) return { ok: false, code: event.problem.code, message: event.problem.message }
    if (event.value === undefined) return { ok: true, carried: false }
    if (event.value.type === 'shutdownRequested') await endHere(session, run, event.value)
    else {
      // Suspended nodes are found by taking the run up; the mark that it is suspended needs nothing of it.
      const events = event.value.type === 'suspended' ? [event.value] : [{ type: 'started' as const, at }, event.value]
      await withHost(session, run, async ({ host }) => void (await host.record(run.uid, events)))
    }
    return { ok: true, carried: false }
  } finally {
    await session.state.log.release(run.uid)
    removeStaleSockets(session.folders.sockets, isGone)
  }
}

/** Takes the run up only to end it: processes that outlived their run are found again and told to end, exit handlers run. */
async function endHere(session: LocalSession, run: RunSummary, event: Parameters<LocalHost['host']['deliver']>[1]): Promise<void> {
  await withHost(session, run, async ({ host }, ended) => {
    // Exit handlers may take their time: others can ask for a termination meanwhile.
    const control = listen({ session, uid: run.uid, host, onTrouble: () => undefined })
    const taken = await host.resume(run.uid)
    if (taken.ok) {
      // Given in the same turn in which the run is taken up: nothing new starts in between.
      void host.deliver(run.uid, event)
      await ended
      await host.drained()
    }
    await control?.close()
  })
}

async function withHost(session: LocalSession, run: RunSummary, work: (local: LocalHost, ended: Promise<void>) => Promise<void>): Promise<void> {
  let end: () => void = () => undefined
  const ended = new Promise<void>((resolve) => { end = resolve })
  const local = await openLocalHost({
    session, uid: run.uid, namespace: run.namespace, setup: readSetup(session.folders, run.uid),
    onUpdate: (update) => {
      if (update.run.status.completed) end()
    },
    onTrouble: () => undefined,
    onLost: () => end(),
  })
  try {
    await work(local, ended)
  } finally {
    await local.close()
  }
}
