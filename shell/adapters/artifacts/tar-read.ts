// Owns reading tar streams: ustar, GNU long names, pax headers. Sizes are bounded before memory is taken.
import { ArtifactRefusal } from './refusal.ts'

export interface TarEntry {
  readonly name: string
  readonly kind: 'file' | 'folder' | 'symlink' | 'hardlink' | 'other'
  readonly mode: number
  /** Seconds since the epoch. */
  readonly changedAt: number
  readonly bytes: number
  readonly linkName: string
  /** Must be read, or is skipped, before the next entry. */
  readonly content: AsyncIterable<Uint8Array>
}

const block = 512
/** Longest pax header or long name that is believed. */
const headerBytesMax = 1024 * 1024

/** Hands out bytes of a stream in the amounts that the reader asks for. */
class ByteSource {
  private readonly iterator: AsyncIterator<Uint8Array>
  private held: Buffer = Buffer.alloc(0)

  constructor(stream: AsyncIterable<Uint8Array>) {
    this.iterator = stream[Symbol.asyncIterator]()
  }

  /** Exactly so many bytes, or fewer at the end. For small amounts. */
  async take(count: number): Promise<Buffer> {
    const parts: Buffer[] = []
    let missing = count
    while (missing > 0) {
      const chunk = await this.some(missing)
      if (chunk === undefined) break
      parts.push(chunk)
      missing -= chunk.length
    }
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts)
  }

  /** What is at hand, at most so many bytes; `undefined` at the end. */
  async some(countMax: number): Promise<Buffer | undefined> {
    while (this.held.length === 0) {
      const next = await this.iterator.next()
      if (next.done === true) return undefined
      this.held = Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength)
    }
    const chunk = this.held.subarray(0, countMax)
    this.held = this.held.subarray(chunk.length)
    return chunk
  }
}

interface PendingHeaders {
  pax: ReadonlyMap<string, string>
  global: ReadonlyMap<string, string>
  longName: string | undefined
  longLink: string | undefined
}

export async function* readTar(stream: AsyncIterable<Uint8Array>): AsyncGenerator<TarEntry> {
  const source = new ByteSource(stream)
  const pending: PendingHeaders = { pax: new Map(), global: new Map(), longName: undefined, longLink: undefined }
  for (;;) {
    const header = await source.take(block)
    if (header.length === 0 || isZero(header)) return
    if (header.length < block) throw new ArtifactRefusal('artifact_invalid', 'tar archive ends in the middle of a header')
    checkSum(header)
    const type = String.fromCharCode(header[156] ?? 0)
    if ('xgLK'.includes(type)) {
      await readExtension(type, numberAt(header, 124, 12), { source, pending })
      continue
    }
    yield* entryOf(header, type, { source, pending })
    Object.assign(pending, { pax: new Map(), longName: undefined, longLink: undefined })
  }
}

interface Reading {
  readonly source: ByteSource
  readonly pending: PendingHeaders
}

async function readExtension(type: string, bytes: number, { source, pending }: Reading): Promise<void> {
  if (bytes > headerBytesMax) throw new ArtifactRefusal('artifact_invalid', 'tar archive has an oversized header')
  const data = await source.take(padded(bytes))
  const body = data.subarray(0, bytes)
  if (type === 'x') pending.pax = parsePax(body)
  else if (type === 'g') pending.global = parsePax(body)
  else if (type === 'L') pending.longName = textOf(body)
  else pending.longLink = textOf(body)
}

async function* entryOf(header: Buffer, type: string, { source, pending }: Reading): AsyncGenerator<TarEntry> {
  const pax = (key: string): string | undefined => pending.pax.get(key) ?? pending.global.get(key)
  const paxSize = pax('size')
  const bytes = paxSize === undefined ? numberAt(header, 124, 12) : Number(paxSize)
  if (!Number.isSafeInteger(bytes) || bytes < 0) throw new ArtifactRefusal('artifact_invalid', 'tar archive has an entry of impossible size')
  const kind = kindOf(type, header)
  const held = kind === 'file' || kind === 'other' ? bytes : 0
  let left = held
  const content = async function* (): AsyncGenerator<Uint8Array> {
    while (left > 0) {
      const chunk = await source.some(left)
      if (chunk === undefined) throw new ArtifactRefusal('artifact_invalid', 'tar archive ends in the middle of a file')
      left -= chunk.length
      yield chunk
    }
  }
  yield {
    name: pax('path') ?? pending.longName ?? headerName(header),
    kind,
    mode: numberAt(header, 100, 8) & 0o7777,
    changedAt: Math.max(0, Number(pax('mtime') ?? numberAt(header, 136, 12)) || 0),
    bytes: held,
    linkName: pax('linkpath') ?? pending.longLink ?? textOf(header.subarray(157, 257)),
    content: { [Symbol.asyncIterator]: content },
  }
  for await (const chunk of content()) void chunk
  await source.take(padded(held) - held)
}

function kindOf(type: string, header: Buffer): TarEntry['kind'] {
  switch (type) {
    case '0': case '\0': case '7': return headerName(header).endsWith('/') ? 'folder' : 'file'
    case '5': return 'folder'
    case '2': return 'symlink'
    case '1': return 'hardlink'
    default: return 'other'
  }
}

function headerName(header: Buffer): string {
  const name = textOf(header.subarray(0, 100))
  const isUstar = header.toString('latin1', 257, 262) === 'ustar' && header.toString('latin1', 257, 265) !== 'ustar  \0'
  const prefix = isUstar ? textOf(header.subarray(345, 500)) : ''
  return prefix === '' ? name : `${prefix}/${name}`
}

function textOf(bytes: Buffer): string {
  const end = bytes.indexOf(0)
  return bytes.toString('utf8', 0, end === -1 ? bytes.length : end)
}

/** Octal text, or GNU's binary form for what octal cannot hold. */
function numberAt(header: Buffer, at: number, length: number): number {
  const first = header[at] ?? 0
  if ((first & 0x80) !== 0) {
    let value = 0
    for (let index = at + 1; index < at + length; index++) value = value * 256 + (header[index] ?? 0)
    return value
  }
  const text = header.toString('latin1', at, at + length).replace(/[\0 ]+$/, '').trim()
  const value = text === '' ? 0 : Number.parseInt(text, 8)
  if (!Number.isSafeInteger(value) || value < 0) throw new ArtifactRefusal('artifact_invalid', 'tar archive has a malformed number')
  return value
}

function checkSum(header: Buffer): void {
  let sum = 0
  for (let index = 0; index < block; index++) sum += index >= 148 && index < 156 ? 32 : (header[index] ?? 0)
  if (sum !== numberAt(header, 148, 8)) throw new ArtifactRefusal('artifact_invalid', 'not a tar archive, or a damaged one')
}

/** Records of the form `LENGTH KEY=VALUE\n`, the length counting the whole record in bytes. */
function parsePax(body: Buffer): Map<string, string> {
  const records = new Map<string, string>()
  let at = 0
  while (at < body.length) {
    const space = body.indexOf(32, at)
    const length = space === -1 ? Number.NaN : Number(body.toString('latin1', at, space))
    if (!Number.isSafeInteger(length) || length <= space - at || at + length > body.length) throw new ArtifactRefusal('artifact_invalid', 'tar archive has a malformed pax header')
    const record = body.toString('utf8', space + 1, at + length - 1)
    const equals = record.indexOf('=')
    if (equals > 0) records.set(record.slice(0, equals), record.slice(equals + 1))
    at += length
  }
  return records
}

function padded(bytes: number): number {
  return Math.ceil(bytes / block) * block
}

function isZero(header: Buffer): boolean {
  return header.every((byte) => byte === 0)
}
