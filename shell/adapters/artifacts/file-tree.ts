// Owns walking a file or folder for packing: in a fixed order, links as links, nothing followed.
import { constants } from 'node:fs'
import { lstat, open, readdir, readlink } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { depthMax } from './limits.ts'
import { ArtifactRefusal } from './refusal.ts'

export interface TreeEntry {
  /** Relative to the parent of what is packed; folders without a slash at the end. */
  readonly name: string
  readonly path: string
  readonly kind: 'file' | 'folder' | 'symlink'
  readonly mode: number
  readonly changedAt: number
  readonly bytes: number
  readonly linkName: string
}

/** What is packed comes first, children follow their folder in the order of their names. Sockets, devices and pipes are left out. */
export async function* walkTree(from: string, rootName: string = basename(from)): AsyncGenerator<TreeEntry> {
  const todo: { path: string; name: string; depth: number }[] = [{ path: from, name: rootName, depth: 0 }]
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    const { path, name, depth } = next
    if (depth > depthMax) throw new ArtifactRefusal('artifact_refused', `folder ${name} is nested too deep to be packed`)
    const found = await lstat(path)
    const kind = found.isFile() ? 'file' : found.isDirectory() ? 'folder' : found.isSymbolicLink() ? 'symlink' : undefined
    if (kind === undefined) continue
    const linkName = kind === 'symlink' ? await readlink(path) : ''
    yield { name, path, kind, mode: found.mode & 0o7777, changedAt: Math.floor(found.mtimeMs / 1000), bytes: kind === 'file' ? found.size : 0, linkName }
    if (kind !== 'folder') continue
    const names = (await readdir(path)).sort().reverse()
    for (const child of names) todo.push({ path: join(path, child), name: `${name}/${child}`, depth: depth + 1 })
  }
}

/** Exactly as many bytes as the entry said, whatever happens to the file meanwhile. Never through a link. */
export async function* readEntry(entry: TreeEntry): AsyncGenerator<Buffer> {
  const handle = await open(entry.path, constants.O_RDONLY | constants.O_NOFOLLOW)
  try {
    let left = entry.bytes
    while (left > 0) {
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(Math.min(left, 256 * 1024)), 0, Math.min(left, 256 * 1024), null)
      if (bytesRead === 0) throw new ArtifactRefusal('artifact_invalid', `${entry.name} became shorter while it was read`)
      left -= bytesRead
      yield buffer.subarray(0, bytesRead)
    }
  } finally {
    await handle.close()
  }
}
