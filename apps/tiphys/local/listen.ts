// Owns what other processes may ask of the run that this one carries out.
import { type RunRequest, requestedEvent, toWorkflow } from '@tiphys/core/engine'
import { type ControlReply, type ControlServer, openControlServer } from '@tiphys/shell/adapters/control'
import { systemClock } from '@tiphys/shell/adapters/system'
import type { RunHost } from '@tiphys/shell/runtime'
import type { LocalSession } from './session.ts'

export interface Listening {
  readonly session: LocalSession
  readonly uid: string
  readonly host: RunHost
  readonly onTrouble: (message: string) => void
}

/** Listens from now on; undefined for a process that carries out no run. */
export function listen({ session, uid, host, onTrouble }: Listening): ControlServer | undefined {
  if (session.socket === undefined) return undefined
  return openControlServer({
    path: session.socket,
    onTrouble,
    answer: async (request) => {
      if (request.uid !== uid) return refusal('not_found', 'this process does not have that run')
      return isKnock(request.ask) ? look(session, host) : answer(host, uid, request.ask)
    },
  })
}

/** Whether somebody left requests in the store. */
function isKnock(ask: unknown): boolean {
  return typeof ask === 'object' && ask !== null && (ask as { kind?: unknown }).kind === 'requests'
}

async function look(session: LocalSession, host: RunHost): Promise<ControlReply> {
  const { answerRequests, applyHere } = await import('./requests.ts')
  await answerRequests(session, (uid, request) => applyHere({ session, host }, uid, request))
  return { ok: true }
}

/** Answered once it is stored. */
export async function answer(host: RunHost, uid: string, ask: unknown): Promise<ControlReply> {
  const run = host.runOf(uid)
  if (run === undefined) return refusal('not_found', 'the run has ended')
  const request = readRequest(ask)
  if (request === undefined) return refusal('invalid', 'the request was not understood')
  const event = requestedEvent(toWorkflow(run), request, systemClock.now())
  if (!event.ok) return refusal(event.problem.code, event.problem.message)
  if (event.value !== undefined) await host.deliver(uid, event.value)
  return { ok: true }
}

const KINDS: ReadonlySet<unknown> = new Set<RunRequest['kind']>(['stop', 'terminate', 'suspend', 'resume', 'set'])

/** The other end is this program too, perhaps of another version: only the kinds that are known here are taken. */
function readRequest(ask: unknown): RunRequest | undefined {
  if (typeof ask !== 'object' || ask === null || !KINDS.has((ask as { kind?: unknown }).kind)) return undefined
  return ask as RunRequest
}

function refusal(code: string, message: string): ControlReply {
  return { ok: false, problem: { code, message } }
}
