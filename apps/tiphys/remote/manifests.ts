// Owns reading manifests as the reference's commands do: files, standard input and addresses, and what they say of what cannot be used.
import { readFile } from 'node:fs/promises'
import { quoteText } from '../flags/index.ts'
import { typeProblem } from '@tiphys/core/api'
import {
  type Json, type ManifestKind, type Manifest, type UnreadableDocument, decode, duplicatedKeys, formatPath, goView, isObject, objectMetaSchema, readDocuments, readManifests, schemaOfKind, sortKeys,
} from '@tiphys/core/spec'
import type { Streams } from '../flags/index.ts'
import { readSource } from '../local/input.ts'
import { toJson } from '../print/index.ts'
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
  /** Whether the reference's words and verdicts are wanted. */
  readonly argo: boolean
  readonly tell: (entry: Entry) => void
}

/** The objects of one kind in a text; others are named and passed over. `refuse` makes the failure for shapes that cannot be used. */
export function objectsOfKind<K extends ManifestKind>(text: string, kind: K, options: ReadOptions & { readonly refuse: (message: string) => Error }): readonly Extract<Manifest, { kind: K }>[] {
  const whole = options.argo ? jsonOfKind(text, kind, options.strict) : undefined
  if (whole !== undefined) return [whole as Extract<Manifest, { kind: K }>]
  const file = readManifests(text)
  for (const unreadable of file.unreadable) tellUnreadable(unreadable, options.tell)
  const found: Extract<Manifest, { kind: K }>[] = []
  const passed = (name: string, shown: string): void => options.tell({ level: 'WARN', message: `Object is not of kind ${kind}. Ignoring...`, fields: { name }, own: `passed over ${shown === '' ? 'an object' : JSON.stringify(shown)}: it is no ${kind}` })
  const of = new Map(file.manifests.map((manifest) => [manifest.document.index, manifest]))
  for (const { index, value, format, problem: unread } of readDocuments(text)) {
    const manifest = of.get(index)
    // To the reference, nothing at all is an object without a kind, as is any JSON.
    if (manifest === undefined && unread === undefined && options.argo && (format === 'json' || (value ?? null) === null)) passed('', '')
    if (manifest === undefined) continue
    if (manifest.kind !== kind) {
      passed(loggedName(manifest), nameOf(manifest))
      continue
    }
    if (options.argo && isPassedOver(manifest, options.strict)) continue
    const problem = shapeProblem(manifest, options)
    if (problem !== undefined) throw options.refuse(problem)
    found.push(manifest as Extract<Manifest, { kind: K }>)
  }
  return found
}

/** The reference takes any JSON that fits for an object of the kind it wants, whatever kind it names. */
function jsonOfKind(text: string, kind: ManifestKind, strict: boolean): object | undefined {
  const [document] = readDocuments(text)
  const value = document?.format === 'json' ? (document.value ?? null) : undefined
  if (value === undefined || (value !== null && !isObject(value))) return undefined
  const { value: object, problems } = decode(schemaOfKind(kind), value ?? {}, { foldCase: true })
  if (problems.some(({ severity }) => severity === 'refused' || (strict && severity === 'strict'))) return undefined
  return { kind, object, document, problems: [] }
}

/** A YAML document with a key that stands twice cannot be read strictly, and is then passed over without a word. */
export function isPassedOver({ document }: Manifest, strict: boolean): boolean {
  return strict && document.format !== 'json' && duplicatedKeys(document).length > 0
}

function nameOf({ document }: Manifest): string {
  const metadata = isObject(document.value) ? document.value['metadata'] : undefined
  return isObject(metadata) && typeof metadata['name'] === 'string' ? metadata['name'] : ''
}

/** Of kinds that are not its own the reference knows no metadata. */
function loggedName(manifest: Manifest): string {
  if (manifest.kind !== 'other') return nameOf(manifest)
  const { value } = manifest.document
  return isObject(value) && typeof value['name'] === 'string' ? value['name'] : ''
}

/** What a reader of the reference says of the shape; undefined when it takes it. */
export function shapeProblem(manifest: Manifest, { strict, argo }: { readonly strict: boolean; readonly argo: boolean }): string | undefined {
  const problems = argo ? sortedProblems(manifest) : manifest.problems
  const refused = problems.find(({ severity }) => severity === 'refused')
  if (refused !== undefined) return (argo ? goTypeProblem(manifest) : undefined) ?? `${formatPath(refused.path)}: ${refused.message}`
  const unknown = strict ? problems.filter(({ severity }) => severity === 'strict') : []
  return unknown.length === 0 ? undefined : `strict decoding error: ${unknown.map(({ path }) => `unknown field ${quoteText(formatPath(path))}`).join(', ')}`
}

/** The reference turns YAML into JSON first, with the keys in order, and finds what is wrong in that order. */
function sortedProblems({ kind, document, problems }: Manifest): Manifest['problems'] {
  if (problems.length < 2 || kind === 'other' || document.format === 'json') return problems
  return decode(schemaOfKind(kind), sortKeys(document.value ?? null)).problems
}

function goTypeProblem({ kind, document }: Manifest): string | undefined {
  const value = document.value ?? null
  return typeProblem(kind === 'other' ? objectMetaSchema : schemaOfKind(kind), document.format === 'json' ? value : sortKeys(value), kind === 'other' ? 'v1.ObjectMeta' : `v1alpha1.${kind}`)
}

/** Logs a document that is no object of Kubernetes. */
export function tellUnreadable(unreadable: UnreadableDocument, tell: (entry: Entry) => void): void {
  const entry = unreadableEntry(unreadable)
  if (entry !== undefined) tell(entry)
}

/** How the reference logs a document that is no object of Kubernetes; undefined where it says nothing: of nothing, and of JSON. */
function unreadableEntry({ document, problem }: UnreadableDocument): Entry | undefined {
  const { value, format, index, source } = document
  const read = problem.code === 'kind_missing' || problem.code === 'not_an_object'
  if (read && (format === 'json' || value === null || value === undefined)) return undefined
  const why = read ? `error unmarshaling JSON: while decoding JSON: ${kindMissing(value ?? null)}` : yamlFailure(problem, source.text)
  return { level: 'ERROR', message: 'yaml file is not valid', fields: { error: why, index }, own: `document ${index + 1} is no manifest: line ${problem.line}: ${problem.message}` }
}

function kindMissing(value: Json): string {
  return isObject(value) ? `Object 'Kind' is missing in '${toJson(sortKeys(value), 0)}'` : misfit(value, 'map[string]interface {}')
}

/** What Go says of a value that is no object where one is wanted. */
export function misfit(value: Json, type: string): string {
  const found = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value
  return `json: cannot unmarshal ${found} into Go value of type ${type}`
}

/** Where ours says more than the parser of the reference. */
const YAML_WORDS: ReadonlyArray<readonly [RegExp, string]> = [
  [/^found (a tab where .*|the character ".*", which cannot start a value)$/, 'found character that cannot start any token'],
  [/^unknown anchor "(.*)" referenced$/, "unknown anchor '$1' referenced"],
  [/^found a quoted text without its closing quote$/, 'found unexpected end of stream'],
  [/^did not find a name after .*/, 'did not find expected alphabetic or numeric character'],
  [/^did not find expected content$/, 'did not find expected node content'],
]

/** What the reference says of YAML that cannot be read; `text` is all of it, where it is known. */
export function yamlFailure({ line, column, message: own }: { readonly line: number; readonly column: number; readonly message: string }, text = ''): string {
  const [pattern, words] = YAML_WORDS.find(([known]) => known.test(own)) ?? []
  const message = pattern === undefined ? own : own.replace(pattern, words ?? own)
  // The end of a text stands on a line of its own, even if no break is before it.
  const lines = text.split('\n')
  const atEnd = line === lines.length && column > 1 && column > (lines.at(-1)?.length ?? 0)
  return `error converting YAML to JSON: yaml: ${yamlPlace(line + (atEnd ? 1 : 0), message)}${message}`
}

/** The reference's parser counts lines from 0, its scanner from 1, and neither tells the first. */
function yamlPlace(line: number, message: string): string {
  const isParser = /^did not find expected (?!alphabetic|hexdecimal|digit|tag|whitespace|comment)/.test(message)
  return line > 1 ? `line ${isParser ? line - 1 : line}: ` : ''
}

/** The object as the reference would send it: known fields in its order, and nothing else. */
export function sendable(kind: ManifestKind, object: object): Json {
  return goView(schemaOfKind(kind), object as unknown as Json)
}
