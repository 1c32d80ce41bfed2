// Owns the command `tiphys watch`.
import type { Invocation, Outcome } from '../flags/index.ts'
import { type Looking, look } from '../local/reader.ts'
import { findRun, followRun, loadRun, notFoundMessage, workflowOf } from '../local/runs.ts'
import { openWatchScreen } from '../terminal/index.ts'
import { nodeFilter } from './node-filter.ts'

export async function run(invocation: Invocation): Promise<Outcome> {
  const name = invocation.args[0] ?? ''
  return look(invocation, (session) => watch(invocation, session, name), () => ({ error: notFoundMessage(name) }))
}

const SHARE = 5
const SHOW_EVERY_MS = 200
const REFRESH_MS = 1000

/** A terminal shows the run live; elsewhere each state is printed whole, and the code that clears a screen goes to stderr, as the reference does. */
async function watch(invocation: Invocation, { state, namespace }: Looking, name: string): Promise<Outcome> {
  const shows = nodeFilter(invocation.flags)
  if (!shows.ok) return { error: shows.message }
  const found = await findRun(state, { name, namespace })
  if (!found.ok) return { error: found.message }
  const screen = openWatchScreen({ streams: invocation.streams, argo: invocation.flags.text('compat') === 'argo', ...(shows.shows !== undefined && { shows: shows.shows }) })
  const show = async (): Promise<boolean> => {
    const loaded = await loadRun(state, found.run.uid)
    if (loaded.ok) screen.show(workflowOf(loaded.value))
    return loaded.ok
  }
  const changes = followRun(state, found.run, new AbortController().signal)[Symbol.asyncIterator]()
  const refresh = setInterval(() => screen.refresh(), REFRESH_MS)
  let problem: string | undefined
  let next = changes.next()
  for (;;) {
    const change = await next
    if (change.done === true) break
    const began = performance.now()
    next = changes.next()
    if (change.value === undefined || !(await show())) problem = `${name} is gone`
    // A large run takes long to read: watching it may not take the machine from it.
    if (change.value?.finishedAt === undefined) await pause(Math.max(SHOW_EVERY_MS, (performance.now() - began) * SHARE))
  }
  clearInterval(refresh)
  screen.close()
  return problem === undefined ? { exit: 0 } : { error: problem }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
