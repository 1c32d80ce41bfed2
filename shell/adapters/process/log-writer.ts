// Owns the clock of logs: steps write their log files themselves, this notes from time to time how long the files were.
import { appendFileSync, mkdirSync, statSync } from 'node:fs'
import type { LogKey } from '@tiphys/shell/ports'
import { logFolder, logPaths, type LogPaths } from './log-paths.ts'

export interface LogTrack {
  readonly key: LogKey
  readonly paths: LogPaths
  readonly split: boolean
  startedAt: number
  outBytes: number
  errBytes: number
  indexed: boolean
}

const tickMs = 200

/** Knows which logs are being written. A step that ends before the first tick costs nothing here. */
export class LogWriter {
  readonly directory: string
  private readonly tracks = new Map<string, LogTrack>()
  private readonly folders = new Set<string>()
  private readonly now: () => number
  private timer: NodeJS.Timeout | undefined

  constructor(directory: string, now: () => number) {
    this.directory = directory
    this.now = now
  }

  /** Makes room for a log and says where it goes. */
  prepare(key: LogKey, split: boolean): LogTrack {
    const folder = logFolder(this.directory, key.workflowUid)
    if (!this.folders.has(folder)) {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      this.folders.add(folder)
    }
    return { key, split, paths: logPaths(this.directory, key), startedAt: 0, outBytes: 0, errBytes: 0, indexed: false }
  }

  start(track: LogTrack): void {
    track.startedAt = this.now()
    this.tracks.set(track.paths.combined, track)
    this.timer ??= setInterval(() => this.tick(), tickMs).unref()
  }

  finish(track: LogTrack): void {
    this.tracks.delete(track.paths.combined)
    if (track.indexed || this.now() - track.startedAt > tickMs) this.note(track)
    if (this.tracks.size > 0) return
    clearInterval(this.timer)
    this.timer = undefined
  }

  isLive(key: LogKey): boolean {
    return this.tracks.has(logPaths(this.directory, key).combined)
  }

  forget(workflowUid: string): void {
    this.folders.delete(logFolder(this.directory, workflowUid))
  }

  close(): void {
    clearInterval(this.timer)
    this.tracks.clear()
  }

  private tick(): void {
    const before = this.now() - tickMs
    for (const track of this.tracks.values()) if (track.startedAt <= before) this.note(track)
  }

  private note(track: LogTrack): void {
    const outBytes = sizeOf(track.split ? track.paths.out : track.paths.combined)
    const errBytes = track.split ? sizeOf(track.paths.err) : 0
    if (outBytes === track.outBytes && errBytes === track.errBytes) return
    track.outBytes = outBytes
    track.errBytes = errBytes
    track.indexed = true
    try {
      appendFileSync(track.paths.index, `${this.now()} ${outBytes} ${errBytes}\n`)
    } catch {
      // The workflow's logs were removed while the step still ran: there is nothing left to index.
    }
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}
