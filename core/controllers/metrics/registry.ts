// Owns the values of metrics, and their text in the format of Prometheus.
import { formatGoFloat } from '@tiphys/core/kube'
import type { MetricModifier } from '../config/config.ts'
import { DEFAULT_BUCKETS, type MetricFamily, PREFIX } from './families.ts'

export type MetricLabels = Readonly<Record<string, string>>

/** Names are those of families; a name that no family has is not counted. */
export interface MetricRegistry {
  add(name: string, labels: MetricLabels, by?: number): void
  set(name: string, labels: MetricLabels, value: number): void
  observe(name: string, labels: MetricLabels, value: number): void
  /** Forgets all series of a gauge, which is about to be set anew. */
  clear(name: string): void
  remove(name: string, labels: MetricLabels): void
  define(family: MetricFamily): void
  familyOf(name: string): MetricFamily | undefined
  /** Which metrics are left out, which labels, and other buckets, by the names of metrics without their prefix. */
  modify(modifiers: Readonly<Record<string, MetricModifier>>): void
  text(): string
}

interface Series {
  readonly labels: MetricLabels
  value: number
  /** Of a histogram: how many values are in each bucket, and how many in all; `value` is their sum. */
  readonly counts: number[]
  count: number
}

interface Entry {
  readonly family: MetricFamily
  readonly series: Map<string, Series>
}

/** Series of one family; a label with a value of its own for everything must not take the memory of the server. */
const SERIES_MAX = 10_000

export function createRegistry(families: readonly MetricFamily[]): MetricRegistry {
  const entries = new Map<string, Entry>()
  let modifiers: Readonly<Record<string, MetricModifier>> = {}
  const modifierOf = (name: string): MetricModifier | undefined => modifiers[name.startsWith(PREFIX) ? name.slice(PREFIX.length) : name]
  const define = (family: MetricFamily): void => {
    const buckets = modifierOf(family.name)?.histogramBuckets ?? []
    const series = new Map<string, Series>()
    entries.set(family.name, { family: buckets.length > 0 && family.type === 'histogram' ? { ...family, buckets } : family, series })
    // What has no labels is there from the start, with nothing counted.
    if (family.labels.length === 0 && family.type !== 'gauge') seriesOf(entries.get(family.name), {}, undefined)
  }
  const withSeries = (name: string, labels: MetricLabels, change: (series: Series, family: MetricFamily) => void): void => {
    const entry = entries.get(name)
    const series = seriesOf(entry, labels, modifierOf(name))
    if (entry !== undefined && series !== undefined) change(series, entry.family)
  }
  for (const family of families) define(family)
  return {
    define,
    add: (name, labels, by = 1) => withSeries(name, labels, (series) => void (series.value += by)),
    set: (name, labels, value) => withSeries(name, labels, (series) => void (series.value = value)),
    observe: (name, labels, value) => withSeries(name, labels, (series, family) => count(series, family, value)),
    clear: (name) => entries.get(name)?.series.clear(),
    remove: (name, labels) => void entries.get(name)?.series.delete(keyOf(labels)),
    familyOf: (name) => entries.get(name)?.family,
    modify: (changed) => {
      modifiers = changed
      for (const { family } of [...entries.values()]) if ((modifierOf(family.name)?.histogramBuckets.length ?? 0) > 0) define(family)
    },
    text: () => [...entries.values()].filter(({ family }) => modifierOf(family.name)?.disabled !== true).toSorted(byName).map(familyText).join(''),
  }
}

const byName = (a: Entry, b: Entry): number => (a.family.name < b.family.name ? -1 : 1)

function seriesOf(entry: Entry | undefined, given: MetricLabels, modifier: MetricModifier | undefined): Series | undefined {
  if (entry === undefined) return undefined
  const hidden = new Set(modifier?.disabledAttributes)
  const labels = hidden.size === 0 ? given : Object.fromEntries(Object.entries(given).filter(([name]) => !hidden.has(name)))
  const key = keyOf(labels)
  const known = entry.series.get(key)
  if (known !== undefined || entry.series.size >= SERIES_MAX) return known
  const made = { labels, value: 0, counts: (entry.family.buckets ?? []).map(() => 0), count: 0 }
  entry.series.set(key, made)
  return made
}

function keyOf(labels: MetricLabels): string {
  return JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

function count(series: Series, { buckets = DEFAULT_BUCKETS }: MetricFamily, value: number): void {
  series.value += value
  series.count += 1
  const bucket = buckets.findIndex((bound) => value <= bound)
  if (bucket >= 0) series.counts[bucket] = (series.counts[bucket] ?? 0) + 1
}

function familyText({ family, series }: Entry): string {
  const { name, help, type } = family
  const lines = [`# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}`, `# TYPE ${name} ${type}`]
  for (const one of series.values()) lines.push(...(type === 'histogram' ? histogramLines(family, one) : [`${name}${labelText(one.labels)} ${numberText(one.value)}`]))
  return `${lines.join('\n')}\n`
}

function histogramLines({ name, buckets = [] }: MetricFamily, { labels, counts, count: all, value }: Series): readonly string[] {
  let below = 0
  const lines = buckets.map((bound, index) => {
    below += counts[index] ?? 0
    return `${name}_bucket${labelText({ ...labels, le: numberText(bound) })} ${below}`
  })
  return [...lines, `${name}_bucket${labelText({ ...labels, le: '+Inf' })} ${all}`, `${name}_sum${labelText(labels)} ${numberText(value)}`, `${name}_count${labelText(labels)} ${all}`]
}

function labelText(labels: MetricLabels): string {
  const parts = Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => `${name}="${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`)
  return parts.length === 0 ? '' : `{${parts.join(',')}}`
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  return formatGoFloat(value)
}
