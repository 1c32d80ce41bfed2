// What a run wants done. Effects are plain data in the imperative; the key makes doing one twice harmless.
import type { Outputs, Pod, Template } from '@tiphys/core/spec'
import type { NodeId, UnixMs } from './model.ts'

interface Keyed { readonly key: string }

/** Create the pod of a node. `template` is resolved: what a runner needs to place inputs and collect outputs. */
export interface StartPod extends Keyed {
  readonly type: 'startPod'
  readonly node: NodeId
  readonly podName: string
  readonly pod: Pod
  readonly template: Template
  readonly includeResult: boolean
}
/** End a pod: `terminate` signals its containers and lets them finish, `delete` removes a pod that has not started. */
export interface StopPod extends Keyed { readonly type: 'stopPod'; readonly node: NodeId; readonly podName: string; readonly how: 'terminate' | 'delete' }
/** Carry out an HTTP or plugin template. */
export interface StartTask extends Keyed { readonly type: 'startTask'; readonly node: NodeId; readonly template: Template }
export interface StopTask extends Keyed { readonly type: 'stopTask'; readonly node: NodeId }
/** Send `timerFired` with this key at a time. A later effect with the same key replaces the timer. */
export interface StartTimer extends Keyed { readonly type: 'startTimer'; readonly at: UnixMs }
export interface StopTimer extends Keyed { readonly type: 'stopTimer' }
/** Remember outputs under a memoization key. */
export interface SaveCache extends Keyed {
  readonly type: 'saveCache'
  readonly configMap: string
  readonly cacheKey: string
  readonly node: NodeId
  readonly outputs: Outputs | undefined
  readonly at: UnixMs
}
/** Others may have what the holder had: the turn that gave it back is stored. */
export interface ReleaseLocks extends Keyed { readonly type: 'releaseLocks'; readonly holder: string }
/** Locks were given back: runs that wait for them (`namespace/name`) may go on. */
export interface WakeRuns extends Keyed { readonly type: 'wakeRuns'; readonly runs: readonly string[] }
export interface CreateClaims extends Keyed { readonly type: 'createClaims'; readonly claims: readonly ClaimRequest[] }
export interface DeleteClaims extends Keyed { readonly type: 'deleteClaims'; readonly names: readonly string[] }
/** A persistent volume claim of the run, by its name in the cluster. */
export interface ClaimRequest { readonly name: string; readonly volume: string; readonly spec: unknown }
/** A Kubernetes event on the workflow. */
export interface RecordEvent extends Keyed { readonly type: 'recordEvent'; readonly level: 'Normal' | 'Warning'; readonly reason: string; readonly message: string }
/**
 * Record a custom metric of a node, or of the workflow as a whole. Repeating the same key must not count twice. A value that follows the time is one
 * series: a later effect with its key replaces it, and those of a run that has ended stand still.
 */
export interface RecordMetric extends Keyed {
  readonly type: 'recordMetric'
  readonly node: NodeId | undefined
  readonly at: UnixMs
  readonly name: string
  readonly help: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: MetricValue
}
export type MetricValue =
  | { readonly kind: 'counter'; readonly value: number }
  | { readonly kind: 'gauge'; readonly operation: 'Set' | 'Add' | 'Sub'; readonly value: number }
  | { readonly kind: 'histogram'; readonly value: number; readonly buckets: readonly number[] }
  /** Shown as a gauge: the seconds since a moment, until another once it is known. */
  | { readonly kind: 'realtime'; readonly since: UnixMs; readonly until: UnixMs | undefined }

export type Effect =
  | StartPod | StopPod | StartTask | StopTask | StartTimer | StopTimer | SaveCache | WakeRuns | ReleaseLocks | CreateClaims | DeleteClaims | RecordEvent | RecordMetric
