// Owns where control sockets lie: in a private folder of the data directory, under the name of the process that listens.
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

// Kernels cut longer paths of sockets, some without a word.
const pathBytesMax = 100

/** The path for a process's socket; in a private temporary folder where the data directory's own path is too long. */
export function controlPath(folder: string, owner: string): string {
  const path = join(folder, `${owner}.sock`)
  if (Buffer.byteLength(path) <= pathBytesMax) {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    return path
  }
  return join(mkdtempSync(join(tmpdir(), 'tiphys-')), 's')
}

/** Removes the sockets of processes that are gone. */
export function removeStaleSockets(folder: string, isGone: (owner: string) => boolean): void {
  for (const name of namesIn(folder)) {
    if (name.endsWith('.sock') && isGone(name.slice(0, -'.sock'.length))) rmSync(join(folder, name), { force: true })
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
