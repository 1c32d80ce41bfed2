// What is printed when a run has ended: a summary for people, the object for programs.
import { type Run, toWorkflow } from '@tiphys/core/engine'
import { workflowSchema, type Workflow } from '@tiphys/core/spec'
import type { LogStore } from '@tiphys/shell/ports'
import type { Invocation } from '../flags/index.ts'
import { describeWorkflow, objectText } from '../print/index.ts'
import { CAUSES_SHOWN_MAX, failureCauses, localClock, lookFor, workflowSummary } from '../terminal/index.ts'
import { podLogs } from './log-lines.ts'

const TAIL_LINES = 10

export interface EndedRun {
  readonly run: Run
  readonly attempts: Readonly<Record<string, number>>
  readonly logs: LogStore
}

export async function printResult({ flags, streams }: Invocation, ended: EndedRun): Promise<void> {
  const look = lookFor({ isTerminal: process.stdout.isTTY === true, env: streams.env, noColour: flags.bool('no-color') })
  const clock = localClock(Date.now())
  const format = flags.text('output')
  const workflow = toWorkflow(ended.run)
  if (format === 'json' || format === 'yaml') return streams.stdout(objectText(workflowSchema, workflow, format))
  if (format === 'name') return streams.stdout(`${workflow.metadata.name ?? ''}\n`)
  if (format === 'tree' || format === 'wide') return streams.stdout(`\n${describeWorkflow(workflow, { clock, look, columns: format === 'wide' ? 'wide' : '' })}`)
  const tails = await tailsOf(workflow, ended)
  streams.stdout(`\n${workflowSummary(workflow, { clock, look, logsOf: (node) => tails.get(node.id) ?? [] })}`)
}

/** The last lines of each step that the summary names as a cause. */
export async function tailsOf(workflow: Workflow, { run, attempts, logs }: EndedRun): Promise<Map<string, readonly string[]>> {
  const tails = new Map<string, readonly string[]>()
  for (const { id } of failureCauses(workflow).slice(0, CAUSES_SHOWN_MAX)) {
    const last = podLogs(run, attempts, { pod: id, container: undefined, previous: false }).filter(({ attempt }) => attempt === (attempts[id] ?? 0))
    const lines: string[] = []
    for (const { uid, node, attempt, container } of last) {
      const key = { workflowUid: uid, nodeId: node.id, attempt, container }
      for await (const line of logs.read(key, { tailLines: TAIL_LINES })) lines.push(line.text)
    }
    tails.set(id, lines.slice(-TAIL_LINES))
  }
  return tails
}
