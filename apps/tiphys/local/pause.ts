// Owns what suspend and resume have in common.
import type { RunRequest } from '@tiphys/core/engine'
import type { Invocation, Outcome } from '../flags/index.ts'
import { changeRun } from './change.ts'
import { look } from './reader.ts'
import { findRun, notFoundMessage } from './runs.ts'

/** Carries the request out on every workflow that is named; the first that refuses ends it. */
export async function pauseOrGoOn(invocation: Invocation, request: RunRequest, done: string): Promise<Outcome> {
  const { args, streams } = invocation
  const verb = request.kind
  return look(invocation, async (session): Promise<Outcome> => {
    for (const name of args) {
      const found = await findRun(session.state, { name, namespace: session.namespace })
      if (!found.ok) return { error: `failed to ${verb} ${name}: ${found.message}` }
      const changed = await changeRun(session, found.run, request)
      if (!changed.ok) return { error: `failed to ${verb} ${name}: ${changed.message}` }
      streams.stdout(`workflow ${name} ${done}\n`)
      if (!changed.carried && found.run.finishedAt === undefined) streams.stderr(`${hintOf(found.run.name)}\n`)
    }
    return { exit: 0 }
  }, () => (args[0] === undefined ? { exit: 0 } : { error: `failed to ${verb} ${args[0]}: ${notFoundMessage(args[0])}` }))
}

/** What was recorded has its effect once somebody carries the run out. */
export function hintOf(name: string): string {
  return `no process carries ${name} out; go on with it by: tiphys run --resume ${name}`
}
