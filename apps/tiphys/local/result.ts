// What is printed when a run has ended: a summary for people, the object for programs.
import { workflowSchema, type NodeStatus, type Workflow } from '@tiphys/core/spec'
import type { LogStore } from '@tiphys/shell/ports'
import type { Invocation } from '../flags/index.ts'
import { describeWorkflow, objectText } from '../print/index.ts'
import { failureCauses, localClock, lookFor, workflowSummary } from '../terminal/index.ts'

const TAIL_LINES = 10

export async function printResult({ flags, streams }: Invocation, workflow: Workflow, logs: LogStore): Promise<void> {
  const look = lookFor({ isTerminal: process.stdout.isTTY === true, env: streams.env, noColour: flags.bool('no-color') })
  const clock = localClock(Date.now())
  const format = flags.text('output')
  if (format === 'json' || format === 'yaml') return streams.stdout(objectText(workflowSchema, workflow as never, format))
  if (format === 'name') return streams.stdout(`${workflow.metadata.name ?? ''}\n`)
  if (format === 'tree') return streams.stdout(describeWorkflow(workflow, { clock, look }))
  const tails = await tailsOf(workflow, logs)
  streams.stdout(`\n${workflowSummary(workflow, { clock, look, logsOf: (node) => tails.get(node.id) ?? [] })}`)
}

/** The last lines of each step that the summary names as a cause. */
async function tailsOf(workflow: Workflow, logs: LogStore): Promise<Map<string, string[]>> {
  const tails = new Map<string, string[]>()
  for (const node of failureCauses(workflow)) tails.set(node.id, await tailOf(workflow, node, logs))
  return tails
}

async function tailOf(workflow: Workflow, node: NodeStatus, logs: LogStore): Promise<string[]> {
  const key = { workflowUid: workflow.metadata.uid ?? '', nodeId: node.id, attempt: 0 }
  const lines: string[] = []
  for (const container of await logs.containers(key)) {
    for await (const line of logs.read({ ...key, container }, { tailLines: TAIL_LINES })) lines.push(line.text)
  }
  return lines
}
