// Owns one figure of a benchmark: the value, the floor measured in the same run, the gate, and a hash of the result.
export interface Row {
  readonly name: string
  readonly value: number
  readonly unit: string
  /** The same work without us, in the same unit. */
  readonly floor?: { readonly what: string; readonly value: number }
  /** The figure has to stay at or below this; on ratios, value divided by floor has to. */
  readonly gate?: { readonly max: number; readonly of: 'value' | 'ratio' }
  /** Of what was computed, so that nobody gets faster by changing the answer. */
  readonly hash?: string
}

export type Size = 'small' | 'full'

export interface Suite {
  readonly name: string
  readonly run: (size: Size) => Promise<readonly Row[]>
}

export function ratioOf(row: Row): number | undefined {
  return row.floor === undefined ? undefined : row.value / row.floor.value
}

export function holds(row: Row): boolean {
  if (row.gate === undefined) return true
  const measured = row.gate.of === 'value' ? row.value : (ratioOf(row) ?? Number.NaN)
  return measured <= row.gate.max
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

export async function msOf(work: () => Promise<unknown> | unknown): Promise<number> {
  const from = performance.now()
  await work()
  return performance.now() - from
}
