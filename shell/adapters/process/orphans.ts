// Owns watching runs whose supervisor is not our child: it was started by a process that died.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RunRecord } from './journal.ts'
import { isAlive } from './process-table.ts'
import type { JobEnd } from './supervisor.ts'

export interface Orphan {
  readonly record: RunRecord
  ended(end: JobEnd, finishedAt: number): void
}

const lookEveryMs = 50

/** What a supervisor wrote down about a run. */
export function writtenEnd(statusFolder: string, record: RunRecord): { readonly end: JobEnd } | undefined {
  let text: string
  try {
    text = readFileSync(join(statusFolder, record.status), 'latin1')
  } catch {
    return undefined
  }
  for (const line of text.split('\n')) {
    const [run, code] = line.split(' ')
    if (run === record.run && code !== undefined) return { end: code === 'x' ? { trouble: 'folder_missing' } : { exitCode: Number(code) } }
  }
  return undefined
}

export class Orphans {
  private readonly statusFolder: string
  private readonly now: () => number
  private readonly watched = new Map<string, Orphan>()
  private timer: NodeJS.Timeout | undefined

  constructor(statusFolder: string, now: () => number) {
    this.statusFolder = statusFolder
    this.now = now
  }

  watch(orphan: Orphan): void {
    this.watched.set(orphan.record.run, orphan)
    this.timer ??= setInterval(() => this.look(), lookEveryMs)
  }

  pidOf(run: string): number | undefined {
    return this.watched.get(run)?.record.pid
  }

  /** The supervisors that are watched, with the run of each. */
  runsByPid(): Map<number, string> {
    return new Map([...this.watched.values()].map(({ record }) => [record.pid, record.run]))
  }

  close(): void {
    clearInterval(this.timer)
    this.watched.clear()
  }

  private look(): void {
    for (const [run, orphan] of this.watched) {
      // Asked before the file is read: a supervisor writes before it ends, so this order cannot miss the line.
      const alive = isAlive({ pid: orphan.record.pid, since: orphan.record.since })
      const written = writtenEnd(this.statusFolder, orphan.record)
      if (written === undefined && alive) continue
      this.watched.delete(run)
      orphan.ended(written?.end ?? { trouble: 'supervisor_died' }, this.now())
    }
    if (this.watched.size > 0) return
    clearInterval(this.timer)
    this.timer = undefined
  }
}
