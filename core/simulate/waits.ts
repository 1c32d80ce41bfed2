// Owns the words for what an unfinished run waits for, as far as a problem tells them.
import type { Wait, WaitsFor } from '@tiphys/core/engine'
import { rfc3339 } from '@tiphys/core/kube'

const SHOWN_MAX = 20

/** The waits as one line. Nodes that only wait for other nodes are told by those. */
export function waitsText(waits: readonly Wait[]): string {
  const outside = waits.filter(({ waitsFor }) => waitsFor.kind !== 'nodes' && waitsFor.kind !== 'hooks' && waitsFor.kind !== 'end')
  const told = outside.length > 0 ? outside : waits
  const shown = told.slice(0, SHOWN_MAX).map(({ name, waitsFor }) => `${name} waits for ${textOf(waitsFor)}`)
  return told.length > SHOWN_MAX ? `${shown.join('; ')}; and ${told.length - SHOWN_MAX} more` : shown.join('; ')
}

function textOf(waitsFor: WaitsFor): string {
  switch (waitsFor.kind) {
    case 'pod': return waitsFor.phase === 'Running' ? 'its pod to end' : `its pod to start${because(waitsFor.reason)}`
    case 'task': return 'an answer'
    case 'time': return `${rfc3339(waitsFor.until)}`
    case 'person': return waitsFor.values.length === 0 ? 'a person who resumes it' : `a person who supplies ${waitsFor.values.join(', ')} and resumes it`
    case 'lock': return `the lock ${waitsFor.lock}`
    case 'parallelism': return `one of ${waitsFor.limit} places of its ${waitsFor.of}`
    case 'nodes': return 'other nodes'
    case 'hooks': return 'its hooks'
    case 'end': return 'the end of what it serves'
    case 'start': return `its start${because(waitsFor.reason)}`
    case 'turn': return 'nothing outside'
  }
}

const because = (reason: string | undefined): string => (reason === undefined ? '' : ` (${reason})`)
