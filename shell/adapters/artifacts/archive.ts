// Owns packing and unpacking of artifacts by their declared strategy.
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { constants, createGunzip, createGzip } from 'node:zlib'
import type { Artifact } from '@tiphys/core/spec'
import type { Allowance } from './limits.ts'
import { ArtifactRefusal } from './refusal.ts'
import { SafeTree } from './safe-tree.ts'
import { readTar } from './tar-read.ts'
import { writeTar } from './tar-write.ts'
import { readZip } from './zip-read.ts'
import { writeZip } from './zip-write.ts'

export type Packing = { readonly kind: 'none' } | { readonly kind: 'zip' } | { readonly kind: 'tar'; readonly level: number }

/** How an output is packed: gzipped tar unless it says otherwise. Level -1 is the default of gzip, 0 stores. */
export function packingOf(archive: Artifact['archive']): Packing {
  if (archive?.none !== undefined) return { kind: 'none' }
  if (archive?.zip !== undefined) return { kind: 'zip' }
  const level = archive?.tar?.compressionLevel ?? constants.Z_DEFAULT_COMPRESSION
  return { kind: 'tar', level: level >= -1 && level <= 9 ? level : constants.Z_DEFAULT_COMPRESSION }
}

/** The packed bytes of a file or folder; a file's own bytes when it is not packed. */
export function packed(from: string, packing: Packing, rootName?: string): AsyncIterable<Uint8Array> {
  switch (packing.kind) {
    case 'none': return createReadStream(from)
    case 'zip': return writeZip(from, rootName)
    case 'tar': return gzipped(writeTar(from, rootName), packing.level)
  }
}

async function* gzipped(source: AsyncIterable<Buffer>, level: number): AsyncGenerator<Uint8Array> {
  const input = Readable.from(source)
  const gzip = createGzip({ level })
  input.on('error', (error) => gzip.destroy(error))
  for await (const chunk of input.pipe(gzip)) yield chunk
}

/** Writes a stream to a new file, bounded. */
export async function writeBounded(stream: AsyncIterable<Uint8Array>, to: string, allowance: Allowance): Promise<void> {
  const counted = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of stream) {
      allowance.spendBytes(chunk.length)
      yield chunk
    }
  }
  await pipeline(counted, createWriteStream(to, { flags: 'wx', mode: 0o644 }))
}

/**
 * Puts a downloaded file where the artifact belongs, unpacked as declared. Without a declaration gzipped tar is recognised; zip never is. An archive
 * of one entry becomes that entry, any other a folder. The download is gone afterwards.
 */
export async function unpackTo(download: string, to: string, request: { readonly archive: Artifact['archive']; readonly allowance: Allowance }): Promise<void> {
  const { archive, allowance } = request
  const declared = archive?.none !== undefined ? 'none' : archive?.tar !== undefined ? 'tar' : archive?.zip !== undefined ? 'zip' : undefined
  const kind = declared ?? ((await isGzippedTar(download)) ? 'tar' : 'none')
  if (kind === 'none') return rename(download, to)
  const folder = await mkdtemp(join(dirname(to), '.unpack-'))
  try {
    if (kind === 'tar') await extractTar(download, folder, allowance)
    else await extractZip(download, folder, allowance)
    await rm(download)
    const entries = await readdir(folder)
    const [only] = entries
    if (entries.length === 1 && only !== undefined) await rename(join(folder, only), to)
    else {
      await mkdir(to)
      for (const entry of entries) await rename(join(folder, entry), join(to, entry))
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Whether a file is a gzip stream whose content starts as a tar archive does. */
export async function isGzippedTar(path: string): Promise<boolean> {
  if (!(await stat(path)).isFile() || !(await startsWith(path, [0x1f, 0x8b]))) return false
  try {
    for await (const entry of readTar(gunzipped(path))) return entry.name !== ''
    return false
  } catch {
    return false
  }
}

async function startsWith(path: string, bytes: readonly number[]): Promise<boolean> {
  const handle = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(bytes.length), 0, bytes.length, 0)
    return bytesRead === bytes.length && bytes.every((byte, index) => buffer[index] === byte)
  } finally {
    await handle.close()
  }
}

async function* gunzipped(path: string): AsyncGenerator<Uint8Array> {
  const input = createReadStream(path)
  const gunzip = createGunzip()
  input.on('error', (error) => gunzip.destroy(error))
  try {
    for await (const chunk of input.pipe(gunzip)) yield chunk
  } finally {
    input.destroy()
  }
}

/** Unpacks tar, gzipped or not, into an empty folder. */
export async function extractTar(path: string, folder: string, allowance: Allowance): Promise<void> {
  const tree = new SafeTree(folder, allowance)
  const isGzip = await startsWith(path, [0x1f, 0x8b])
  try {
    for await (const entry of readTar(isGzip ? gunzipped(path) : createReadStream(path))) {
      if (entry.kind === 'folder') await tree.folder(entry.name, entry.mode)
      else if (entry.kind === 'symlink') await tree.symbolicLink(entry.name, entry.linkName)
      else if (entry.kind === 'hardlink') await tree.hardLink(entry.name, entry.linkName)
      else if (entry.kind === 'file') {
        await tree.file(entry.name, entry.mode, entry.content)
        await tree.touch(entry.name, entry.changedAt)
      }
    }
  } catch (error) {
    throw error instanceof ArtifactRefusal ? error : new ArtifactRefusal('artifact_invalid', `archive cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
  await tree.finish()
}

export async function extractZip(path: string, folder: string, allowance: Allowance): Promise<void> {
  const tree = new SafeTree(folder, allowance)
  for await (const entry of readZip(path)) {
    if (entry.kind === 'folder') await tree.folder(entry.name, entry.mode)
    else if (entry.kind === 'symlink') await tree.symbolicLink(entry.name, await linkText(entry.content()))
    else if (entry.kind === 'file') await tree.file(entry.name, entry.mode, entry.content())
  }
  await tree.finish()
}

async function linkText(content: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of content) {
    bytes += part.length
    if (bytes > 4096) throw new ArtifactRefusal('artifact_refused', 'archive has an oversized link')
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}
