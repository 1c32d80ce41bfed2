// Owns the plan of one container's private view: which folders are laid over which, and where a path of the view lies on the host.
import { chmodSync, chownSync, lstatSync, mkdirSync, readlinkSync, type Stats } from 'node:fs'
import { dirname, join } from 'node:path'
import { isWithin } from './host-mounts.ts'

/** Folders under `target` show `lower`, and every change goes to `upper`. Without `lower`, `upper` is all there is. */
export interface ViewLayer {
  readonly target: string
  readonly upper: string
  readonly lower: string | undefined
}

/** A host folder or file that appears in the view as itself. */
export interface ViewBind {
  readonly target: string
  readonly source: string
  readonly readOnly: boolean
  /** With everything mounted below it. */
  readonly recursive: boolean
  /** Shared with the host: what lies there is nobody's output. */
  readonly foreign: boolean
}

export interface ViewLayout {
  readonly layers: readonly ViewLayer[]
  /** In mount order; a later one hides an earlier one. */
  readonly binds: ViewBind[]
  /** Whether files that the step did not make count as its outputs: so for images, not for the host itself. */
  readonly lowerIsOutput: boolean
}

/** Where a path of the view really lies. */
export interface ViewPlace {
  /** The path in the view with all links followed. */
  readonly path: string
  /** On the host, when it exists there and belongs to the view alone, to a volume, or to the image. */
  readonly host: string | undefined
}

const linksMax = 40

/** Follows a path of the view link by link without ever leaving the view, as a process inside would. */
export function placeOf(layout: ViewLayout, path: string): ViewPlace {
  const todo = path.split('/').reverse()
  let done: string[] = []
  let links = 0
  while (todo.length > 0) {
    const part = todo.pop()
    if (part === undefined || part === '' || part === '.') continue
    if (part === '..') {
      done.pop()
      continue
    }
    const link = linkAt(layout, `/${[...done, part].join('/')}`)
    if (link === undefined) {
      done.push(part)
      continue
    }
    if (++links > linksMax) return { path: `/${[...done, part, ...todo.reverse()].join('/')}`, host: undefined }
    if (link.startsWith('/')) done = []
    todo.push(...link.split('/').reverse())
  }
  const real = `/${done.join('/')}`
  return { path: real, host: hostOf(layout, real) }
}

/** Where a file of the view is to be put so that the step finds it there. Makes the folders above it. */
export function makeRoom(layout: ViewLayout, path: string): { readonly host: string; readonly path: string } {
  const real = placeOf(layout, path).path
  const bind = bindOf(layout, real)
  if (bind !== undefined) {
    const host = join(bind.source, real.slice(bind.target.length))
    mkdirSync(dirname(host), { recursive: true })
    return { host, path: real }
  }
  const layer = layerOf(layout, real)
  makeUpperFolder(layer, dirname(real))
  return { host: upperPath(layer, real), path: real }
}

/** Makes a folder of the view, as the target of a mount or as a working directory. */
export function makeFolder(layout: ViewLayout, path: string): string {
  const real = placeOf(layout, path).path
  const bind = bindOf(layout, real)
  if (bind !== undefined) mkdirSync(join(bind.source, real.slice(bind.target.length)), { recursive: true })
  else makeUpperFolder(layerOf(layout, real), real)
  return real
}

function linkAt(layout: ViewLayout, path: string): string | undefined {
  const bind = bindOf(layout, path)
  if (bind !== undefined) return bind.target === path ? undefined : readLink(join(bind.source, path.slice(bind.target.length)))
  const layer = layerOf(layout, path)
  if (stateOf(upperPath(layer, path)) !== undefined) return readLink(upperPath(layer, path))
  return layer.lower === undefined ? undefined : readLink(lowerPath(layer, layer.lower, path))
}

function hostOf(layout: ViewLayout, path: string): string | undefined {
  const bind = bindOf(layout, path)
  if (bind !== undefined) return bind.foreign && !layout.lowerIsOutput ? undefined : existing(join(bind.source, path.slice(bind.target.length)))
  const layer = layerOf(layout, path)
  const upper = stateOf(upperPath(layer, path))
  // A character device without numbers is how an overlay says that the file was deleted.
  if (upper !== undefined) return upper.isCharacterDevice() && upper.rdev === 0 ? undefined : upperPath(layer, path)
  return layout.lowerIsOutput && layer.lower !== undefined ? existing(lowerPath(layer, layer.lower, path)) : undefined
}

/** The host's own file for a path that no bind covers, changed or not. For finding programs, not for outputs. */
export function visibleOf(layout: ViewLayout, path: string): string | undefined {
  return hostOf({ ...layout, lowerIsOutput: true }, placeOf(layout, path).path)
}

function bindOf(layout: ViewLayout, path: string): ViewBind | undefined {
  return layout.binds.findLast((bind) => isWithin(path, bind.target))
}

function layerOf(layout: ViewLayout, path: string): ViewLayer {
  let best: ViewLayer | undefined
  for (const layer of layout.layers) {
    if (isWithin(path, layer.target) && (best === undefined || layer.target.length > best.target.length)) best = layer
  }
  if (best === undefined) throw new Error('a view has a layer at /')
  return best
}

function below(layer: ViewLayer, path: string): string {
  return layer.target === '/' ? path : path.slice(layer.target.length)
}

function upperPath(layer: ViewLayer, path: string): string {
  return join(layer.upper, below(layer, path))
}

function lowerPath(layer: ViewLayer, lower: string, path: string): string {
  return join(lower, below(layer, path))
}

/** Folders in the upper layer take mode and owner of what they cover: they would otherwise change it in the view. */
function makeUpperFolder(layer: ViewLayer, path: string): void {
  const parts = below(layer, path).split('/').filter((part) => part !== '')
  let at = layer.target === '/' ? '' : layer.target
  for (const part of parts) {
    at = `${at}/${part}`
    const upper = upperPath(layer, at)
    if (stateOf(upper) !== undefined) continue
    mkdirSync(upper, { mode: 0o755 })
    const covered = layer.lower === undefined ? undefined : stateOf(lowerPath(layer, layer.lower, at))
    if (covered?.isDirectory() === true) copyOwnership(upper, covered)
  }
}

export function copyOwnership(path: string, from: Stats): void {
  chmodSync(path, from.mode & 0o7777)
  if (process.getuid?.() === 0) chownSync(path, from.uid, from.gid)
}

function stateOf(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false })
  } catch {
    // A file where a folder is expected, or one that may not be searched: as good as absent.
    return undefined
  }
}

function existing(path: string): string | undefined {
  return stateOf(path) === undefined ? undefined : path
}

/** Asked for its kind first: reading what is no link throws, which costs more than all the rest. */
function readLink(path: string): string | undefined {
  return stateOf(path)?.isSymbolicLink() === true ? readlinkSync(path) : undefined
}
