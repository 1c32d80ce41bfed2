// Owns what our own lint says of the reference's manifests, linted as one folder as their user would.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { lintFiles } from '@tiphys/core/lint'
import type { ExampleFile } from './catalogue.ts'

export interface LintCount {
  readonly errors: number
  readonly warnings: number
}

/** How much lint finds in each file, by its path below the folder of examples. */
export function lintCounts(folder: string, files: readonly ExampleFile[]): ReadonlyMap<string, LintCount> {
  const { findings } = lintFiles(files.map(({ file }) => ({ path: file, text: readFileSync(join(folder, 'argo/examples', file), 'utf8') })))
  const found = (path: string, wanted: 'error' | 'warning'): number => findings.filter(({ file, severity }) => file === path && severity === wanted).length
  return new Map(files.map(({ file }) => [file, { errors: found(file, 'error'), warnings: found(file, 'warning') }]))
}
