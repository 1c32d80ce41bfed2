// Owns which files an argument stands for: one file, standard input, or the manifests of a folder.
import { lstat, readFile, readdir } from 'node:fs/promises'
import { extname, join } from 'node:path'
import type { Streams } from '../flags/index.ts'
import { Mistake } from './failure.ts'
import { readInput, reasonOf } from './manifests.ts'

export interface Source { readonly path: string; readonly text: string }

const EXTENSIONS: ReadonlySet<string> = new Set(['.yaml', '.yml', '.json'])
const FILES_MAX = 100_000

/** A folder stands for the manifest files in it and below, in the order of their names. */
export async function* sourcesOf(root: string, streams: Streams): AsyncGenerator<Source> {
  if (root === '-') return yield { path: 'stdin', text: await readInput(streams) }
  const pending = [root]
  for (let path = pending.pop(), count = 0; path !== undefined && count < FILES_MAX; path = pending.pop(), count++) {
    const info = await lstat(path).catch((error: unknown) => {
      throw new Mistake(`lstat ${path ?? ''}: ${reasonOf(error)}`)
    })
    if (info.isDirectory()) pending.push(...(await readdir(path)).toSorted().toReversed().map((name) => join(path ?? '', name)))
    else if (EXTENSIONS.has(extname(path)) || path.startsWith('/dev/')) yield { path, text: await readFile(path, 'utf8') }
  }
}
