// Owns what is deleted when: ended workflows after their time or beyond a number, pods that a workflow has done with (GC-1 … GC-8).
import { type LabelSelector, type Labels, matchesLabels, nsToMs, parseDuration } from '@tiphys/core/kube'
import type { PodGC, TTLStrategy } from '@tiphys/core/spec'
import type { RetentionPolicy } from './config/config.ts'

/** When an ended workflow is deleted, milliseconds since the epoch; undefined for never. */
export function expiryOf(ttl: TTLStrategy | undefined, ended: { readonly phase: string; readonly finishedAt: number }): number | undefined {
  const seconds = secondsOf(ttl, ended.phase)
  return seconds === undefined ? undefined : ended.finishedAt + seconds * 1000
}

function secondsOf({ secondsAfterCompletion, secondsAfterFailure, secondsAfterSuccess }: TTLStrategy = {}, phase: string): number | undefined {
  if (phase === 'Failed' || phase === 'Error') return secondsAfterFailure ?? secondsAfterCompletion
  return phase === 'Succeeded' ? (secondsAfterSuccess ?? secondsAfterCompletion) : undefined
}

/** How many ended workflows of a phase are kept; 0 for any number. */
export function retainedOf({ completed, failed, errored }: RetentionPolicy, phase: string): number {
  if (phase === 'Succeeded') return completed
  if (phase === 'Failed') return failed
  return phase === 'Error' ? errored : 0
}

export interface PodFacts {
  /** The phase of its workflow and its own. */
  readonly workflowPhase: string
  readonly podPhase: string
  readonly labels: Labels
}

const ENDED: ReadonlySet<string> = new Set(['Succeeded', 'Failed', 'Error'])

/** Whether an ended pod can go now. */
export function isPodCollected(strategy: string, selector: LabelSelector, { workflowPhase, podPhase, labels }: PodFacts): boolean {
  if (podPhase !== 'Succeeded' && podPhase !== 'Failed') return false
  return isTime(strategy, workflowPhase, podPhase) && matchesLabels(selector, labels)
}

function isTime(strategy: string, workflowPhase: string, podPhase: string): boolean {
  switch (strategy) {
    case 'OnPodCompletion': return true
    case 'OnPodSuccess': return podPhase === 'Succeeded'
    case 'OnWorkflowCompletion': return ENDED.has(workflowPhase)
    case 'OnWorkflowSuccess': return workflowPhase === 'Succeeded'
    default: return false
  }
}

/** How long an ended pod stays before it goes, in milliseconds. One that cannot be read counts as not given. */
export function podDelayOf(podGC: PodGC | undefined, otherwiseMs: number): number {
  const text = podGC?.deleteDelayDuration
  if (text === undefined || text === '') return otherwiseMs
  const parsed = parseDuration(text)
  return parsed.ok && parsed.value >= 0n ? nsToMs(parsed.value) : otherwiseMs
}
