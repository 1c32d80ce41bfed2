// Owns the reading of container logs: lines in the order in which they were seen, with times, during the run and after it.
import { open, readdir, readFile, rm, type FileHandle } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { LogKey, LogLine, LogQuery, LogStore } from '@tiphys/shell/ports'
import { logFolder, logPaths, logStem } from './log-paths.ts'
import { LineCutter } from './log-lines.ts'

export interface LogReaderOptions {
  readonly directory: string
  /** Whether the container may still write. */
  isLive(key: LogKey): boolean
  forget?(workflowUid: string): void
}

/** Up to where the files reached at a time. */
interface Segment {
  readonly at: number
  readonly out: number
  readonly err: number
}

const followEveryMs = 100
const chunkBytes = 64 * 1024

export function createLogStore(options: LogReaderOptions): LogStore {
  return {
    read: (key, query = {}) => readLog(options, key, query),
    containers: (key) => listContainers(options.directory, key),
    remove: async (workflowUid) => {
      options.forget?.(workflowUid)
      await rm(logFolder(options.directory, workflowUid), { recursive: true, force: true })
    },
  }
}

async function* readLog(options: LogReaderOptions, key: LogKey, query: LogQuery): AsyncGenerator<LogLine> {
  const log = new OpenLog(logPaths(options.directory, key), query)
  let bytesLeft = query.bytesMax ?? Number.POSITIVE_INFINITY
  try {
    for (;;) {
      const live = options.isLive(key)
      for await (const line of log.advance(live)) {
        if (query.since !== undefined && line.at < query.since) continue
        bytesLeft -= Buffer.byteLength(line.text) + 1
        if (bytesLeft < 0) return
        yield line
      }
      if (!live || query.follow !== true || query.signal?.aborted === true) return
      await sleep(followEveryMs, undefined, query.signal === undefined ? {} : { signal: query.signal }).catch(() => undefined)
    }
  } finally {
    await log.close()
  }
}

async function listContainers(directory: string, key: Omit<LogKey, 'container'>): Promise<readonly string[]> {
  const names = await readdir(logFolder(directory, key.workflowUid)).catch(() => [])
  const prefix = `${logStem(key)}.`
  const found = new Set<string>()
  for (const name of names) {
    const match = name.startsWith(prefix) ? /^([^.]+)\.(?:log|out)$/.exec(name.slice(prefix.length)) : null
    if (match?.[1] !== undefined) found.add(match[1])
  }
  return [...found].sort()
}

/** The files of one log and how far they were read. */
class OpenLog {
  private readonly paths: ReturnType<typeof logPaths>
  private readonly query: LogQuery
  private out: Tape | undefined
  private err: Tape | undefined
  private segmentsRead = 0

  constructor(paths: ReturnType<typeof logPaths>, query: LogQuery) {
    this.paths = paths
    this.query = query
  }

  /** Everything that is there now and was not given yet. Incomplete lines wait while the log is live. */
  async *advance(live: boolean): AsyncGenerator<LogLine> {
    const first = this.out === undefined
    this.out ??= (await Tape.open(this.paths.combined, 'stdout')) ?? (await Tape.open(this.paths.out, 'stdout'))
    this.err ??= await Tape.open(this.paths.err, 'stderr')
    if (first && this.query.tailLines !== undefined) {
      await this.out?.skipToTail(this.query.tailLines)
      await this.err?.skipToTail(this.query.tailLines)
    }
    const lines = this.lines(live)
    if (first && this.query.tailLines !== undefined && this.err !== undefined) yield* lastOf(lines, this.query.tailLines)
    else yield* lines
  }

  async close(): Promise<void> {
    await this.out?.close()
    await this.err?.close()
  }

  private async *lines(live: boolean): AsyncGenerator<LogLine> {
    for (const segment of await this.segments()) {
      if (this.out !== undefined) yield* this.out.upTo(segment.out, segment.at)
      if (this.err !== undefined) yield* this.err.upTo(segment.err, segment.at)
    }
    for (const tape of [this.out, this.err]) {
      if (tape === undefined) continue
      const { size, at } = await tape.now()
      yield* tape.upTo(size, at)
      if (!live) yield* tape.rest(at)
    }
  }

  private async segments(): Promise<readonly Segment[]> {
    const text = await readFile(this.paths.index, 'utf8').catch(() => '')
    const all = text.split('\n').slice(0, -1).map(parseSegment)
    const fresh = all.slice(this.segmentsRead)
    this.segmentsRead = all.length
    return fresh
  }
}

function parseSegment(line: string): Segment {
  const [at, out, err] = line.split(' ').map(Number)
  return { at: at ?? 0, out: out ?? 0, err: err ?? 0 }
}

async function* lastOf(lines: AsyncIterable<LogLine>, count: number): AsyncGenerator<LogLine> {
  const kept: LogLine[] = []
  for await (const line of lines) {
    kept.push(line)
    if (kept.length > count) kept.shift()
  }
  yield* kept
}

/** One file, read forward. */
class Tape {
  private readonly handle: FileHandle
  private readonly stream: LogLine['stream']
  private readonly cutter = new LineCutter()
  private offset = 0

  private constructor(handle: FileHandle, stream: LogLine['stream']) {
    this.handle = handle
    this.stream = stream
  }

  static async open(path: string, stream: LogLine['stream']): Promise<Tape | undefined> {
    const handle = await open(path, 'r').catch(() => undefined)
    return handle === undefined ? undefined : new Tape(handle, stream)
  }

  async now(): Promise<{ size: number; at: number }> {
    const { size, mtimeMs } = await this.handle.stat()
    return { size, at: Math.floor(mtimeMs) }
  }

  async *upTo(end: number, at: number): AsyncGenerator<LogLine> {
    while (this.offset < end) {
      const { bytesRead, buffer } = await this.handle.read(Buffer.allocUnsafe(chunkBytes), 0, Math.min(chunkBytes, end - this.offset), this.offset)
      if (bytesRead === 0) return
      this.offset += bytesRead
      for (const text of this.cutter.push(buffer.subarray(0, bytesRead))) yield { at, stream: this.stream, text }
    }
  }

  *rest(at: number): Generator<LogLine> {
    const text = this.cutter.rest()
    if (text !== undefined) yield { at, stream: this.stream, text }
  }

  /** Moves to the start of the last lines, reading backwards. */
  async skipToTail(lines: number): Promise<void> {
    const { size } = await this.handle.stat()
    let left = lines + 1
    let end = size
    while (end > 0) {
      const start = Math.max(0, end - chunkBytes)
      const { buffer, bytesRead } = await this.handle.read(Buffer.allocUnsafe(end - start), 0, end - start, start)
      for (let at = bytesRead - 1; at >= 0; at--) {
        const last = start + at === size - 1
        if (buffer[at] !== 10 || last) continue
        if (--left === 1 || lines === 0) {
          this.offset = lines === 0 ? size : start + at + 1
          return
        }
      }
      end = start
    }
    if (lines === 0) this.offset = size
  }

  close(): Promise<void> {
    return this.handle.close()
  }
}
