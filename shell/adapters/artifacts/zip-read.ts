// Owns reading zip files through their directory, which alone says what is in them.
import { open, type FileHandle } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { createInflateRaw } from 'node:zlib'
import { crc32 } from './crc32.ts'
import { ArtifactRefusal } from './refusal.ts'

export interface ZipEntry {
  readonly name: string
  readonly kind: 'file' | 'folder' | 'symlink' | 'other'
  readonly mode: number
  readonly bytes: number
  content(): AsyncIterable<Uint8Array>
}

interface Located {
  readonly name: string
  readonly flags: number
  readonly method: number
  readonly crc: number
  readonly packed: number
  readonly bytes: number
  readonly attributes: number
  readonly offset: number
}

const directoryBytesMax = 256 * 1024 * 1024
const wide = 0xffffffff

export async function* readZip(path: string): AsyncGenerator<ZipEntry> {
  const file = await open(path, 'r')
  try {
    for (const entry of await readDirectory(file)) yield { ...describe(entry), content: () => contentOf(file, entry) }
  } finally {
    await file.close()
  }
}

function describe(entry: Located): Omit<ZipEntry, 'content'> {
  const unix = entry.attributes >>> 16
  const type = unix & 0o170000
  const isFolder = entry.name.endsWith('/') || type === 0o040000
  const kind = isFolder ? 'folder' : type === 0o120000 ? 'symlink' : type === 0 || type === 0o100000 ? 'file' : 'other'
  return { name: entry.name, kind, mode: (unix & 0o777) === 0 ? (isFolder ? 0o755 : 0o644) : unix & 0o777, bytes: entry.bytes }
}

async function* contentOf(file: FileHandle, entry: Located): AsyncGenerator<Uint8Array> {
  if ((entry.flags & 1) !== 0) throw invalid('an encrypted entry')
  if (entry.method !== 0 && entry.method !== 8) throw invalid(`an entry compressed by method ${entry.method}`)
  const header = await readAt(file, entry.offset, 30)
  if (header.readUInt32LE(0) !== 0x04034b50) throw invalid('a damaged entry')
  const start = entry.offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28)
  const packed = packedBytes(file, start, entry.packed)
  let crc = 0
  let bytes = 0
  for await (const chunk of entry.method === 8 ? inflated(packed) : packed) {
    crc = crc32(chunk, crc)
    bytes += chunk.length
    // The directory is what limits were checked against: more than it says is an attack or damage.
    if (bytes > entry.bytes) throw invalid('an entry that is larger than it says')
    yield chunk
  }
  if (bytes !== entry.bytes || crc !== entry.crc) throw invalid('an entry that does not match its checksum')
}

async function* packedBytes(file: FileHandle, start: number, count: number): AsyncGenerator<Buffer> {
  let at = start
  let left = count
  while (left > 0) {
    const chunk = await readAt(file, at, Math.min(left, 256 * 1024))
    at += chunk.length
    left -= chunk.length
    yield chunk
  }
}

async function* inflated(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const input = Readable.from(source)
  const inflate = createInflateRaw()
  input.on('error', (error) => inflate.destroy(error))
  for await (const chunk of input.pipe(inflate)) yield chunk
}

async function readDirectory(file: FileHandle): Promise<readonly Located[]> {
  const { size } = await file.stat()
  const tail = await readAt(file, Math.max(0, size - 65_557), Math.min(size, 65_557))
  const at = tail.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]))
  if (at === -1 || at + 22 > tail.length) throw invalid('no directory')
  let count = tail.readUInt16LE(at + 10)
  let bytes = tail.readUInt32LE(at + 12)
  let offset = tail.readUInt32LE(at + 16)
  if (at >= 20 && tail.readUInt32LE(at - 20) === 0x07064b50) {
    const record = await readAt(file, safe(tail.readBigUInt64LE(at - 12)), 56)
    if (record.readUInt32LE(0) !== 0x06064b50) throw invalid('a damaged directory')
    count = safe(record.readBigUInt64LE(32))
    bytes = safe(record.readBigUInt64LE(40))
    offset = safe(record.readBigUInt64LE(48))
  }
  if (bytes > directoryBytesMax || offset + bytes > size) throw invalid('an impossible directory')
  return parseDirectory(await readAt(file, offset, bytes), count)
}

function parseDirectory(directory: Buffer, count: number): Located[] {
  const entries: Located[] = []
  let at = 0
  for (let index = 0; index < count; index++) {
    if (at + 46 > directory.length || directory.readUInt32LE(at) !== 0x02014b50) throw invalid('a damaged directory')
    const nameEnd = at + 46 + directory.readUInt16LE(at + 28)
    const extraEnd = nameEnd + directory.readUInt16LE(at + 30)
    const end = extraEnd + directory.readUInt16LE(at + 32)
    if (end > directory.length) throw invalid('a damaged directory')
    const [bytes, packed, offset] = wideValues(directory.subarray(nameEnd, extraEnd), [directory.readUInt32LE(at + 24), directory.readUInt32LE(at + 20), directory.readUInt32LE(at + 42)])
    entries.push({
      name: directory.toString('utf8', at + 46, nameEnd),
      flags: directory.readUInt16LE(at + 8),
      method: directory.readUInt16LE(at + 10),
      crc: directory.readUInt32LE(at + 16),
      packed, bytes, offset,
      attributes: directory.readUInt16LE(at + 4) >> 8 === 3 ? directory.readUInt32LE(at + 38) : 0,
    })
    at = end
  }
  return entries
}

/** Replaces what does not fit 32 bits by the 64-bit values of the extra field, which holds only those, in this order. */
function wideValues(extra: Buffer, values: [number, number, number]): [number, number, number] {
  let at = 0
  while (at + 4 <= extra.length) {
    const length = extra.readUInt16LE(at + 2)
    if (extra.readUInt16LE(at) === 1) {
      let from = at + 4
      return values.map((value) => {
        if (value !== wide) return value
        if (from + 8 > at + 4 + length || from + 8 > extra.length) throw invalid('a damaged directory')
        from += 8
        return safe(extra.readBigUInt64LE(from - 8))
      }) as [number, number, number]
    }
    at += 4 + length
  }
  return values
}

async function readAt(file: FileHandle, at: number, count: number): Promise<Buffer> {
  const buffer = Buffer.alloc(count)
  const { bytesRead } = await file.read(buffer, 0, count, at)
  if (bytesRead < count) throw invalid('an end before its time')
  return buffer
}

function safe(value: bigint): number {
  const number = Number(value)
  if (!Number.isSafeInteger(number)) throw invalid('an impossible size')
  return number
}

function invalid(what: string): ArtifactRefusal {
  return new ArtifactRefusal('artifact_invalid', `zip archive has ${what}`)
}
