// Owns the metrics that workflows define: what each record of one makes of them, and how long they are kept.
import { type Result, bad, ok } from '@tiphys/core/kube'
import { type MetricType, PREFIX } from './families.ts'
import type { MetricLabels, MetricRegistry } from './registry.ts'

/** One record of a metric that a workflow defines; its key tells whether it was seen before. Times are milliseconds since the epoch. */
export interface MetricRecord {
  readonly key: string
  readonly at: number
  readonly name: string
  readonly help: string
  readonly labels: MetricLabels
  readonly value:
    | { readonly kind: 'counter'; readonly value: number }
    | { readonly kind: 'gauge'; readonly operation: 'Set' | 'Add' | 'Sub'; readonly value: number }
    | { readonly kind: 'histogram'; readonly value: number; readonly buckets: readonly number[] }
    /** The seconds since a moment, until another once it is known. */
    | { readonly kind: 'realtime'; readonly since: number; readonly until: number | undefined }
}

/** Metrics that workflows may define, in all. */
const CUSTOM_MAX = 5000

export interface CustomMetrics {
  /** Takes a record; one that was taken before counts no more. */
  record(uid: string, metric: MetricRecord): Result<undefined>
  /** A run has ended: what follows its time stands still. */
  ended(uid: string, at: number): void
  /** Brings what follows the time up to date, and forgets what was not touched for `ttlMs`; 0 for never. */
  refresh(now: number, ttlMs: number): void
}

/** A value whose changes are counted from somewhere; histograms keep theirs in the registry. */
interface Kept {
  readonly name: string
  readonly labels: MetricLabels
  value: number
  touchedAt: number
  following: { readonly uid: string; readonly since: number; until: number | undefined } | undefined
}

export function createCustomMetrics(registry: MetricRegistry): CustomMetrics {
  const kept = new Map<string, Kept>()
  const taken = new Map<string, Set<string>>()
  const own = new Set<string>()
  const isNew = (uid: string, key: string): boolean => {
    const keys = taken.get(uid) ?? new Set<string>()
    taken.set(uid, keys)
    const before = keys.size
    return keys.add(key).size > before
  }
  return {
    record: (uid, metric) => {
      const { value } = metric
      const defined = define(registry, own, metric)
      if (!defined.ok) return defined
      if (value.kind !== 'realtime' && !isNew(uid, metric.key)) return ok(undefined)
      const name = PREFIX + metric.name
      if (value.kind === 'histogram') registry.observe(name, metric.labels, value.value)
      else keep(kept, name, { uid, metric })
      return ok(undefined)
    },
    ended: (uid, at) => {
      taken.delete(uid)
      for (const { following } of kept.values()) if (following?.uid === uid) following.until ??= at
    },
    refresh: (now, ttlMs) => {
      for (const [key, entry] of kept) {
        const { name, labels, following } = entry
        const isOver = following === undefined || following.until !== undefined
        if (ttlMs > 0 && isOver && now - entry.touchedAt > ttlMs) {
          kept.delete(key)
          registry.remove(name, labels)
        } else registry.set(name, labels, following === undefined ? entry.value : Math.max(0, (following.until ?? now) - following.since) / 1000)
      }
    },
  }
}

/** The first record of a name says what it is; later ones have to agree. */
function define(registry: MetricRegistry, own: Set<string>, { name, help, labels, value }: MetricRecord): Result<undefined> {
  const full = PREFIX + name
  const type: MetricType = value.kind === 'realtime' ? 'gauge' : value.kind
  const known = registry.familyOf(full)
  if (known === undefined) {
    if (own.size >= CUSTOM_MAX) return bad('metric_refused', `there are ${CUSTOM_MAX} custom metrics already`)
    own.add(full)
    registry.define({ name: full, help, type, labels: Object.keys(labels), ...(value.kind === 'histogram' && { buckets: value.buckets }) })
    return ok(undefined)
  }
  if (!own.has(full)) return bad('metric_refused', `metric ${name} is one of the server's own`)
  if (known.help !== help) return bad('metric_refused', `help for metric ${name} is already set to ${known.help}, it cannot be changed`)
  return known.type === type ? ok(undefined) : bad('metric_refused', `found existing ${known.type} for custom metric ${name} of type ${type}`)
}

function keep(kept: Map<string, Kept>, name: string, { uid, metric: { labels, value, at } }: { readonly uid: string; readonly metric: MetricRecord }): void {
  const key = JSON.stringify([name, Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1))])
  const entry: Kept = kept.get(key) ?? { name, labels, value: 0, touchedAt: at, following: undefined }
  kept.set(key, entry)
  entry.touchedAt = at
  entry.following = value.kind === 'realtime' ? { uid, since: value.since, until: value.until } : undefined
  if (value.kind === 'counter') entry.value += value.value
  else if (value.kind === 'gauge') entry.value = value.operation === 'Set' ? value.value : entry.value + (value.operation === 'Add' ? value.value : -value.value)
}
