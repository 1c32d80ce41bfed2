// Owns what the host has mounted where, so that private views show the same folders as the host does.
import { readFileSync, statSync } from 'node:fs'

export interface HostMount {
  readonly target: string
  readonly isFolder: boolean
}

/** Kernel file systems: bound into a view as they are. */
export const kernelFolders: readonly string[] = ['/proc', '/sys', '/dev']

/** Folders that every step finds empty, as in a fresh container. */
export const freshFolders: readonly string[] = ['/tmp', '/var/tmp']

/** Mount points below `/` that hold ordinary files, parents first. Empty where the system does not tell. */
export function hostMounts(): readonly HostMount[] {
  let text: string
  try {
    text = readFileSync('/proc/self/mountinfo', 'latin1')
  } catch {
    return []
  }
  const targets = new Set<string>()
  for (const line of text.split('\n')) {
    const target = line.split(' ')[4]
    if (target !== undefined && target !== '/') targets.add(Buffer.from(unescape(target), 'latin1').toString('utf8'))
  }
  return [...targets]
    .filter((target) => !kernelFolders.some((folder) => isWithin(target, folder)))
    .sort()
    .flatMap((target) => {
      const found = statSync(target, { throwIfNoEntry: false })
      return found === undefined ? [] : [{ target, isFolder: found.isDirectory() }]
    })
}

/** Whether a path is the folder itself or lies in it. Both are absolute and normal. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || folder === '/' || path.startsWith(`${folder}/`)
}

function unescape(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))
}
