// Owns the command `tiphys why`.
import type { Run, RunNode } from '@tiphys/core/engine'
import { systemClock } from '@tiphys/shell/adapters/system'
import type { Invocation, Outcome } from '../flags/index.ts'
import { look } from '../local/reader.ts'
import { findRun, loadRun, notFoundMessage } from '../local/runs.ts'
import { type Reasons, nodeHasEnded, nodesCalled, notBegun, reasonsBelow, reasonsOf } from '../local/why.ts'
import { describeWaits, durationWords, paint, phaseColour, printable, toJson, workflowStatusText } from '../print/index.ts'
import { localClock, lookFor, workflowSummary } from '../terminal/index.ts'

export async function run(invocation: Invocation): Promise<Outcome> {
  const [name = '', node = ''] = invocation.args
  return look(invocation, async (session): Promise<Outcome> => {
    const found = await findRun(session.state, { name, namespace: session.namespace })
    if (!found.ok) return { error: found.message }
    const loaded = await loadRun(session.state, found.run.uid)
    if (!loaded.ok) return { error: loaded.message }
    const all = await reasonsOf(session, loaded.value, systemClock.now())
    const nodes = node === '' ? [] : nodesCalled(loaded.value, node)
    if (node !== '' && nodes.length === 0) {
      const coming = found.run.finishedAt === undefined ? notBegun(all.workflow, node) : []
      if (coming.length === 0) return { error: `no node of ${found.run.name} is called ${JSON.stringify(node)}` }
      invocation.streams.stdout(`${invocation.flags.text('output') === 'json' ? toJson({ name: node, notBegun: [...coming] }, 2) : coming.join('\n')}\n`)
      return { exit: 0 }
    }
    const reasons = node === '' ? all : reasonsBelow(all, nodes)
    invocation.streams.stdout(invocation.flags.text('output') === 'json' ? jsonOf(reasons) : textOf(invocation, reasons, nodes))
    return { exit: 0 }
  }, () => ({ error: notFoundMessage(name) }))
}

function textOf({ flags, streams }: Invocation, reasons: Reasons, nodes: readonly RunNode[]): string {
  const { workflow, stored, carried, waits, causes } = reasons
  const look = lookFor({ isTerminal: process.stdout.isTTY === true, env: streams.env, noColour: flags.bool('no-color') })
  const clock = localClock(systemClock.now())
  const { run } = stored
  const ended = nodes.filter(nodeHasEnded).map((node) => endedText(node, { run, look, clock }))
  if (run.status.completed && nodes.length === 0) {
    const tails = new Map(causes.map(({ node, lines }) => [node.id, lines]))
    return workflowSummary(workflow, { clock, look, logsOf: (node) => tails.get(node.id) ?? [] })
  }
  const phase = paint(workflowStatusText(workflow), phaseColour(workflow.status?.phase || 'Pending'), look)
  const since = run.status.startedAt === undefined ? '' : `, for ${durationWords(run.status.startedAt, undefined, clock.now)}`
  const head = `${run.name} is ${phase}${since}\n`
  const alone = carried ? '' : `  ${paint('no process carries it out', 'yellow', look)}: go on with it by: tiphys run --resume ${run.name}\n`
  return head + alone + ended.join('') + describeWaits(waits, { clock, look, nodes: run.nodes, name: run.name })
}

function endedText(node: RunNode, { look, clock }: { readonly run: Run; readonly look: ReturnType<typeof lookFor>; readonly clock: ReturnType<typeof localClock> }): string {
  const message = node.message === undefined ? '' : `: ${printable(node.message)}`
  return `  ${node.displayName} is ${paint(node.phase, phaseColour(node.phase), look)} after ${durationWords(node.startedAt, node.finishedAt, clock.now)}${message}\n`
}

/** For programs: every wait, with the facts about its node. */
function jsonOf({ workflow, stored, carried, waits, causes }: Reasons): string {
  const { run, summary } = stored
  const json = {
    name: run.name, namespace: run.namespace, uid: summary.uid, phase: run.status.phase || 'Pending',
    ...(workflow.status?.message !== undefined && { message: workflow.status.message }),
    carried,
    waits: waits.map(({ node, name, waitsFor }) => ({ ...nodeFacts(run.nodes.get(node ?? ''), name), waitsFor })),
    causes: causes.map(({ node, lines }) => ({
      node: node.id, name: node.name, phase: node.phase, ...(node.message !== undefined && { message: node.message }),
      ...(node.outputs?.exitCode !== undefined && { exitCode: node.outputs.exitCode }), logs: [...lines],
    })),
  }
  return `${toJson(JSON.parse(JSON.stringify(json)), 2)}\n`
}

function nodeFacts(node: RunNode | undefined, name: string): object {
  return node === undefined ? { workflow: name } : { node: node.id, name, displayName: node.displayName, type: node.type, phase: node.phase }
}
