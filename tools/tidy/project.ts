// Owns what a check looks at: the project's text files and their syntax trees, read from disk or given by a test.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type Source, sourceOf } from './syntax.ts'

/** One thing that a check found. `what` says what is wrong, `mend` what to do about it. */
export type Finding = {
  readonly path: string
  readonly line: number
  readonly rule: string
  readonly what: string
  readonly mend: string
  readonly level: 'error' | 'warning'
}

/** Every file by its path from the root, with forward slashes, and the parsed sources among them; a picture's text is empty. */
export type Project = {
  readonly files: ReadonlyMap<string, string>
  readonly sources: readonly Source[]
}

const foldersSkipped = new Set(['node_modules', 'dist', 'coverage', '.git', '.tiphys'])
const sourceEnding = /\.(ts|tsx|mts|cts|js|jsx|mjs|cjs)$/
const textEnding = /\.(ts|tsx|mts|cts|js|jsx|mjs|cjs|json|jsonl|md|yaml|yml|sh|css|html|txt|tsv)$/
const textWithoutEnding = new Set(['run', 'LICENSE', 'NOTICE', 'Dockerfile', '.npmrc', '.gitignore', '.gitattributes'])
const fileBytesMax = 4 * 1024 * 1024

export function readProject(root: string): Project {
  const files: Record<string, string> = {}
  const pending = ['']
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (entry.isDirectory() && !foldersSkipped.has(entry.name)) pending.push(path)
      if (entry.isFile()) files[path] = isText(entry.name) ? readText(join(root, path)) : ''
    }
  }
  return projectOf(files)
}

export function projectOf(files: Readonly<Record<string, string>>): Project {
  const sorted = Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1))
  const sources = sorted.filter(([path]) => sourceEnding.test(path)).map(([path, text]) => sourceOf(path, text))
  return { files: new Map(sorted), sources }
}

function readText(path: string): string {
  return statSync(path).size <= fileBytesMax ? readFileSync(path, 'utf8') : ''
}

function isText(name: string): boolean {
  return textEnding.test(name) || textWithoutEnding.has(name)
}
