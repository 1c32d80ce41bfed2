// Owns how the failures of commands are told, in one place: in the reference's words or in ours.
import type { Invocation, Outcome } from '../flags/index.ts'
import { Fatal, Mistake, RemoteFailure } from './failure.ts'
import { isArgo } from './server.ts'

/** Tells the failures of a command in one place. */
export function guarded(work: (invocation: Invocation) => Promise<Outcome | undefined>): (invocation: Invocation) => Promise<Outcome> {
  return async (invocation) => {
    try {
      return (await work(invocation)) ?? { exit: 0 }
    } catch (error) {
      if (error instanceof RemoteFailure) return { error: isArgo(invocation.flags) ? error.argoText : error.ownText }
      if (error instanceof Mistake) return { error: error.message }
      if (!(error instanceof Fatal)) throw error
      invocation.streams.stderr(`${error.message}\n`)
      return { exit: 1 }
    }
  }
}
