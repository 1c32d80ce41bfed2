// Owns writing zip streams: deflated entries with their sizes behind them, so that nothing has to be known ahead or sought back to.
import { createDeflateRaw } from 'node:zlib'
import { Readable } from 'node:stream'
import { crc32 } from './crc32.ts'
import { readEntry, walkTree, type TreeEntry } from './file-tree.ts'

interface Written {
  readonly name: Buffer
  readonly attributes: number
  readonly time: number
  readonly method: number
  readonly crc: number
  readonly packed: number
  readonly bytes: number
  readonly offset: number
  readonly large: boolean
}

const wide = 0xffffffff
/** Above this an entry gets 64-bit sizes: deflating can make data a little larger. */
const largeFrom = 0xf0000000

export async function* writeZip(from: string, rootName?: string): AsyncGenerator<Buffer> {
  const written: Written[] = []
  let offset = 0
  for await (const entry of walkTree(from, rootName)) {
    for await (const chunk of writeEntry(entry, offset, written)) {
      offset += chunk.length
      yield chunk
    }
  }
  const directory = Buffer.concat(written.map(centralHeader))
  yield directory
  yield endOfDirectory(written.length, directory.length, offset)
}

async function* writeEntry(entry: TreeEntry, offset: number, written: Written[]): AsyncGenerator<Buffer> {
  const name = Buffer.from(entry.kind === 'folder' ? `${entry.name}/` : entry.name)
  const large = entry.bytes >= largeFrom
  const type = entry.kind === 'file' ? 0o100000 : entry.kind === 'folder' ? 0o040000 : 0o120000
  const method = entry.kind === 'file' ? 8 : 0
  const head = { name, attributes: ((type | (entry.mode & 0o777)) << 16) >>> 0, time: dosTime(entry.changedAt), method, offset, large }
  yield localHeader(head)
  let crc = 0
  let bytes = 0
  let packed = 0
  const counted = async function* (): AsyncGenerator<Buffer> {
    const source = entry.kind === 'symlink' ? [Buffer.from(entry.linkName)] : entry.kind === 'file' ? readEntry(entry) : []
    for await (const chunk of source) {
      crc = crc32(chunk, crc)
      bytes += chunk.length
      yield chunk
    }
  }
  for await (const chunk of method === 8 ? deflated(counted()) : counted()) {
    packed += chunk.length
    yield chunk
  }
  written.push({ ...head, crc, packed, bytes })
  const sizes = Buffer.alloc(large ? 24 : 16)
  sizes.writeUInt32LE(0x08074b50, 0)
  sizes.writeUInt32LE(crc, 4)
  if (large) {
    sizes.writeBigUInt64LE(BigInt(packed), 8)
    sizes.writeBigUInt64LE(BigInt(bytes), 16)
  } else {
    sizes.writeUInt32LE(packed, 8)
    sizes.writeUInt32LE(bytes, 12)
  }
  yield sizes
}

async function* deflated(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const input = Readable.from(source)
  const deflate = createDeflateRaw()
  input.on('error', (error) => deflate.destroy(error))
  for await (const chunk of input.pipe(deflate)) yield chunk
}

function localHeader(head: Pick<Written, 'name' | 'time' | 'method' | 'large'>): Buffer {
  const extra = head.large ? zip64Extra([0n, 0n]) : Buffer.alloc(0)
  const fixed = Buffer.alloc(30)
  fixed.writeUInt32LE(0x04034b50, 0)
  fixed.writeUInt16LE(head.large ? 45 : 20, 4)
  fixed.writeUInt16LE(0x0808, 6)
  fixed.writeUInt16LE(head.method, 8)
  fixed.writeUInt32LE(head.time, 10)
  fixed.writeUInt32LE(head.large ? wide : 0, 18)
  fixed.writeUInt32LE(head.large ? wide : 0, 22)
  fixed.writeUInt16LE(head.name.length, 26)
  fixed.writeUInt16LE(extra.length, 28)
  return Buffer.concat([fixed, head.name, extra])
}

function centralHeader(entry: Written): Buffer {
  const needs64 = entry.large || entry.offset >= wide
  const extra = needs64 ? zip64Extra([BigInt(entry.bytes), BigInt(entry.packed), BigInt(entry.offset)]) : Buffer.alloc(0)
  const fixed = Buffer.alloc(46)
  fixed.writeUInt32LE(0x02014b50, 0)
  fixed.writeUInt16LE(0x0300 | 45, 4)
  fixed.writeUInt16LE(needs64 ? 45 : 20, 6)
  fixed.writeUInt16LE(0x0808, 8)
  fixed.writeUInt16LE(entry.method, 10)
  fixed.writeUInt32LE(entry.time, 12)
  fixed.writeUInt32LE(entry.crc, 16)
  fixed.writeUInt32LE(needs64 ? wide : entry.packed, 20)
  fixed.writeUInt32LE(needs64 ? wide : entry.bytes, 24)
  fixed.writeUInt16LE(entry.name.length, 28)
  fixed.writeUInt16LE(extra.length, 30)
  fixed.writeUInt32LE(entry.attributes, 38)
  fixed.writeUInt32LE(needs64 ? wide : entry.offset, 42)
  return Buffer.concat([fixed, entry.name, extra])
}

function zip64Extra(values: readonly bigint[]): Buffer {
  const extra = Buffer.alloc(4 + values.length * 8)
  extra.writeUInt16LE(1, 0)
  extra.writeUInt16LE(values.length * 8, 2)
  for (const [index, value] of values.entries()) extra.writeBigUInt64LE(value, 4 + index * 8)
  return extra
}

function endOfDirectory(count: number, bytes: number, offset: number): Buffer {
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(Math.min(count, 0xffff), 8)
  end.writeUInt16LE(Math.min(count, 0xffff), 10)
  end.writeUInt32LE(Math.min(bytes, wide), 12)
  end.writeUInt32LE(Math.min(offset, wide), 16)
  if (count < 0xffff && bytes < wide && offset < wide) return end
  const record = Buffer.alloc(56 + 20)
  record.writeUInt32LE(0x06064b50, 0)
  record.writeBigUInt64LE(44n, 4)
  record.writeUInt16LE(0x0300 | 45, 12)
  record.writeUInt16LE(45, 14)
  record.writeBigUInt64LE(BigInt(count), 24)
  record.writeBigUInt64LE(BigInt(count), 32)
  record.writeBigUInt64LE(BigInt(bytes), 40)
  record.writeBigUInt64LE(BigInt(offset), 48)
  record.writeUInt32LE(0x07064b50, 56)
  record.writeBigUInt64LE(BigInt(offset + bytes), 64)
  record.writeUInt32LE(1, 72)
  return Buffer.concat([record, end])
}

/** Seconds since the epoch as the two 16-bit fields of MS-DOS, in UTC. */
function dosTime(seconds: number): number {
  const date = new Date(Math.max(seconds, 315_532_800) * 1000)
  const day = ((date.getUTCFullYear() - 1980) << 9) | ((date.getUTCMonth() + 1) << 5) | date.getUTCDate()
  const clock = (date.getUTCHours() << 11) | (date.getUTCMinutes() << 5) | (date.getUTCSeconds() >> 1)
  return ((day << 16) | clock) >>> 0
}
