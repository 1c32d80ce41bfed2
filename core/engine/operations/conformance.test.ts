// Checks which pods a manual retry runs again against recorded retries of the reference.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { NodeStatus, Workflow } from '@tiphys/core/spec'
import { retryWorkflow } from './index.ts'

type Node = { id: string; type: NodeStatus['type']; phase: NonNullable<NodeStatus['phase']>; children?: string[]; boundary?: string; outbound?: string[]; templateName?: string; displayName?: string; nodeFlag?: object; outputs?: { exitCode?: string } }
type Run = { scenario: string; name: string; stubs: { then?: { op: string; flags?: string[] }[] }; started: string[]; expected: { phase: NonNullable<NonNullable<Workflow['status']>['phase']>; nodes: Record<string, Node> } }

const root = process.env['TIPHYS_CONFORMANCE'] ?? fileURLToPath(new URL('../../../../shared/conformance', import.meta.url))
const folders = ['argo-examples', 'seeds'].map((name) => `${root}/golden/${name}`).filter((folder) => existsSync(folder))

/** The workflow whose finished tree was recorded in normal form. */
function workflowOf(run: Run): Workflow {
  const { nodes } = run.expected
  const real = (name: string): string => name.replaceAll('$wf', run.name)
  const id = (name: string): string => real(nodes[name]?.id ?? name)
  const entries = Object.entries(nodes).map(([name, node]): [string, NodeStatus] => [id(name), {
    id: id(name), name: real(name), type: node.type, phase: node.phase, templateName: node.templateName, displayName: real(node.displayName ?? ''),
    boundaryID: node.boundary === undefined ? undefined : id(node.boundary), children: node.children?.map(id), outboundNodes: node.outbound?.map(id), nodeFlag: node.nodeFlag,
  }])
  return { metadata: { name: run.name }, spec: {}, status: { phase: run.expected.phase, nodes: Object.fromEntries(entries) } }
}

/** Pods that both trees have and that retrying started anew, although the retry kept them, or the other way round. */
function differences(before: Run, after: Run): string[] {
  const flags = after.stubs.then?.[0]?.flags ?? []
  const selector = flags[flags.indexOf('--node-field-selector') + 1]
  const result = retryWorkflow(workflowOf(before), { restartSuccessful: flags.includes('--restart-successful'), nodeFieldSelector: flags.length === 0 ? '' : selector, at: 0 })
  if (!result.ok) return [result.problem.message]
  const kept = new Set(Object.values(result.value.workflow.status?.nodes ?? {}).map((node) => node.name.replace(before.name, '$wf')))
  const again = [...after.started]
  for (const name of before.started) {
    const at = again.indexOf(name)
    if (at >= 0) again.splice(at, 1)
  }
  return Object.keys(before.expected.nodes)
    .filter((name) => isJudged(before.expected.nodes[name]) && after.expected.nodes[name]?.type === 'Pod')
    .filter((name) => again.includes(name) === kept.has(name.replaceAll('$wf', before.name).replace(before.name, '$wf')))
    .map((name) => `${name} was ${again.includes(name) ? 'started again' : 'kept'}`)
}

/**
 * A daemon leaves no exit code. The reference deletes its node like any other, but then meets the old pod, which is still
 * ending, and takes that for the new one: a race that says nothing about the rule.
 */
function isJudged(node: Node | undefined): boolean {
  const daemon = node?.phase === 'Succeeded' && node.outputs?.exitCode === undefined
  return node?.type === 'Pod' && !daemon
}

const outcome = ({ then: _operations, ...stubs }: Run['stubs']): string => JSON.stringify(stubs)

describe.skipIf(folders.length === 0)('recorded retries', () => {
  it('start exactly the pods again whose nodes a retry deletes', () => {
    const differing: unknown[] = []
    let compared = 0
    for (const folder of folders) {
      for (const file of readdirSync(folder)) {
        const { runs } = JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) as { runs: Run[] }
        for (const after of runs.filter((run) => run.stubs.then?.length === 1 && run.stubs.then[0]?.op === 'retry')) {
          const before = runs.find((run) => run.stubs.then === undefined && outcome(run.stubs) === outcome(after.stubs))
          if (before === undefined) continue
          compared++
          const found = differences(before, after)
          if (found.length > 0) differing.push({ file, scenario: after.scenario, found })
        }
      }
    }
    expect(compared).toBeGreaterThan(0)
    expect(differing).toEqual([])
  })
})
