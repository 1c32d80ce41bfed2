// Owns what other processes on this data directory may ask of the runs that the server carries out.
import { type ControlServer, openControlServer } from '@tiphys/shell/adapters/control'
import { systemClock } from '@tiphys/shell/adapters/system'
import { Asking, type RunHost } from '@tiphys/shell/runtime'
import { answer } from '../local/listen.ts'
import { type Apply, answerRequests } from '../local/requests.ts'
import type { LocalSession } from '../local/session.ts'

/** Listens from now on: `tiphys stop`, `suspend`, `node set` and their kin reach the runs of the server as those of any process. */
export function listenForRuns(session: LocalSession, host: RunHost, onTrouble: (message: string) => void): ControlServer | undefined {
  if (session.socket === undefined) return undefined
  return openControlServer({ path: session.socket, onTrouble, answer: (request) => answer(host, request.uid, request.ask) })
}

/** Carries out what is asked in the store of runs of this server, until closed: by `tiphys` on its data directory, by servers on its database. */
export function followRequests(session: LocalSession, apply: Apply, onTrouble: (message: string) => void): { close(): void } {
  const { requests } = session.state
  const asking = new Asking({ clock: systemClock, onTrouble, onChange: (listener, signal) => requests.onChange(listener, signal), work: () => answerRequests(session, apply) })
  asking.follow(true)
  asking.soon()
  return asking
}
