// What a person sees while a workflow runs: a live tree on a terminal, lines that are only added to in a pipe, nothing where output is for programs.
import { toWorkflow, type Run } from '@tiphys/core/engine'
import type { Invocation } from '../flags/index.ts'
import {
  NOTHING_TOLD, type LiveRegion, type Told, localClock, lookFor, openLiveRegion, processTimers, progressLines, screenOf, workflowView,
} from '../terminal/index.ts'

export interface RunView {
  update(run: Run): void
  /** A sentence for people. */
  note(text: string): void
  /** Trouble that makes everything wait; undefined when it is over. */
  trouble(message: string | undefined): void
  close(): void
}

/** Updates are shown at most this often: a wide fan-out changes thousands of times a second. */
const SHOW_EVERY_MS = 100

export function openView({ flags, streams }: Invocation): RunView {
  const output = flags.text('output')
  const quiet = output === 'json' || output === 'yaml' || output === 'name'
  const isTerminal = process.stdout.isTTY === true
  const look = lookFor({ isTerminal, env: streams.env, noColour: flags.bool('no-color') })
  const region: LiveRegion | undefined = isTerminal && !quiet ? openLiveRegion(screenOf(process.stdout), processTimers) : undefined
  let told: Told = NOTHING_TOLD
  let last: Run | undefined
  let due: NodeJS.Timeout | undefined
  let troubled: string | undefined

  const tell = (): void => {
    due = undefined
    if (last === undefined || quiet) return
    const clock = localClock(Date.now())
    const workflow = toWorkflow(last)
    if (region !== undefined) return region.show((size) => workflowView(workflow, { clock, look, size }))
    const progress = progressLines(workflow, told, { clock, look })
    told = progress.told
    if (progress.lines.length > 0) streams.stdout(`${progress.lines.join('\n')}\n`)
  }
  const say = (text: string): void => {
    if (region !== undefined) region.print(`${text}\n`)
    else streams.stderr(`${text}\n`)
  }
  return {
    update(run) {
      last = run
      due ??= setTimeout(tell, SHOW_EVERY_MS)
    },
    note: say,
    trouble(message) {
      if (message === troubled) return
      troubled = message
      say(message === undefined ? 'the storage works again' : `waiting for the storage: ${message}`)
    },
    close() {
      clearTimeout(due)
      if (region === undefined) tell()
      region?.close()
    },
  }
}
