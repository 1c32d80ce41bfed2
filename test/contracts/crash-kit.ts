// Owns what the tests of crashes share: a process that appends until it is killed, and the proof of what it left.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { State } from '@tiphys/shell/ports'
import { expect } from 'vitest'
import { valueOf } from './run-log-kit.ts'

const child = fileURLToPath(new URL('./appending-process.ts', import.meta.url))
export const projectRoot = fileURLToPath(new URL('../..', import.meta.url))
/** Runs that each process writes. */
export const runsPerProcess = 3

export interface ChildOptions {
  /** The data directory, or the URL of a database. */
  readonly place: string
  /** Which SQLite engine, or the schema of a database. */
  readonly engine: string
  readonly owner: string
  /** The owner that died before. */
  readonly from: string
  /** What the names of its runs begin with. */
  readonly prefix?: string
}

export function childArguments({ place, engine, owner, from, prefix = 'u' }: ChildOptions): string[] {
  return ['--import', 'tsx', child, place, engine, owner, String(runsPerProcess), from, prefix]
}

/** Runs the child, kills it once it acknowledged so many records, and gives every line that it wrote. */
export async function killedAfter(options: ChildOptions, acknowledgements: number): Promise<string[]> {
  const running = spawn(process.execPath, childArguments(options), { cwd: projectRoot, stdio: ['ignore', 'pipe', 'inherit'] })
  const lines: string[] = []
  for await (const line of createInterface({ input: running.stdout })) {
    if (lines.push(line) === acknowledgements) running.kill('SIGKILL')
  }
  return lines
}

/** Notes the last number that was acknowledged to each run. */
export function noteAll(acknowledged: Map<string, number>, lines: readonly string[]): void {
  for (const line of lines) {
    const [uid = '', seq] = line.split(' ')
    if (/^[a-z]\d+$/.test(uid)) acknowledged.set(uid, Math.max(acknowledged.get(uid) ?? 0, Number(seq)))
  }
}

/** The number of a run's last record, after proving that it has each record once, in order, and a summary that fits. */
export async function provenLength(state: Pick<State, 'log'>, uid: string): Promise<number> {
  const { snapshot, records, summary } = valueOf(await state.log.load(uid))
  const first = (snapshot?.seq ?? 0) + 1
  if (snapshot !== undefined) expect(snapshot.parts).toEqual([`state ${snapshot.seq}`])
  const seqs = records.map((record) => {
    const parsed = JSON.parse(record) as { uid: string; seq: number }
    expect(parsed.uid).toBe(uid)
    return parsed.seq
  })
  expect(seqs).toEqual(Array.from({ length: records.length }, (_, index) => first + index))
  const last = first + records.length - 1
  expect([summary.seq, summary.progress]).toEqual([last, String(last)])
  return last
}
