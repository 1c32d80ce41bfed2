// Owns what other processes on this data directory may ask of the runs that the server carries out.
import { type ControlServer, openControlServer } from '@tiphys/shell/adapters/control'
import type { RunHost } from '@tiphys/shell/runtime'
import { answer } from '../local/listen.ts'
import type { LocalSession } from '../local/session.ts'

/** Listens from now on: `tiphys stop`, `suspend`, `node set` and their kin reach the runs of the server as those of any process. */
export function listenForRuns(session: LocalSession, host: RunHost, onTrouble: (message: string) => void): ControlServer | undefined {
  if (session.socket === undefined) return undefined
  return openControlServer({ path: session.socket, onTrouble, answer: (request) => answer(host, request.uid, request.ask) })
}
