// What a person sees while a workflow runs: a live tree on a terminal, lines that are only added to in a pipe, nothing where output is for programs.
import { type Run, type RunNode, toNodeStatus, toWorkflow } from '@tiphys/core/engine'
import type { NodeStatus, Workflow } from '@tiphys/core/spec'
import type { RunUpdate } from '@tiphys/shell/runtime'
import type { Invocation } from '../flags/index.ts'
import { logLine, printable } from '../print/index.ts'
import {
  NOTHING_TOLD, type LiveRegion, type Told, localClock, lookFor, openLiveRegion, processTimers, progressLines, screenOf, workflowView,
} from '../terminal/index.ts'
import type { PodLine } from './log-lines.ts'

export interface RunView {
  update(update: RunUpdate): void
  /** What a step printed. */
  log(line: PodLine): void
  /** A sentence for people. */
  note(text: string): void
  /** Trouble that makes everything wait; undefined when it is over. */
  trouble(message: string | undefined): void
  close(): void
}

/** Updates are shown at most this often: a wide fan-out changes thousands of times a second. */
const SHOW_EVERY_MS = 100
/** Durations grow while nothing changes. */
const REFRESH_MS = 1000
/** Showing a huge workflow may take no more than this share of the time. */
const SHARE = 10

export function openView({ flags, streams }: Invocation): RunView {
  const output = flags.text('output')
  const quiet = output === 'json' || output === 'yaml' || output === 'name'
  const isTerminal = process.stdout.isTTY === true
  const look = lookFor({ isTerminal, env: streams.env, noColour: flags.bool('no-color') })
  const region: LiveRegion | undefined = isTerminal && !quiet ? openLiveRegion(screenOf(process.stdout), processTimers) : undefined
  const show = region === undefined ? progressTeller(streams.stdout, look) : liveTeller(region, look)
  const pace = paced(quiet ? () => undefined : show.tell)
  const refresh = region === undefined ? undefined : setInterval(pace.soon, REFRESH_MS).unref()
  let troubled: string | undefined

  const say = (text: string): void => {
    if (region !== undefined) region.print(`${text}\n`)
    else streams.stderr(`${text}\n`)
  }
  return {
    update(update) {
      show.note(update)
      pace.soon()
    },
    log({ pod, line }) {
      const text = `${logLine(pod, isTerminal ? printable(line.text) : line.text, look)}\n`
      if (region !== undefined) region.print(text)
      else if (quiet) streams.stderr(text)
      else streams.stdout(text)
    },
    note: say,
    trouble(message) {
      if (message === troubled) return
      troubled = message
      say(message === undefined ? 'the storage works again' : `waiting for the storage: ${message}`)
    },
    close() {
      clearInterval(refresh)
      pace.close()
      region?.close()
    },
  }
}

interface Teller {
  note(update: RunUpdate): void
  tell(): void
}

function liveTeller(region: LiveRegion, look: ReturnType<typeof lookFor>): Teller {
  let run: Run | undefined
  return {
    note: (update) => {
      run = update.run
    },
    tell: () => {
      if (run === undefined) return
      const workflow = toWorkflow(run)
      const clock = localClock(Date.now())
      region.show((size) => workflowView(workflow, { clock, look, size }))
    },
  }
}

/** Only what changed is looked at, so that a wide workflow costs no more than a narrow one. */
function progressTeller(write: (text: string) => void, look: ReturnType<typeof lookFor>): Teller {
  const changed = new Set<RunNode>()
  let told: Told = NOTHING_TOLD
  let run: Run | undefined
  return {
    note: (update) => {
      run = update.run
      for (const node of update.changed) changed.add(node)
    },
    tell: () => {
      if (run === undefined || changed.size === 0) return
      const nodes = Object.fromEntries([...changed].map((node) => [node.id, exactStatus(node)]))
      changed.clear()
      const workflow = { metadata: run.metadata, spec: {}, status: { nodes } } as Workflow
      const progress = progressLines(workflow, told, { clock: localClock(Date.now()), look })
      told = progress.told
      if (progress.lines.length > 0) write(`${progress.lines.join('\n')}\n`)
    },
  }
}

/** The wire's times are whole seconds, by which steps that take less could not be put in order. */
function exactStatus(node: RunNode): NodeStatus {
  const time = (ms: number): string => new Date(ms).toISOString()
  return { ...toNodeStatus(node), startedAt: time(node.startedAt), ...(node.finishedAt !== undefined && { finishedAt: time(node.finishedAt) }) }
}

/** Calls `tell` soon after it is wanted, once for many wishes, and more rarely where it takes long. */
function paced(tell: () => void): { readonly soon: () => void; readonly close: () => void } {
  let due: NodeJS.Timeout | undefined
  let waitMs = SHOW_EVERY_MS
  const run = (): void => {
    due = undefined
    const began = performance.now()
    tell()
    waitMs = Math.max(SHOW_EVERY_MS, (performance.now() - began) * SHARE)
  }
  return {
    soon: () => {
      due ??= setTimeout(run, waitMs)
    },
    close: () => {
      clearTimeout(due)
      tell()
    },
  }
}
