// Owns the memory of simulated pods and tasks across the death of this process: an append-only file of what was planned.
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { PlannedTask, PodLife } from '@tiphys/core/simulate'
import type { PodRef } from '@tiphys/shell/ports'

/** A pod and its life. Written again when the life changes. */
export interface PodRecord {
  readonly t: 'pod'
  readonly k: string
  readonly ref: PodRef
  readonly life: PodLife
  readonly nodeName: string
  readonly containers: readonly string[]
  readonly isDiscarded: boolean
}

interface TaskRecord {
  readonly t: 'task'
  readonly k: string
  /** Undefined when it never answers. */
  readonly plan: PlannedTask | undefined
}

/** Everything of a workflow is forgotten. */
interface ForgetRecord {
  readonly t: 'forget'
  readonly workflowUid: string
}

export type JournalRecord = PodRecord | TaskRecord | ForgetRecord

const COMPACT_ABOVE_BYTES = 8 * 1024 * 1024

/** Appends of one turn of the event loop are one write. What `flushed` has waited for survives the death of this process. */
export class Journal {
  readonly pods = new Map<string, PodRecord>()
  readonly tasks = new Map<string, TaskRecord>()
  /** Keys by workflow, so that forgetting one costs what it has. */
  private readonly byWorkflow = new Map<string, Set<string>>()
  private readonly path: string
  private fd: number
  private bytes = 0
  private buffer = ''
  private next: Promise<void> | undefined

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    this.path = join(folder, 'simulated')
    this.replay()
    this.fd = openSync(this.path, 'a', 0o600)
    this.rewrite()
  }

  append(record: JournalRecord): void {
    this.apply(record)
    this.buffer += `${JSON.stringify(record)}\n`
  }

  flushed(): Promise<void> {
    return (this.next ??= new Promise((resolve, reject) => {
      setImmediate(() => {
        this.next = undefined
        try {
          this.flush()
          resolve()
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)))
        }
      })
    }))
  }

  close(): void {
    this.flush()
    closeSync(this.fd)
    this.fd = -1
  }

  private flush(): void {
    if (this.buffer === '' || this.fd < 0) return
    this.bytes += writeSync(this.fd, this.buffer)
    this.buffer = ''
    if (this.bytes > COMPACT_ABOVE_BYTES) this.rewrite()
  }

  private replay(): void {
    if (!existsSync(this.path)) return
    for (const line of readFileSync(this.path, 'utf8').split('\n')) {
      // A torn last line belongs to a write that nobody relied on yet.
      const record = line === '' ? undefined : parsed(line)
      if (record !== undefined) this.apply(record)
    }
  }

  private apply(record: JournalRecord): void {
    if (record.t === 'forget') return this.forget(record.workflowUid)
    if (record.t === 'pod') this.pods.set(record.k, record)
    else this.tasks.set(record.k, record)
    const uid = record.k.slice(0, record.k.indexOf('+'))
    const keys = this.byWorkflow.get(uid)
    if (keys === undefined) this.byWorkflow.set(uid, new Set([record.k]))
    else keys.add(record.k)
  }

  private forget(workflowUid: string): void {
    for (const key of this.byWorkflow.get(workflowUid) ?? []) {
      this.pods.delete(key)
      this.tasks.delete(key)
    }
    this.byWorkflow.delete(workflowUid)
  }

  /** Keeps only what is still known, in a new file that replaces the old one in one step. */
  private rewrite(): void {
    const lines = [...this.pods.values(), ...this.tasks.values()].map((record) => `${JSON.stringify(record)}\n`)
    const fresh = openSync(`${this.path}.new`, 'w', 0o600)
    const text = lines.join('')
    writeSync(fresh, text)
    renameSync(`${this.path}.new`, this.path)
    closeSync(this.fd)
    this.fd = fresh
    // Doubling before the next rewrite keeps the cost per record constant when nothing is forgotten.
    this.bytes = -Buffer.byteLength(text)
  }
}

function parsed(line: string): JournalRecord | undefined {
  try {
    // Our own file: a line that parses is a record that we wrote.
    return JSON.parse(line) as JournalRecord
  } catch {
    return undefined
  }
}
