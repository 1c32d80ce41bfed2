// Owns events that nobody expects: facts about unknown nodes, or of another kind than the node, and timers that nobody set.
import type { EngineEvent, Run } from '@tiphys/core/engine'
import type { Chance } from './random.ts'

export function strayEvent(chance: Chance, run: Run, at: number): EngineEvent {
  const node = chance.pick([...run.nodes.values()].filter(({ type }) => type !== 'Pod'))
  const unknown = `nobody-${chance.integer(9)}`
  const main = { name: 'main', state: 'terminated', exitCode: 1 } as const
  const strays: readonly (EngineEvent | undefined)[] = [
    { type: 'podChanged', at, node: unknown, pod: { phase: 'Failed', containers: [main] } },
    { type: 'podChanged', at, node: node?.id ?? unknown, pod: { phase: 'Failed', containers: [main] } },
    { type: 'podLost', at, node: node?.id ?? unknown },
    { type: 'taskReported', at, node: unknown, phase: 'Failed' },
    node === undefined || node.type === 'HTTP' || node.type === 'Plugin' ? undefined : { type: 'taskReported', at, node: node.id, phase: 'Failed' },
    { type: 'timerFired', at, key: `${chance.pick(['suspend', 'retry', 'timeout', 'nothing']) ?? ''} ${unknown}` },
    { type: 'timerFired', at, key: `${chance.pick(['suspend', 'retry', 'timeout']) ?? ''} ${node?.id ?? unknown}` },
    { type: 'timerFired', at, key: 'deadline' },
    { type: 'timerFired', at, key: 'what is this' },
    { type: 'locksChanged', at },
    { type: 'started', at },
    { type: 'admitted', at },
    { type: 'resumed', at, nodes: [unknown] },
    { type: 'nodesSet', at, nodes: [unknown, run.name], phase: 'Failed' },
  ]
  return chance.pick(strays) ?? { type: 'started', at }
}
