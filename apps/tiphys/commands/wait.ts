// Owns the command `tiphys wait`.
import type { RunSummary } from '@tiphys/shell/ports'
import type { Invocation, Outcome } from '../flags/index.ts'
import { type Looking, look } from '../local/reader.ts'
import { findRun, followRun, notFoundMessage } from '../local/runs.ts'
import { plainTime } from '../print/index.ts'
import { localClock } from '../terminal/index.ts'

/** All at once; the exit code is 1 when one of them failed, or could not be found. */
export async function run(invocation: Invocation): Promise<Outcome> {
  const { args } = invocation
  const ends = await look(invocation, (session) => Promise.all(args.map((name) => waitFor(invocation, session, name))), () => args.map((name) => missing(invocation, notFoundMessage(name))))
  return { exit: ends.every((good) => good) ? 0 : 1 }
}

async function waitFor(invocation: Invocation, { state, namespace }: Looking, name: string): Promise<boolean> {
  const found = await findRun(state, { name, namespace })
  if (!found.ok) return missing(invocation, found.message)
  let last: RunSummary | undefined
  for await (const now of followRun(state, found.run, new AbortController().signal)) last = now
  if (last === undefined) return complain(invocation, `${name} was deleted`)
  if (invocation.flags.text('output') === 'json') {
    const { namespace: home, phase, message, startedAt, finishedAt } = last
    invocation.streams.stdout(`${JSON.stringify({ name: last.name, namespace: home, phase, message, startedAt: timeOf(startedAt), finishedAt: timeOf(finishedAt) })}\n`)
  } else invocation.streams.stdout(`${name} ${last.phase} at ${plainTime(Math.floor((last.finishedAt ?? 0) / 1000) * 1000, localClock(Date.now()))}\n`)
  return last.phase === 'Succeeded'
}

/** What is not there is no failure to who wants to ignore it; the reference fails all the same. */
function missing(invocation: Invocation, message: string): boolean {
  const { flags } = invocation
  if (!flags.bool('ignore-not-found')) return complain(invocation, message)
  return flags.text('compat') !== 'argo'
}

function complain({ flags, streams }: Invocation, message: string): false {
  if (!flags.bool('ignore-not-found')) streams.stderr(`Error: ${message}\n`)
  return false
}

function timeOf(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString()
}
