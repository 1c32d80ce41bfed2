// Owns what may follow a submission: printing logs, waiting, watching.
import { setTimeout as sleep } from 'node:timers/promises'
import { type Workflow, type NodeStatus } from '@tiphys/core/spec'
import type { Outcome } from '../flags/index.ts'
import { logLine, plainTime, printable, readTime } from '../print/index.ts'
import { openWatchScreen } from '../terminal/index.ts'
import { Mistake, RemoteFailure } from './failure.ts'
import { type Remote, clockNow, lookOf } from './remote.ts'
import { type LogQuery, watchWorkflow, workflowLogs } from './workflows.ts'

interface Named { readonly namespace: string; readonly name: string }

/** `--log`, then `--wait` or `--watch`. */
export async function afterwards(remote: Remote, workflows: readonly Named[], shows?: (node: NodeStatus) => boolean): Promise<Outcome> {
  const { flags } = remote
  if (flags.bool('log')) for (const one of workflows) await printLogs(remote, { ...one, container: 'main', follow: true })
  if (flags.bool('wait')) return waitForAll(remote, workflows, { quiet: !['', 'wide'].includes(flags.text('output')) })
  if (flags.bool('watch')) for (const one of workflows) await watchUntilDone(remote, one, { ...(shows === undefined ? {} : { shows }) })
  return { exit: 0 }
}

export async function printLogs(remote: Remote, query: LogQuery & { readonly noColour?: boolean; readonly json?: boolean }): Promise<void> {
  const { noColour = false, json = false, ...asked } = query
  const look = lookOf(remote, { noColour })
  const isTerminal = process.stdout.isTTY === true
  for await (const { podName = '', content = '' } of workflowLogs(remote.connection, asked)) {
    if (json) remote.print(`${JSON.stringify({ pod: podName, text: content })}\n`)
    // What a step printed may try to take over a terminal; in a file it stays as it was.
    else remote.print(`${logLine(podName, isTerminal ? printable(content) : content, look)}\n`)
  }
}

export interface WaitOptions { readonly quiet?: boolean; readonly ignoreNotFound?: boolean }

/** Waits for all at once; the exit code is 1 unless all succeed. */
export async function waitForAll(remote: Remote, workflows: readonly Named[], options: WaitOptions): Promise<Outcome> {
  const good = await Promise.all(workflows.map((one) => waitForOne(remote, one, options)))
  return { exit: good.every(Boolean) ? 0 : 1 }
}

/** `wait -o json` is ours; where a workflow was shown as JSON, nothing more is said of it. */
function asJson({ argo, flags, path }: Remote): boolean {
  return !argo && path[0] === 'wait' && flags.text('output') === 'json'
}

async function waitForOne(remote: Remote, one: Named, { quiet = false, ignoreNotFound = false }: WaitOptions): Promise<boolean> {
  try {
    const workflow = await untilDone(remote, one, () => undefined)
    const { phase = '', finishedAt } = workflow.status ?? {}
    if (asJson(remote)) remote.print(`${JSON.stringify({ name: workflow.metadata.name, namespace: workflow.metadata.namespace, phase, message: workflow.status?.message, startedAt: workflow.status?.startedAt, finishedAt })}\n`)
    else if (!quiet) remote.print(`${one.name} ${phase} at ${plainTime(readTime(finishedAt), clockNow())}\n`)
    return phase !== 'Failed' && phase !== 'Error'
  } catch (error) {
    if (!(error instanceof RemoteFailure)) throw error
    if (error.code === 'NotFound' && ignoreNotFound && !remote.argo) return true
    // The reference fails here without a word.
    if (!remote.argo) remote.streams.stderr(`Error: ${one.name}: ${error.ownText}\n`)
    return false
  }
}

const AGAIN_MS = 200

/** Follows a workflow until it is finished. A server ends streams after a while; they are opened again. */
export async function untilDone(remote: Following, one: Named, onChange: (workflow: Workflow) => void): Promise<Workflow> {
  let heardAt: number | undefined
  const hear = (workflow: Workflow): void => {
    heardAt = Date.now()
    onChange(workflow)
  }
  for (;;) {
    try {
      const done = await onceThrough(remote, one, hear)
      if (done !== undefined) return done
      heardAt = Date.now()
    } catch (error) {
      if (remote.argo || heardAt === undefined || Date.now() - heardAt > AWAY_MAX_MS || !isAway(error)) throw error
    }
    await sleep(AGAIN_MS, undefined, { ...(remote.streams.signal === undefined ? {} : { signal: remote.streams.signal }) })
  }
}

type Following = Pick<Remote, 'connection' | 'streams' | 'argo'>

/** A server that starts again is waited for this long. */
const AWAY_MAX_MS = 60_000

function isAway(error: unknown): boolean {
  return error instanceof RemoteFailure && (error.code === undefined || error.code === 'Unavailable')
}

/** One stream to its end; the workflow if it finished meanwhile. */
async function onceThrough({ connection, argo }: Following, one: Named, onChange: (workflow: Workflow) => void): Promise<Workflow | undefined> {
  for await (const { type, object } of watchWorkflow(connection, one)) {
    if (type === 'DELETED' && !argo) throw new RemoteFailure('NotFound', { argo: '', own: `workflow ${one.name} was deleted` })
    if (object === undefined) continue
    onChange(object)
    if (readTime(object.status?.finishedAt) !== undefined) return object
  }
  return undefined
}

const REFRESH_MS = 1000

/** Shows a workflow again and again until it is finished. */
export async function watchUntilDone({ connection, streams, argo }: Remote, one: Named, { shows }: { readonly shows?: (node: NodeStatus) => boolean }): Promise<void> {
  const screen = openWatchScreen({ streams, argo, ...(shows === undefined ? {} : { shows }) })
  // In a file nobody looks at a clock: only what changes is shown.
  const refresh = argo || process.stdout.isTTY === true ? setInterval(() => screen.refresh(), REFRESH_MS) : undefined
  try {
    await untilDone({ connection, streams, argo }, one, (workflow) => screen.show(workflow))
  } finally {
    clearInterval(refresh)
    screen.close()
  }
}

/** The combinations that make no sense together, in the reference's order. */
export function checkFollowing({ flags }: Remote, count: number): void {
  const dry = ['dry-run', 'server-dry-run'].filter((name) => flags.bool(name))
  if (flags.bool('watch')) {
    if (count > 1) throw new Mistake('cannot watch more than one workflow')
    if (flags.bool('wait')) throw new Mistake('--wait cannot be combined with --watch')
    if (dry[0] !== undefined) throw new Mistake(`--watch cannot be combined with --${dry[0]}`)
  }
  if (flags.bool('wait') && dry[0] !== undefined) throw new Mistake(`--wait cannot be combined with --${dry[0]}`)
  if (dry[0] !== undefined && flags.text('output') === '') throw new Mistake(`--${dry[0]} should have an output option`)
  if (dry.length > 1) throw new Mistake('--dry-run cannot be combined with --server-dry-run')
}
