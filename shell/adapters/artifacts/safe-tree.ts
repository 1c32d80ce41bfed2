// Owns writing files and folders with names from outside into a fresh folder, so that nothing can land anywhere else.
import { constants } from 'node:fs'
import { chmod, lstat, mkdir, open, rm, symlink, link, utimes } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { depthMax, pathBytesMax, type Allowance } from './limits.ts'
import { ArtifactRefusal } from './refusal.ts'

const exclusive = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW

/**
 * The root is a folder that nobody else knows. Links are made last, after every file is written: no name from the archive is ever resolved
 * through a link. A link may lead up only at its beginning and never out of the root, so chains of links stay inside too.
 */
export class SafeTree {
  private readonly root: string
  private readonly allowance: Allowance
  private readonly folders = new Map<string, number | undefined>([['', undefined]])
  private readonly files = new Set<string>()
  private readonly links = new Map<string, string>()

  constructor(root: string, allowance: Allowance) {
    this.root = root
    this.allowance = allowance
  }

  async folder(name: string, mode: number | undefined): Promise<void> {
    this.allowance.spendEntry()
    const path = normalName(name)
    await this.needFolder(path)
    if (mode !== undefined) this.folders.set(path, mode)
  }

  async file(name: string, mode: number, content: AsyncIterable<Uint8Array>): Promise<void> {
    this.allowance.spendEntry()
    const path = await this.place(name)
    const handle = await open(join(this.root, path), exclusive, 0o600)
    this.files.add(path)
    try {
      for await (const chunk of content) {
        this.allowance.spendBytes(chunk.length)
        await handle.writeFile(chunk)
      }
      // Set-user-id, set-group-id and sticky bits are nobody's business.
      await handle.chmod(mode & 0o777)
    } finally {
      await handle.close()
    }
  }

  /** Keeps the time a file was changed, in seconds. */
  async touch(name: string, seconds: number): Promise<void> {
    const path = normalName(name)
    if (this.files.has(path)) await utimes(join(this.root, path), seconds, seconds)
  }

  /** A second name of a file that is already there. */
  async hardLink(name: string, target: string): Promise<void> {
    this.allowance.spendEntry()
    const from = normalName(target)
    if (!this.files.has(from)) throw new ArtifactRefusal('artifact_refused', `illegal hard link: ${shown(name)} -> ${shown(target)}`)
    const path = await this.place(name)
    await link(join(this.root, from), join(this.root, path))
    this.files.add(path)
  }

  async symbolicLink(name: string, target: string): Promise<void> {
    this.allowance.spendEntry()
    const path = await this.place(name)
    checkLink(path, name, target)
    this.links.set(path, target)
  }

  /** Makes the links and sets the modes of folders; nothing can be written afterwards. */
  async finish(): Promise<void> {
    for (const [path, target] of this.links) await symlink(target, join(this.root, path))
    for (const [path, mode] of [...this.folders].reverse()) if (mode !== undefined) await chmod(join(this.root, path), (mode & 0o777) | 0o700)
  }

  /** Makes room for an entry: its folders, and its own place, where an earlier entry of the same name gives way. */
  private async place(name: string): Promise<string> {
    const path = normalName(name)
    if (path === '') throw new ArtifactRefusal('artifact_refused', `illegal file path: ${shown(name)}`)
    if (this.folders.has(path)) throw new ArtifactRefusal('artifact_refused', `illegal file path: ${shown(name)} is also a folder`)
    await this.needFolder(parentOf(path))
    this.links.delete(path)
    if (this.files.delete(path)) await rm(join(this.root, path))
    return path
  }

  private async needFolder(path: string): Promise<void> {
    if (this.folders.has(path)) return
    const parts = path.split('/')
    for (let count = 1; count <= parts.length; count++) {
      const at = parts.slice(0, count).join('/')
      if (this.folders.has(at)) continue
      if (this.files.has(at) || this.links.has(at)) throw new ArtifactRefusal('artifact_refused', `illegal file path: ${shown(path)} lies in a file or link`)
      await mkdir(join(this.root, at), { mode: 0o755 })
      this.folders.set(at, undefined)
    }
  }
}

/** The path of an entry without `.` parts. Absolute names and names that lead up are refused. */
export function normalName(name: string): string {
  if (name.includes('\0') || name.startsWith('/') || Buffer.byteLength(name) > pathBytesMax) throw new ArtifactRefusal('artifact_refused', `illegal file path: ${shown(name)}`)
  const parts = name.split('/').filter((part) => part !== '' && part !== '.')
  if (parts.includes('..') || parts.length > depthMax) throw new ArtifactRefusal('artifact_refused', `illegal file path: ${shown(name)}`)
  return parts.join('/')
}

function checkLink(path: string, name: string, target: string): void {
  const parts = target.split('/').filter((part) => part !== '' && part !== '.')
  const up = parts.findIndex((part) => part !== '..')
  const leading = up === -1 ? parts.length : up
  const depth = path.split('/').length - 1
  const legal = target !== '' && !target.includes('\0') && !target.startsWith('/') && leading <= depth && !parts.slice(leading).includes('..')
  if (!legal || Buffer.byteLength(target) > pathBytesMax) throw new ArtifactRefusal('artifact_refused', `illegal symlink target: ${shown(name)} -> ${shown(target)}`)
}

function parentOf(path: string): string {
  const parent = dirname(path)
  return parent === '.' ? '' : parent
}

function shown(text: string): string {
  return JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text)
}

/** Whether something is there, a dangling link included. */
export async function exists(path: string): Promise<boolean> {
  return lstat(path).then(() => true, () => false)
}
