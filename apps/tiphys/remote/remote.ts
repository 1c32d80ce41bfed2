// Owns the frame of every command that asks a server: the connection, the namespace, and how output looks.
import type { Flags, Invocation, Outcome, Streams } from '../flags/index.ts'
import type { Clock, Look } from '../print/index.ts'
import { localClock, lookFor } from '../terminal/index.ts'
import { Connection } from './connection.ts'
import { Fatal, Mistake } from './failure.ts'
import { type Entry, entryLine } from './go-log.ts'
import { guarded } from './guard.ts'
import { type Server, isArgo, serverOf } from './server.ts'

export interface Remote {
  readonly server: Server
  readonly connection: Connection
  readonly path: readonly string[]
  readonly args: readonly string[]
  readonly flags: Flags
  readonly streams: Streams
  /** Whether the reference's words are wanted. */
  readonly argo: boolean
  /** Prints to standard output. */
  readonly print: (text: string) => void
  readonly help: () => string
}

type Work = (remote: Remote) => Promise<Outcome | undefined>

const NO_SERVER = 'this needs a server: start one with "tiphys server", or name one with --argo-server'
const RUN_HERE = ', or carry the workflow out here and now with "tiphys run"'

/** A command that asks a server. Ending without an outcome is success. */
export function withServer(work: Work): (invocation: Invocation) => Promise<Outcome> {
  return guarded(async (invocation) => {
    const server = await serverOf(invocation)
    if (server === undefined) throw new Mistake(NO_SERVER + (invocation.path[0] === 'submit' ? RUN_HERE : ''))
    const { path, args, flags, streams, help } = invocation
    return work({ server, connection: new Connection(server), path, args, flags, streams, argo: isArgo(flags), print: streams.stdout, help })
  })
}

/** The namespace of what an invocation names; where any will do, the one that clusters begin with. */
export function namespaceFor({ server }: Remote): string {
  return server.namespace ?? 'default'
}

/** Tells something beside the output. */
export function tell({ flags, streams }: Remote, entry: Entry): void {
  const line = entryLine(flags, entry, Date.now())
  if (line !== undefined) streams.stderr(`${line}\n`)
}

/** The end of a command that the reference logs, and that is a plain mistake to us. */
export function logged({ argo, flags }: Pick<Remote, 'argo' | 'flags'>, entry: Entry): Error {
  return argo ? new Fatal(entryLine(flags, entry, Date.now()) ?? '') : new Mistake(entry.own)
}

export function clockNow(): Clock {
  return localClock(Date.now())
}

/** The reference colours its output even where it is no terminal. */
export function lookOf({ argo, streams }: Remote, { noColour = false, noUtf8 = false } = {}): Look {
  return lookFor({ isTerminal: process.stdout.isTTY === true, env: streams.env, noColour, noUtf8, argo })
}
