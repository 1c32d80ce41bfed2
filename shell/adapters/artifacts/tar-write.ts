// Owns writing tar streams: ustar with pax headers for what ustar cannot say.
import { readEntry, walkTree, type TreeEntry } from './file-tree.ts'

const block = 512

/** A file or folder as a tar stream. The same tree gives the same bytes. */
export async function* writeTar(from: string, rootName?: string): AsyncGenerator<Buffer> {
  for await (const entry of walkTree(from, rootName)) {
    yield headerOf(entry)
    if (entry.kind !== 'file') continue
    yield* readEntry(entry)
    yield padding(entry.bytes)
  }
  yield Buffer.alloc(block * 2)
}

function headerOf(entry: TreeEntry): Buffer {
  const name = entry.kind === 'folder' ? `${entry.name}/` : entry.name
  const pax: string[] = []
  if (Buffer.byteLength(name) > 100) pax.push(paxRecord('path', name))
  if (Buffer.byteLength(entry.linkName) > 100) pax.push(paxRecord('linkpath', entry.linkName))
  if (entry.bytes >= 8 ** 11) pax.push(paxRecord('size', String(entry.bytes)))
  const own = rawHeader({ name, type: entry.kind === 'file' ? '0' : entry.kind === 'folder' ? '5' : '2', bytes: entry.bytes, mode: entry.mode, changedAt: entry.changedAt, linkName: entry.linkName })
  if (pax.length === 0) return own
  const body = Buffer.from(pax.join(''))
  const extension = rawHeader({ name: 'PaxHeader', type: 'x', bytes: body.length, mode: 0o644, changedAt: entry.changedAt, linkName: '' })
  return Buffer.concat([extension, body, padding(body.length), own])
}

interface RawHeader {
  readonly name: string
  readonly type: string
  readonly bytes: number
  readonly mode: number
  readonly changedAt: number
  readonly linkName: string
}

function rawHeader(header: RawHeader): Buffer {
  const bytes = Buffer.alloc(block)
  bytes.set(Buffer.from(header.name).subarray(0, 100), 0)
  bytes.write(octal(header.mode & 0o777, 8), 100, 'latin1')
  bytes.write(octal(0, 8), 108, 'latin1')
  bytes.write(octal(0, 8), 116, 'latin1')
  bytes.write(octal(header.bytes >= 8 ** 11 ? 0 : header.bytes, 12), 124, 'latin1')
  bytes.write(octal(Math.max(0, header.changedAt), 12), 136, 'latin1')
  bytes.write(header.type, 156, 'latin1')
  bytes.set(Buffer.from(header.linkName).subarray(0, 100), 157)
  bytes.write('ustar\x0000', 257, 'latin1')
  bytes.fill(32, 148, 156)
  let sum = 0
  for (const byte of bytes) sum += byte
  bytes.write(`${octal(sum, 7)} `, 148, 'latin1')
  return bytes
}

/** Digits and a NUL in a field of so many bytes. */
function octal(value: number, length: number): string {
  return `${value.toString(8).padStart(length - 1, '0')}\0`
}

/** The length at the front counts itself. */
function paxRecord(key: string, value: string): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`)
  let length = rest + String(rest).length
  if (String(length).length !== String(rest).length) length = rest + String(length).length
  return `${length} ${key}=${value}\n`
}

function padding(bytes: number): Buffer {
  return Buffer.alloc((block - (bytes % block)) % block)
}
