// Owns what the host offers in place of an image: a folder of commands or a root file system, as the user mapped it.
import { readFileSync, statSync } from 'node:fs'
import { isAbsolute, join, resolve } from 'node:path'

export interface ImageConfig {
  readonly entrypoint: readonly string[] | undefined
  readonly cmd: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  readonly workingDir: string | undefined
}

export type ImageStandIn = { readonly kind: 'commands' | 'rootfs'; readonly folder: string; readonly config: ImageConfig }

export interface ImageMapping {
  readonly image: string
  readonly folder: string
}

const nothing: ImageConfig = { entrypoint: undefined, cmd: [], environment: {}, workingDir: undefined }

/** Reads `IMAGE=FOLDER`. IMAGE is a reference with or without its tag, or `*` for every image. */
export function parseImageMapping(text: string): ImageMapping | { readonly problem: string } {
  const at = text.indexOf('=')
  if (at <= 0 || at === text.length - 1) return { problem: `"${text}" is not of the form IMAGE=FOLDER` }
  return { image: text.slice(0, at), folder: resolve(text.slice(at + 1)) }
}

/** Finds stand-ins; the most exact mapping wins: reference with tag, then without, then `*`. */
export class ImageMap {
  private readonly folders: ReadonlyMap<string, string>
  private readonly known = new Map<string, ImageStandIn>()

  constructor(mappings: readonly ImageMapping[]) {
    this.folders = new Map(mappings.map(({ image, folder }) => [image, folder]))
  }

  find(image: string): ImageStandIn | undefined {
    const folder = this.folders.get(image) ?? this.folders.get(withoutTag(image)) ?? this.folders.get('*')
    if (folder === undefined) return undefined
    const known = this.known.get(folder)
    if (known !== undefined) return known
    const standIn: ImageStandIn = { kind: isRootFileSystem(folder) ? 'rootfs' : 'commands', folder, config: readConfig(folder) }
    this.known.set(folder, standIn)
    return standIn
  }
}

function withoutTag(image: string): string {
  const bare = image.split('@')[0] ?? image
  const colon = bare.lastIndexOf(':')
  return colon > bare.lastIndexOf('/') ? bare.slice(0, colon) : bare
}

/** A root file system has system folders; a folder of commands has not. */
function isRootFileSystem(folder: string): boolean {
  return isFolder(join(folder, 'etc')) && (isFolder(join(folder, 'bin')) || isFolder(join(folder, 'usr')))
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}

function readConfig(folder: string): ImageConfig {
  let parsed: unknown
  try {
    parsed = JSON.parse(readFileSync(join(folder, 'entrypoint.json'), 'utf8'))
  } catch {
    return nothing
  }
  if (typeof parsed !== 'object' || parsed === null) return nothing
  const fields = new Map(Object.entries(parsed))
  const workingDir: unknown = fields.get('workingDir')
  return {
    entrypoint: textList(fields.get('entrypoint')),
    cmd: textList(fields.get('cmd')) ?? [],
    environment: textMap(fields.get('env')),
    workingDir: typeof workingDir === 'string' && isAbsolute(workingDir) ? workingDir : undefined,
  }
}

function textList(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined
}

function textMap(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null) return {}
  return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
}
