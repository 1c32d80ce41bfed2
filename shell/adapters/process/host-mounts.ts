// Owns what the host has mounted where, so that private views show the same folders as the host does.
import { readFileSync, statSync } from 'node:fs'

export interface HostMount {
  readonly target: string
  readonly isFolder: boolean
  /** Whether changes can be laid over it; else it is shared with the host, read-only. */
  readonly canLayer: boolean
}

/** Kernel file systems: bound into a view as they are. */
export const kernelFolders: readonly string[] = ['/proc', '/sys', '/dev']

/** Folders that every step finds empty, as in a fresh container. */
export const freshFolders: readonly string[] = ['/tmp']

/** Mounts that no step needs, and of which some hosts have hundreds. */
const ignoredFolders: readonly string[] = [
  '/boot', '/run/credentials', '/run/containerd', '/run/docker', '/run/lock', '/run/netns', '/run/snapd', '/run/user',
  '/var/lib/containerd', '/var/lib/containers', '/var/lib/docker', '/var/lib/kubelet', '/var/lib/lxcfs', '/var/snap',
]

/** Overlays refuse some file systems (those that ignore case, for one) and gain nothing from read-only ones. */
const layeredTypes: ReadonlySet<string> = new Set(['bcachefs', 'btrfs', 'ext2', 'ext3', 'ext4', 'f2fs', 'overlay', 'tmpfs', 'xfs', 'zfs'])

const keepMs = 5000
let kept: { readonly at: number; readonly mounts: readonly HostMount[] } | undefined

/** Mount points below `/` that hold ordinary files, parents first. Empty where the system does not tell. Remembered for a moment. */
export function hostMounts(): readonly HostMount[] {
  const now = performance.now()
  if (kept === undefined || now - kept.at > keepMs) kept = { at: now, mounts: readMounts() }
  return kept.mounts
}

function readMounts(): readonly HostMount[] {
  let text: string
  try {
    text = readFileSync('/proc/self/mountinfo', 'latin1')
  } catch {
    return []
  }
  const found = new Map<string, HostMount>()
  for (const line of text.split('\n')) {
    const mount = parseMount(line)
    // Of mounts on one point the last is the one that is seen.
    if (mount !== undefined) found.set(mount.target, mount)
  }
  return [...found.values()].sort((a, b) => (a.target < b.target ? -1 : 1))
}

function parseMount(line: string): HostMount | undefined {
  const [fields = '', rest = ''] = line.split(' - ')
  const [, , , , point, options] = fields.split(' ')
  const [type = ''] = rest.split(' ')
  if (point === undefined || point === '/') return undefined
  const target = Buffer.from(unescape(point), 'latin1').toString('utf8')
  if ([...kernelFolders, ...ignoredFolders].some((folder) => isWithin(target, folder))) return undefined
  const isReadOnly = options?.split(',').includes('ro') === true
  const isFolder = statSync(target, { throwIfNoEntry: false })?.isDirectory()
  return isFolder === undefined ? undefined : { target, isFolder, canLayer: isFolder && !isReadOnly && layeredTypes.has(type) }
}

/** Whether a path is the folder itself or lies in it. Both are absolute and normal. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || folder === '/' || path.startsWith(`${folder}/`)
}

function unescape(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))
}
