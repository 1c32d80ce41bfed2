// Owns what stop and terminate have in common.
import type { RunRequest } from '@tiphys/core/engine'
import type { Invocation, Outcome } from '../flags/index.ts'
import { changeRun } from './change.ts'
import { chosenRuns } from './chosen.ts'
import { act } from './reader.ts'
import { notFoundMessage } from './runs.ts'

/** Carries the request out on every workflow that was chosen, and says so in one word. */
export async function shutDown(invocation: Invocation, request: RunRequest, done: string): Promise<Outcome> {
  const { args, flags, streams } = invocation
  const bySelector = flags.text('selector') !== '' || flags.text('field-selector') !== ''
  const selection = bySelector ? { labels: flags.text('selector'), fields: flags.text('field-selector') } : undefined
  return act(invocation, async (session): Promise<Outcome> => {
    const chosen = await chosenRuns(session, args, selection)
    if (!chosen.ok) return { error: chosen.message }
    for (const one of chosen.list) {
      if (flags.bool('dry-run')) {
        streams.stdout(`workflow ${one.name} ${done} (dry-run)\n`)
        continue
      }
      if ('missing' in one) return { error: one.missing }
      const changed = await changeRun(session, one.run, request)
      if (!changed.ok) return { error: changed.message }
      streams.stdout(`workflow ${one.name} ${done}\n`)
    }
    return { exit: 0 }
  }, () => (args[0] === undefined ? { exit: 0 } : { error: notFoundMessage(args[0]) }))
}
