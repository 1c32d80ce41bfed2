// Owns the naming of what an unfinished run waits for.
import { type Run, type RunNode, isFulfilled } from '@tiphys/core/engine'

export interface Wait { readonly node: string; readonly for: string }

const SHOWN_MAX = 20

/** What each unfinished node waits for that waits for something outside: a pod, an answer, a lock, a person, a place. */
export function waitsOf(run: Run): readonly Wait[] {
  const waits: Wait[] = []
  if (run.nodes.size === 0) waits.push({ node: run.name, for: run.status.message ?? 'its start' })
  if (run.suspended) waits.push({ node: run.name, for: 'a person who resumes the workflow' })
  for (const node of run.nodes.values()) {
    if (isFulfilled(node)) continue
    const reason = reasonOf(node)
    if (reason !== undefined) waits.push({ node: node.name, for: reason })
  }
  return waits
}

function reasonOf(node: RunNode): string | undefined {
  if (node.waitingLock !== undefined) return `the lock ${node.waitingLock}`
  switch (node.type) {
    case 'Pod': return node.podStarted ? 'its pod to end' : (node.message ?? 'its pod to be created')
    case 'HTTP':
    case 'Plugin': return 'an answer'
    case 'Suspend': return node.phase === 'Running' ? 'a person who resumes it' : undefined
    default: return node.children.length === 0 ? (node.message ?? 'a place among its siblings') : undefined
  }
}

/** The waits as one line. */
export function waitsText(waits: readonly Wait[]): string {
  const shown = waits.slice(0, SHOWN_MAX).map((wait) => `${wait.node} waits for ${wait.for}`)
  return waits.length > SHOWN_MAX ? `${shown.join('; ')}; and ${waits.length - SHOWN_MAX} more` : shown.join('; ') || 'no node names what it waits for'
}
