// Owns reading manifests as the reference's commands do: files, standard input and addresses, and what they say of what cannot be used.
import { readFile } from 'node:fs/promises'
import { quoteText } from '../flags/index.ts'
import { type Json, type ManifestKind, type Manifest, formatPath, goView, isObject, readManifests, schemaOfKind, type UnreadableDocument } from '@tiphys/core/spec'
import type { Streams } from '../flags/index.ts'
import { readSource } from '../local/input.ts'
import { Mistake } from './failure.ts'
import type { Entry } from './go-log.ts'
import { exchange } from './transport.ts'

/** The text of each source, in their order. */
export async function readSources(sources: readonly string[], streams: Streams): Promise<readonly string[]> {
  if (sources.length === 1 && sources[0] === '-') return [await readInput(streams)]
  return Promise.all(sources.map((source) => readGiven(source)))
}

export async function readInput(streams: Streams): Promise<string> {
  if (streams.stdin !== undefined) return streams.stdin()
  const text = await readSource('-')
  if (!text.ok) throw new Mistake(text.message)
  return text.text
}

/** The text of a file or of an address. */
export async function readGiven(source: string): Promise<string> {
  if (/^https?:\/\//.test(source)) return readAddress(source)
  try {
    return await readFile(source, 'utf8')
  } catch (error) {
    // A folder can be opened, and then not be read.
    throw new Mistake(`${(error as NodeJS.ErrnoException).code === 'EISDIR' ? 'read' : 'open'} ${source}: ${reasonOf(error)}`)
  }
}

const REASONS: Readonly<Record<string, string>> = { ENOENT: 'no such file or directory', EACCES: 'permission denied', EISDIR: 'is a directory', ENOTDIR: 'not a directory' }

export function reasonOf(error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException
  return REASONS[code] ?? message
}

async function readAddress(url: string): Promise<string> {
  const { origin, pathname, search } = new URL(url)
  const { body } = await exchange({ url: origin, headers: {}, tls: {}, timeoutMs: 0, signal: undefined }, 'GET', { path: pathname + search })
  return body.toString('utf8')
}

export interface ReadOptions {
  readonly strict: boolean
  readonly tell: (entry: Entry) => void
}

/** The objects of one kind in a text; others are named and passed over. `onStrict` makes the failure for shapes that are refused. */
export function objectsOfKind<K extends ManifestKind>(text: string, kind: K, options: ReadOptions & { readonly refuse: (message: string) => Error }): readonly Extract<Manifest, { kind: K }>[] {
  const file = readManifests(text)
  for (const unreadable of file.unreadable) options.tell(unreadableEntry(unreadable))
  const found: Extract<Manifest, { kind: K }>[] = []
  for (const manifest of file.manifests) {
    if (manifest.kind !== kind) {
      const name = nameOf(manifest)
      options.tell({ level: 'WARN', message: `Object is not of kind ${kind}. Ignoring...`, fields: { name }, own: `passed over ${name === '' ? 'an object' : JSON.stringify(name)}: it is no ${kind}` })
      continue
    }
    const problem = shapeProblem(manifest, options.strict)
    if (problem !== undefined) throw options.refuse(problem)
    found.push(manifest as Extract<Manifest, { kind: K }>)
  }
  return found
}

function nameOf({ document }: Manifest): string {
  const metadata = isObject(document.value) ? document.value['metadata'] : undefined
  return isObject(metadata) && typeof metadata['name'] === 'string' ? metadata['name'] : ''
}

/** What a reader of the reference says of the shape; undefined when it takes it. */
export function shapeProblem({ problems }: Manifest, strict: boolean): string | undefined {
  const refused = problems.find(({ severity }) => severity === 'refused')
  if (refused !== undefined) return `${formatPath(refused.path)}: ${refused.message}`
  const unknown = strict ? problems.filter(({ severity }) => severity === 'strict') : []
  return unknown.length === 0 ? undefined : `strict decoding error: ${unknown.map(({ path }) => `unknown field ${quoteText(formatPath(path))}`).join(', ')}`
}

/** How the reference logs a document that is no object of Kubernetes. */
export function unreadableEntry({ document, problem }: UnreadableDocument): Entry {
  const why = problem.code === 'kind_missing' || problem.code === 'not_an_object'
    ? `error unmarshaling JSON: while decoding JSON: Object 'Kind' is missing in '${JSON.stringify(document.value)}'`
    : yamlFailure(problem)
  return { level: 'ERROR', message: 'yaml file is not valid', fields: { error: why, index: document.index }, own: `document ${document.index + 1} is no manifest: line ${problem.line}: ${problem.message}` }
}

/** What the reference says of YAML that cannot be read. */
export function yamlFailure({ line, message }: { readonly line: number; readonly message: string }): string {
  return `error converting YAML to JSON: yaml: ${yamlPlace(line, message)}${message}`
}

/** The reference's parser counts lines from 0, its scanner from 1, and neither tells line 0. */
function yamlPlace(line: number, message: string): string {
  const shown = /^did not find expected (?!alphabetic|hexdecimal|digit|tag|whitespace|comment)/.test(message) ? line - 1 : line
  return shown > 0 ? `line ${shown}: ` : ''
}

/** The object as the reference would send it: known fields in its order, and nothing else. */
export function sendable(kind: ManifestKind, object: object): Json {
  return goView(schemaOfKind(kind), object as unknown as Json)
}
