// Owns the runner's memory across its own death: an append-only file of what was started where and how it ended.
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { PodFact, PodRef } from '@tiphys/shell/ports'

/** A container was handed to a supervisor. Written before the supervisor hears of it. */
export interface RunRecord {
  readonly t: 'run'
  readonly k: string
  readonly container: string
  /** Names the run; unique among all runs of all times. */
  readonly run: string
  readonly pid: number
  readonly since: string
  /** Name of the file to which the supervisor writes exit codes. */
  readonly status: string
  readonly at: number
}

/** A pod was accepted. Without `plain` its request lies as a file in the pod's folder. */
export interface PodRecord {
  readonly t: 'pod'
  readonly k: string
  readonly ref: PodRef
  readonly at: number
  readonly plain?: PlainPod | undefined
}

/** What is needed to finish a pod of one container without files. */
export interface PlainPod {
  readonly workflowName: string
  readonly includeResult: boolean
  readonly isDaemon: boolean
  readonly deadlineSeconds?: number | undefined
  readonly graceSeconds: number
}

export interface EndRecord {
  readonly t: 'end'
  readonly k: string
  readonly fact: PodFact
}

export interface GoneRecord {
  readonly t: 'gone'
  readonly k: string
}

export type JournalRecord = PodRecord | RunRecord | EndRecord | GoneRecord

/** What the journal says of one pod. */
export interface PodHistory {
  readonly pod: PodRecord
  readonly runs: RunRecord[]
  end?: EndRecord
}

const compactAboveBytes = 8 * 1024 * 1024

/** Appends are buffered until `flush`, which is one write: what is flushed survives the death of this process. */
export class Journal {
  readonly histories = new Map<string, PodHistory>()
  private readonly path: string
  private fd: number
  private bytes = 0
  private buffer = ''

  constructor(directory: string) {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    this.path = join(directory, 'journal')
    this.replay()
    this.fd = openSync(this.path, 'a', 0o600)
    this.rewrite()
  }

  append(record: JournalRecord): void {
    this.apply(record)
    this.buffer += JSON.stringify(record) + '\n'
  }

  flush(): void {
    if (this.buffer === '') return
    this.bytes += writeSync(this.fd, this.buffer)
    this.buffer = ''
    if (this.bytes > compactAboveBytes) this.rewrite()
  }

  close(): void {
    this.flush()
    closeSync(this.fd)
  }

  private replay(): void {
    if (!existsSync(this.path)) return
    for (const line of readFileSync(this.path, 'utf8').split('\n')) {
      // A torn last line belongs to a write whose effect nobody relied on yet.
      const record = line === '' ? undefined : parseRecord(line)
      if (record !== undefined) this.apply(record)
    }
  }

  private apply(record: JournalRecord): void {
    if (record.t === 'pod') this.histories.set(record.k, { pod: record, runs: [] })
    else if (record.t === 'gone') this.histories.delete(record.k)
    else {
      const history = this.histories.get(record.k)
      if (history === undefined) return
      if (record.t === 'end') history.end = record
      else history.runs.push(record)
    }
  }

  /** Keeps only what is still known, in a new file that replaces the old one in one step. */
  private rewrite(): void {
    const lines: string[] = []
    for (const { pod, runs, end } of this.histories.values()) {
      lines.push(JSON.stringify(pod), ...runs.map((run) => JSON.stringify(run)))
      if (end !== undefined) lines.push(JSON.stringify(end))
    }
    const text = lines.length === 0 ? '' : lines.join('\n') + '\n'
    const fresh = openSync(`${this.path}.new`, 'w', 0o600)
    writeSync(fresh, text)
    renameSync(`${this.path}.new`, this.path)
    closeSync(this.fd)
    this.fd = fresh
    // Doubling before the next rewrite keeps the cost per record constant when nothing is forgotten.
    this.bytes = -Buffer.byteLength(text)
  }
}

function parseRecord(line: string): JournalRecord | undefined {
  try {
    // The journal is our own file; a line that parses is a record that we wrote.
    return JSON.parse(line) as JournalRecord
  } catch {
    return undefined
  }
}
