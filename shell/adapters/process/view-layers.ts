// Owns how the host's own folders become the layers of a private view.
import { chmodSync, lstatSync, mkdirSync, readdirSync, readlinkSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { freshFolders, hostMounts, isWithin, kernelFolders, type HostMount } from './host-mounts.ts'
import type { ViewPlan } from './private-view.ts'
import type { ViewBind, ViewLayer } from './view-layout.ts'

export interface HostLayers {
  readonly layers: ViewLayer[]
  /** What cannot be layered and is shared with the host. */
  readonly shared: ViewBind[]
}

/** A folder with more entries is not taken apart to get round a mount inside it. */
const entriesMax = 256

/** Folders without which no program runs; where nothing can be overlaid, all others are left empty. */
const programFolders: readonly string[] = ['/bin', '/etc', '/home', '/lib', '/lib32', '/lib64', '/libx32', '/nix', '/opt', '/root', '/sbin', '/usr', '/var']

export function hostLayers(plan: ViewPlan, root: string): HostLayers {
  const mounts = hostMounts().filter(({ target }) => !isCovered(plan, target))
  const built: HostLayers = { layers: [], shared: kernelBinds() }
  if (plan.tools.kind === 'overlay') overlayRoot(plan, mounts, built)
  else assembleRoot(plan, { mounts, root, built })
  return built
}

export function kernelBinds(): ViewBind[] {
  return kernelFolders.map((path) => ({ target: path, source: path, readOnly: false, recursive: true, foreign: true }))
}

/** Nothing below these comes from the host. */
function isCovered(plan: ViewPlan, path: string): boolean {
  return [...freshFolders, ...plan.hidden].some((folder) => isWithin(path, folder))
}

/** One overlay over the whole root, and one over each file system that is mounted below it: an overlay does not cross mounts. */
function overlayRoot(plan: ViewPlan, mounts: readonly HostMount[], built: HostLayers): void {
  addLayer(plan, built, '/')
  const shared: string[] = []
  for (const { target, canLayer } of mounts) {
    // What lies in a folder that is shared already came along with it.
    if (shared.some((folder) => isWithin(target, folder))) continue
    if (canLayer) addLayer(plan, built, target)
    else {
      const folder = sharedRoot(target, mounts)
      shared.push(folder)
      built.shared.push({ target: folder, source: folder, readOnly: true, recursive: true, foreign: true })
    }
  }
}

/** A folder full of mounts that cannot be layered (packages, for example) is shared as a whole: one mount instead of dozens. */
function sharedRoot(target: string, mounts: readonly HostMount[]): string {
  const top = `/${target.split('/')[1] ?? ''}`
  const inside = mounts.filter((mount) => isWithin(mount.target, top))
  return inside.length > 1 && inside.every(({ canLayer }) => !canLayer) ? top : target
}

function addLayer(plan: ViewPlan, built: HostLayers, target: string): void {
  const upper = join(plan.folder, `upper${built.layers.length}`)
  mkdirSync(upper)
  const covered = statSync(target)
  chmodSync(upper, covered.mode & 0o7777)
  built.layers.push({ target, upper, lower: target })
}

interface Assembly {
  readonly mounts: readonly HostMount[]
  readonly root: string
  readonly built: HostLayers
}

/**
 * Without real root the kernel refuses to overlay a folder that has mounts inside. The new root is an ordinary folder; each of the host's folders is
 * overlaid alone, and those with mounts inside are taken apart first.
 */
function assembleRoot(plan: ViewPlan, assembly: Assembly): void {
  const { built, root } = assembly
  built.layers.push({ target: '/', upper: root, lower: undefined })
  const todo = readdirSync('/').map((name) => `/${name}`)
  while (todo.length > 0) {
    const path = todo.pop() ?? '/'
    const found = lstatSync(path, { throwIfNoEntry: false })
    if (found === undefined || kernelFolders.includes(path)) continue
    if (found.isSymbolicLink()) symlinkSync(readlinkSync(path), join(root, path))
    else if (found.isDirectory() && !isUnwanted(plan, path)) todo.push(...placeFolder(plan, assembly, path))
  }
}

function isUnwanted(plan: ViewPlan, path: string): boolean {
  if (plan.tools.kind !== 'bubblewrap') return isCovered(plan, path)
  return isCovered(plan, path) || !programFolders.some((folder) => isWithin(path, folder))
}

/** Layers a folder, or gives the entries that are to be placed one by one. */
function placeFolder(plan: ViewPlan, { mounts, root, built }: Assembly, path: string): readonly string[] {
  mkdirSync(join(root, path), { recursive: true })
  const inside = mounts.filter(({ target }) => target !== path && isWithin(target, path))
  const own = mounts.find(({ target }) => target === path)
  if (inside.length === 0 && own?.canLayer !== false) {
    addLayer(plan, built, path)
    return []
  }
  const entries = readdirSync(path, { withFileTypes: true })
  const hasFiles = entries.some((entry) => !entry.isDirectory() && !entry.isSymbolicLink())
  if (!hasFiles && entries.length <= entriesMax) return entries.map((entry) => join(path, entry.name))
  built.shared.push({ target: path, source: path, readOnly: true, recursive: true, foreign: true })
  return []
}
