// Owns changing runs that another process carries out: a request is kept in the store until whoever has the run has answered it.
import { hostname } from 'node:os'
import type { EngineEvent, RunRequest } from '@tiphys/core/engine'
import type { Workflow } from '@tiphys/core/spec'
import { askControl } from '@tiphys/shell/adapters/control'
import { systemClock } from '@tiphys/shell/adapters/system'
import type { Done } from '@tiphys/shell/http'
import type { RunHolder } from '@tiphys/shell/ports'
import type { RunHost } from '@tiphys/shell/runtime'
import { answer } from './listen.ts'
import { readInfo } from './owner.ts'
import type { LocalSession } from './session.ts'

/** `change`: what is between a workflow as it stands and as it shall be. `ask`: in the words of the control channel. */
export type CarrierRequest =
  | { readonly kind: 'change'; readonly before: Workflow; readonly after: Workflow }
  | { readonly kind: 'event'; readonly event: EngineEvent }
  | { readonly kind: 'ask'; readonly ask: RunRequest }

export type Reply = { readonly ok: true } | { readonly ok: false; readonly problem: { readonly code: string; readonly message: string } }

/** Without an answer nothing was done, as far as anybody knows: the request is withdrawn. */
export type Asked = { readonly answered: true; readonly reply: Reply } | { readonly answered: false; readonly message: string }

const PATIENCE_MS = 30_000
/** Notifications may be lost, and a run may be let go of. */
const LOOK_MS = 500

/** Resolves once the process that has the run has done it and stored it. */
export async function askCarrier(session: LocalSession, carrier: { readonly uid: string; readonly holder: RunHolder | undefined }, request: CarrierRequest): Promise<Asked> {
  const { requests } = session.state
  const { uid } = carrier
  const id = await requests.put(uid, JSON.stringify(request), systemClock.now())
  try {
    knock(carrier)
    const text = await answerInTime(session, id, uid)
    return text === undefined ? { answered: false, message: 'the process that carries it out did not answer' } : { answered: true, reply: JSON.parse(text) as Reply }
  } finally {
    await requests.remove(id, systemClock.now())
  }
}

/** A process of this machine that does not follow the store looks when it is told to. */
function knock({ uid, holder }: { readonly uid: string; readonly holder: RunHolder | undefined }): void {
  const info = holder === undefined ? undefined : readInfo(holder.info)
  if (info?.socket !== undefined && info.host === hostname()) void askControl({ path: info.socket, request: { uid, ask: { kind: 'requests' } }, timeoutMs: PATIENCE_MS })
}

/** Undefined when nobody answers, or nobody has the run any more. */
function answerInTime({ state }: LocalSession, id: number, uid: string): Promise<string | undefined> {
  const stop = new AbortController()
  return new Promise<string | undefined>((resolve, reject) => {
    const look = (): void => void state.requests.answerOf(id).then((text) => text !== undefined && resolve(text), reject)
    const lookWhetherHeld = async (): Promise<void> => {
      look()
      if (!(await state.log.claim(uid, systemClock.now())).ok) return
      await state.log.release(uid)
      resolve(await state.requests.answerOf(id))
    }
    const timer = setInterval(() => void lookWhetherHeld().catch(reject), LOOK_MS)
    const end = setTimeout(() => resolve(undefined), PATIENCE_MS)
    state.requests.onChange(look, stop.signal)
    stop.signal.addEventListener('abort', () => {
      clearInterval(timer)
      clearTimeout(end)
    })
  }).finally(() => stop.abort())
}

export type Apply = (uid: string, request: CarrierRequest) => Promise<Reply>

/** Answers what is asked of the runs of this process, in order. */
export async function answerRequests({ state }: LocalSession, apply: Apply): Promise<void> {
  for (const { id, uid, body } of await state.requests.pending()) await state.requests.answer(id, JSON.stringify(await replyTo(apply, uid, body)))
}

async function replyTo(apply: Apply, uid: string, body: string): Promise<Reply> {
  try {
    // The other end is this program too.
    return await apply(uid, JSON.parse(body) as CarrierRequest)
  } catch (error) {
    return refused('invalid', `the request cannot be carried out: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function refused(code: string, message: string): Reply {
  return { ok: false, problem: { code, message } }
}

/** Carries out a request on a run that this process has, and on no other. */
export async function applyHere({ session, host }: { readonly session: LocalSession; readonly host: RunHost }, uid: string, request: CarrierRequest): Promise<Reply> {
  if (request.kind === 'ask') return answer(host, uid, request.ask)
  const summary = await session.state.runs.get(uid)
  if (!summary.ok) return refused(summary.problem.code, summary.problem.message)
  const changes = await import('../server/run-changes.ts')
  const place = { session, host, summary: summary.value }
  const done: Done = request.kind === 'event' ? await changes.deliver(place, request.event) : await changes.change(place, request.before, request.after)
  return done.ok ? { ok: true } : { ok: false, problem: done.problem }
}
