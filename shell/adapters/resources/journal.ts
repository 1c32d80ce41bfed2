// Owns the memory of resource pods across the death of this process: one small file each, replaced as a whole, and the lines of its log.
import { createHash } from 'node:crypto'
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LogKey, LogLine, PodFact, PodKey, PodRef, PodRequest } from '@tiphys/shell/ports'

/** How far a pod has come. */
export interface ResourceRecord {
  readonly ref: PodRef
  /** What the pod is for, without the functions that only live as long as this process. */
  readonly request: Omit<PodRequest, 'lookup'>
  readonly startedAt: number
  /** Set just before the cluster is asked: whoever takes the pod up later cannot know whether it was heard. */
  readonly isAsked: boolean
  /** Where the object is, once the cluster has answered; an empty text when there is none to wait for. */
  readonly path: string | undefined
  readonly fact: PodFact | undefined
}

export class ResourceJournal {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  find(key: PodKey): ResourceRecord | undefined {
    try {
      return JSON.parse(readFileSync(this.#file(key, 'json'), 'utf8')) as ResourceRecord
    } catch {
      return undefined
    }
  }

  keep(record: ResourceRecord): void {
    const file = this.#file(record.ref.key, 'json')
    mkdirSync(this.#of(record.ref.key.workflowUid), { recursive: true, mode: 0o700 })
    writeFileSync(`${file}.new`, JSON.stringify(record), { mode: 0o600 })
    renameSync(`${file}.new`, file)
  }

  forget(key: PodKey): void {
    rmSync(this.#file(key, 'json'), { force: true })
  }

  note(key: PodKey, at: number, text: string): void {
    const line: LogLine = { at, stream: 'stderr', text }
    appendFileSync(this.#file(key, 'log'), `${JSON.stringify(line)}\n`, { mode: 0o600 })
  }

  /** The lines of a pod's log; undefined when the pod is none of ours. */
  lines(key: Omit<LogKey, 'container'>): readonly LogLine[] | undefined {
    const file = this.#file(key, 'log')
    if (!existsSync(file)) return undefined
    return readFileSync(file, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as LogLine)
  }

  remove(workflowUid: string): void {
    rmSync(this.#of(workflowUid), { recursive: true, force: true })
  }

  #of(workflowUid: string): string {
    return join(this.#folder, plain(workflowUid))
  }

  #file({ workflowUid, nodeId, attempt }: PodKey, ending: string): string {
    return join(this.#of(workflowUid), `${plain(nodeId)}-${attempt}.${ending}`)
  }
}

/** Identities come from manifests too, and must not lead elsewhere. */
function plain(text: string): string {
  return /^[A-Za-z0-9][A-Za-z0-9-]{0,127}$/.test(text) ? text : createHash('sha256').update(text).digest('hex')
}
