// Reading manifests: files, folders, standard input and URLs, with everything that is wrong told at its place.
import { readFile, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type Manifest, type PlacedProblem, placeProblem, readManifests } from '@tiphys/core/spec'
import { nodeHttpClient } from '@tiphys/shell/adapters/system'

/** A manifest with the file that it came from. */
export interface Sourced { readonly file: string; readonly manifest: Manifest }

/** What is wrong with a file, where. */
export interface Finding extends PlacedProblem { readonly file: string }

export interface Input { readonly manifests: readonly Sourced[]; readonly findings: readonly Finding[] }

const FILE_BYTES_MAX = 64 * 1024 * 1024
const MANIFEST = /\.(ya?ml|json)$/i

type Text = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly message: string }

/** Reads one source: a path, `-` for standard input, or an `http(s)` URL. */
export async function readSource(source: string): Promise<Text> {
  if (source === '-') return readStdin()
  if (/^https?:\/\//.test(source)) return readUrl(source)
  try {
    const info = await stat(source)
    if (info.isDirectory()) return { ok: false, message: `${source} is a folder: name a file, or give folders of templates with --with` }
    if (info.size > FILE_BYTES_MAX) return { ok: false, message: `${source} is larger than ${FILE_BYTES_MAX / 1024 / 1024} MB` }
    return { ok: true, text: await readFile(source, 'utf8') }
  } catch (error) {
    return { ok: false, message: reasonOf(source, error) }
  }
}

function reasonOf(source: string, error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'ENOENT') return `${source} does not exist`
  if (code === 'EACCES') return `${source} cannot be read: permission denied`
  return `${source} cannot be read: ${error instanceof Error ? error.message : String(error)}`
}

async function readStdin(): Promise<Text> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > FILE_BYTES_MAX) return { ok: false, message: `standard input is larger than ${FILE_BYTES_MAX / 1024 / 1024} MB` }
    chunks.push(chunk)
  }
  return { ok: true, text: Buffer.concat(chunks).toString('utf8') }
}

async function readUrl(url: string): Promise<Text> {
  const outcome = await nodeHttpClient.send({ method: 'GET', url, headers: [], body: undefined, timeoutMs: 30_000, insecure: false })
  if (!outcome.ok) return outcome
  const { status, body } = outcome.response
  return status >= 200 && status < 300 ? { ok: true, text: body } : { ok: false, message: `${url} answered ${status}` }
}

/** Reads all manifests of one file, of standard input or of a URL. */
export async function readOne(source: string): Promise<Input> {
  const text = await readSource(source)
  if (!text.ok) return { manifests: [], findings: [{ file: source, code: 'unreadable', message: text.message, line: 0, column: 0 }] }
  const read = readManifests(text.text)
  return {
    manifests: read.manifests.map((manifest) => ({ file: source, manifest })),
    findings: read.unreadable.map(({ problem }) => ({ file: source, ...problem })),
  }
}

/** What other programs keep beside manifests is no mistake. */
const NO_MANIFEST: ReadonlySet<string> = new Set(['not_an_object', 'kind_missing'])

/** Reads all manifests of some sources. A folder stands for the manifest files in it and below. */
export async function readInput(sources: readonly string[]): Promise<Input> {
  const manifests: Sourced[] = []
  const findings: Finding[] = []
  for (const source of sources) {
    for (const file of await manifestFiles(source)) {
      const read = await readOne(file)
      manifests.push(...read.manifests)
      findings.push(...read.findings.filter(({ code }) => file === source || !NO_MANIFEST.has(code)))
    }
  }
  return { manifests, findings }
}

/** The manifest files that a path, `-` or a URL stands for, in the order of their names. */
export async function manifestFiles(source: string): Promise<readonly string[]> {
  if (source === '-' || /^https?:\/\//.test(source)) return [source]
  const info = await stat(source).catch(() => undefined)
  if (info?.isDirectory() !== true) return [source]
  const names = await readdir(source, { recursive: true })
  return names.filter((name) => MANIFEST.test(name) && !/(^|\/)(node_modules|\.[^/]+)\//.test(name)).sort().map((name) => join(source, name))
}

/** The shape problems of a manifest that forbid using it. */
export function refusals({ file, manifest }: Sourced): Finding[] {
  return manifest.problems.filter((problem) => problem.severity !== 'ignored').map((problem) => ({ file, ...placeProblem(manifest.document, problem) }))
}

const TOLD_MAX = 20

/** Findings for people, as far as anybody reads them. */
export function findingsText(findings: readonly Finding[]): string {
  const more = findings.length > TOLD_MAX ? `and ${findings.length - TOLD_MAX} more\n` : ''
  return findings.slice(0, TOLD_MAX).map((finding) => `${findingText(finding)}\n`).join('') + more
}

/** `file:line:column: message` with its hint, one finding after the other. */
function findingText(finding: Finding): string {
  const whole = finding.code === 'refused' ? `${finding.file}: ` : ''
  const place = finding.line > 0 ? `${finding.file}:${finding.line}:${finding.column}: ` : whole
  const path = finding.path === undefined || finding.path === '' ? '' : ` (${finding.path})`
  const hint = finding.hint === undefined ? '' : `\n  hint: ${finding.hint}`
  return `${place}${finding.message}${path}${hint}`
}
