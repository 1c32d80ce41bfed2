// Owns how a workflow is shown that someone watches: drawn in place on a terminal, frame after frame elsewhere and where the reference's output is wanted.
import { type GetOptions, describeWorkflow } from '../print/index.ts'
import { openLiveRegion } from './live.ts'
import { localClock, lookFor } from './look.ts'
import { processTimers, screenOf } from './screen.ts'
import { workflowView } from './view.ts'

type Shown = Parameters<typeof describeWorkflow>[0]

export interface WatchScreen {
  show(workflow: Shown): void
  /** Durations grow while nothing happens. */
  refresh(): void
  close(): void
}

export interface WatchOptions {
  readonly streams: { readonly stdout: (text: string) => void; readonly stderr: (text: string) => void; readonly env: Readonly<Record<string, string | undefined>> }
  readonly argo: boolean
  readonly shows?: GetOptions['shows']
}

const CLEAR = '\u001b[H\u001b[2J\u001b[0;0H'

export function openWatchScreen({ streams, argo, shows }: WatchOptions): WatchScreen {
  const isTerminal = process.stdout.isTTY === true
  const look = lookFor({ isTerminal, env: streams.env, argo })
  const chosen = shows === undefined ? {} : { shows }
  const region = isTerminal && !argo ? openLiveRegion(screenOf(process.stdout), processTimers) : undefined
  let last: Shown | undefined
  const draw = (): void => {
    const workflow = last
    if (workflow === undefined) return
    const clock = localClock(Date.now())
    if (region === undefined) {
      streams.stderr(CLEAR)
      streams.stdout(describeWorkflow(workflow, { clock, look, dagsByName: argo, ...chosen }))
    } else region.show((size) => workflowView(workflow, { clock, look, size, ...chosen }))
  }
  return {
    show: (workflow) => {
      last = workflow
      draw()
    },
    refresh: draw,
    close: () => region?.close(),
  }
}
