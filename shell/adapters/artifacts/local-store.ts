// Owns the artifact repository in a folder of this machine.
import { randomUUID } from 'node:crypto'
import { createReadStream, type Stats } from 'node:fs'
import { lstat, mkdir, mkdtemp, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import type { Artifact } from '@tiphys/core/spec'
import type { ArtifactContext, ArtifactEntry, ArtifactLoad, ArtifactSave, ArtifactStore, OpenedArtifact } from '@tiphys/shell/ports'
import { packed, packingOf, unpackTo, writeBounded, type Packing } from './archive.ts'
import { copyTree } from './copy-tree.ts'
import { Allowance } from './limits.ts'
import { keyOf } from './location.ts'
import { ArtifactRefusal, settle } from './refusal.ts'
import { normalName } from './safe-tree.ts'

/**
 * What is stored unpacked lies in `plain/KEY`. What would be an archive lies in `trees/KEY/` as it came, with a note on how to pack it: it is packed only
 * when somebody asks for the archive, so that steps on one machine hand files on at the cost of a copy.
 */
export function createLocalArtifactStore(folder: string): ArtifactStore {
  const store = new LocalStore(folder)
  return {
    load: (request, context) => settle(() => store.load(request, context)),
    save: (request, context) => settle(() => store.save(request, context)),
    open: (artifact) => settle(() => store.open(artifact)),
    remove: (artifact) => settle(() => store.remove(artifact)),
    list: (artifact) => settle(() => store.list(artifact)),
    isDirectory: (artifact) => settle(() => store.isDirectory(artifact)),
  }
}

interface Tree {
  readonly content: string
  readonly name: string
  readonly packing: Packing
}

const noteName = 'packing.json'
const contentName = 'content'

class LocalStore {
  private readonly folder: string

  constructor(folder: string) {
    this.folder = folder
  }

  async load({ artifact, to }: ArtifactLoad, context: ArtifactContext): Promise<void> {
    const key = keyFor(artifact)
    const allowance = new Allowance(context.limits)
    const tree = await this.tree(key)
    if (tree !== undefined && artifact.archive?.none === undefined) return copyTree(tree.content, to, { allowance, mayLink: false })
    const plain = join(this.folder, 'plain', key)
    const found = tree === undefined ? await statOf(plain) : undefined
    if (tree === undefined && found === undefined) throw notFound(key)
    if (found?.isDirectory() === true) return copyTree(plain, to, { allowance, mayLink: false })
    const download = join(dirname(to), `.load-${randomUUID()}`)
    if (tree === undefined) await copyTree(plain, download, { allowance, mayLink: false })
    else await writeBounded(packed(tree.content, tree.packing, tree.name), download, allowance)
    await unpackTo(download, to, { archive: artifact.archive, allowance })
  }

  async save({ artifact, from, mayLink = false }: ArtifactSave, context: ArtifactContext): Promise<Artifact> {
    const key = keyFor(artifact)
    const packing = packingOf(artifact.archive)
    const allowance = new Allowance(context.limits)
    const incoming = join(this.folder, 'incoming')
    await mkdir(incoming, { recursive: true, mode: 0o700 })
    const staging = await mkdtemp(join(incoming, 'save-'))
    try {
      const content = join(staging, contentName)
      await copyTree(from, content, { allowance, mayLink })
      if (packing.kind === 'none') await this.publish(content, join(this.folder, 'plain', key))
      else {
        await writeFile(join(staging, noteName), JSON.stringify({ name: from.slice(from.lastIndexOf('/') + 1), packing }))
        await this.publish(staging, join(this.folder, 'trees', key))
      }
    } finally {
      await rm(staging, { recursive: true, force: true })
    }
    return artifact
  }

  async open(artifact: Artifact): Promise<OpenedArtifact> {
    const key = keyFor(artifact)
    const tree = await this.tree(key)
    if (tree !== undefined) return { stream: packed(tree.content, tree.packing, tree.name) }
    const path = join(this.folder, 'plain', key)
    const found = await statOf(path)
    if (found === undefined) throw notFound(key)
    if (found.isDirectory()) return { stream: packed(path, packingOf(undefined), basename(key)), isFolder: true }
    return { bytes: found.size, stream: createReadStream(path) }
  }

  async remove(artifact: Artifact): Promise<void> {
    const key = keyFor(artifact)
    for (const area of ['plain', 'trees']) await rm(join(this.folder, area, key), { recursive: true, force: true })
  }

  async list(artifact: Artifact): Promise<readonly ArtifactEntry[]> {
    const key = normalName((keyOf(artifact) ?? '').replace(/^\/+/, ''))
    const entries: ArtifactEntry[] = []
    await this.collect('plain', key, entries)
    await this.collect('trees', key, entries)
    return entries.sort((a, b) => (a.key < b.key ? -1 : 1))
  }

  async isDirectory(artifact: Artifact): Promise<boolean> {
    const key = keyFor(artifact)
    if ((await this.tree(key)) !== undefined) return false
    const found = await statOf(join(this.folder, 'plain', key))
    if (found === undefined) throw notFound(key)
    return found.isDirectory()
  }

  /** One step that makes new content visible; what was there under the key before goes first. */
  private async publish(from: string, to: string): Promise<void> {
    await mkdir(dirname(to), { recursive: true, mode: 0o700 })
    await rm(to, { recursive: true, force: true })
    await rename(from, to)
  }

  private async tree(key: string): Promise<Tree | undefined> {
    const folder = join(this.folder, 'trees', key)
    const note = await readFile(join(folder, noteName), 'utf8').catch(() => undefined)
    if (note === undefined) return undefined
    // The note is our own file: whatever a step stored lies below `content`.
    const { name, packing } = JSON.parse(note) as { name: string; packing: Packing }
    return { content: join(folder, contentName), name, packing }
  }

  private async collect(area: 'plain' | 'trees', key: string, entries: ArtifactEntry[]): Promise<void> {
    const root = join(this.folder, area)
    const todo = [join(root, key)]
    for (let path = todo.pop(); path !== undefined; path = todo.pop()) {
      const found = await lstat(path).catch(() => undefined)
      if (found === undefined || found.isSymbolicLink()) continue
      const isTree = area === 'trees' && (await statOf(join(path, noteName))) !== undefined
      if (found.isDirectory() && !isTree) todo.push(...(await readdir(path)).map((name) => join(path ?? '', name)))
      else entries.push({ key: relative(root, path), bytes: isTree ? 0 : found.size })
    }
  }
}

function keyFor(artifact: Artifact): string {
  const key = normalName((keyOf(artifact) ?? '').replace(/^\/+/, ''))
  if (key === '') throw new ArtifactRefusal('artifact_invalid', `artifact "${artifact.name}" has no key`)
  return key
}

function notFound(key: string): ArtifactRefusal {
  return new ArtifactRefusal('artifact_not_found', `no artifact is stored under "${key}"`)
}

function statOf(path: string): Promise<Stats | undefined> {
  return stat(path).catch(() => undefined)
}
