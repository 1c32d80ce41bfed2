// Owns what people do to runs at chance moments: suspend and resume them, supply what a pause waits for, stop, terminate, and retry what has failed.
import { type EngineEvent, type Run, isFinished } from '@tiphys/core/engine'
import type { Chance } from './random.ts'

/** How busy people are. */
export interface Habits {
  /** How likely somebody does something after a turn, from 0 to 1. */
  readonly chance: number
  /** How often at most for one run, so that it can end. */
  readonly deedsMax: number
}

export type Deed = { readonly kind: 'event'; readonly event: EngineEvent } | { readonly kind: 'retry'; readonly selector: string | undefined }

const SELECTORS = [undefined, undefined, 'phase=Succeeded', 'templateName=leaf1', 'displayName=s00']

/** What somebody does to a run now; nothing where it would be refused before it reaches the run. */
export function deedOf(chance: Chance, run: Run, at: number): Deed | undefined {
  if (run.status.completed) return { kind: 'retry', selector: chance.pick(SELECTORS) }
  if (run.status.phase !== 'Running') return chance.once(8) ? { kind: 'event', event: { type: 'shutdownRequested', at, strategy: 'Terminate' } } : undefined
  const paused = chance.pick([...run.nodes.values()].filter((node) => node.type === 'Suspend' && !isFinished(node)))
  const events: readonly (EngineEvent | undefined)[] = [
    { type: 'suspended', at },
    { type: 'suspended', at },
    { type: 'resumed', at },
    { type: 'resumed', at },
    paused && { type: 'resumed', at, nodes: [paused.id] },
    paused && { type: 'nodesSet', at, nodes: [paused.id], message: 'looked at' },
    paused && { type: 'nodesSet', at, nodes: [paused.id], phase: chance.once(2) ? 'Failed' : 'Succeeded' },
    { type: 'shutdownRequested', at, strategy: chance.once(2) ? 'Stop' : 'Terminate' },
  ]
  const event = chance.pick(events)
  return event === undefined ? undefined : { kind: 'event', event }
}
