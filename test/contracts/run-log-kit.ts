// Owns what the tests of run logs share: a place to open stores in, and short ways to make, append and read.
import type { NewRun, RunIndex, RunListQuery, RunLog, RunResult } from '@tiphys/shell/ports'
import { expect } from 'vitest'

/** A process's view of a store. */
export interface OpenRuns {
  readonly log: RunLog
  readonly runs: RunIndex
  /** Resolves once background deletions are through. */
  idle(): Promise<void>
  /** Looks for changes of other processes now. */
  poll(): void
  close(): void
}

/** An empty place for a store, which several owners can open, also after one another. Watches look back over `changesKept` removals. */
export interface RunsPlace {
  open(owner: string, options?: RunsOptions): OpenRuns
  remove(): void
}

export const t0 = 1_700_000_000_000

export interface RunsOptions {
  readonly changesKept?: number
}

/** Opens an empty store. */
export type Open = (options?: RunsOptions) => OpenRuns
/** Makes an empty place and gives the way to open it as one owner or another. */
export type Place = () => (owner: string) => OpenRuns

export function newRun(uid: string, change: Partial<NewRun> = {}): NewRun {
  return { uid, namespace: 'argo', name: `run-${uid}`, phase: 'Running', createdAt: t0, manifest: `{"uid":${JSON.stringify(uid)}}`, ...change }
}

export function valueOf<T>(result: RunResult<T>): T {
  if (!result.ok) throw new Error(`${result.problem.code}: ${result.problem.message}`)
  return result.value
}

export function codeOf(result: RunResult<unknown>): string {
  return result.ok ? 'ok' : result.problem.code
}

export function record(n: number): string {
  return JSON.stringify({ n, text: `é"\\ ${n}` })
}

export async function appendAll(log: RunLog, uid: string, from: number, to: number): Promise<void> {
  const results = await Promise.all(Array.from({ length: to - from }, (_, index) => log.append(uid, from + index, { record: record(from + index + 1) })))
  expect(results.map(codeOf)).toEqual(results.map(() => 'ok'))
}

export function records(from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, index) => record(from + index))
}

export async function listed(runs: RunIndex, query: RunListQuery): Promise<string[]> {
  return valueOf(await runs.list(query)).runs.map(({ uid }) => uid)
}
