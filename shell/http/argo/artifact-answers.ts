// Owns how artifacts are shown: as files that may do nothing in a browser, and as lists of what a folder has.
import type { Artifact } from '@tiphys/core/spec'
import { locationKey } from '@tiphys/core/spec'
import type { ArtifactContext, ArtifactEntry, ArtifactProblem, ArtifactStore } from '@tiphys/shell/ports'
import { type RawAnswer, plainError } from './answer.ts'
import { mediaTypeOf } from './media-types.ts'

/** What steps have written is shown in a sandbox: no scripts, no frames of strangers. */
const SAFE = {
  'Content-Security-Policy': "sandbox allow-same-origin; base-uri 'none'; default-src 'none'; img-src 'self'; style-src 'self' 'unsafe-inline'",
  'X-Frame-Options': 'SAMEORIGIN',
}

export const BAD_REQUEST = plainError(400, 'Bad Request')
export const NOT_FOUND = plainError(404, 'Not Found')

export interface Place {
  readonly store: ArtifactStore
  readonly artifact: Artifact
  readonly context: ArtifactContext
  /** Whether a folder may be answered as one archive. */
  readonly mayPack?: boolean
}

export async function fileAnswer({ store, artifact, context, mayPack }: Place): Promise<RawAnswer> {
  const opened = await store.open(artifact, context)
  if (!opened.ok) return problemAnswer(opened.problem)
  // The reference hands out no folders: only who asks for a packed one gets it.
  if (opened.value.isFolder === true && mayPack !== true) return problemAnswer({ code: 'artifact_unsupported', message: '' })
  const name = `${baseOf(locationKey(artifact))}${opened.value.isFolder === true ? '.tgz' : ''}`
  const headers = { 'Content-Disposition': `filename="${name.replaceAll(/["\\\u0000-\u001f\u007f-\uffff]/g, '_')}"`, 'Content-Type': mediaTypeOf(name), ...SAFE }
  return { type: 'raw', status: 200, headers, body: opened.value.stream }
}

/** The last part of a path, as Go tells it. */
function baseOf(path: string): string {
  const parts = path.split('/').filter((part) => part !== '')
  return parts.at(-1) ?? (path === '' ? '.' : '/')
}

const PROBLEM_ANSWERS: Readonly<Partial<Record<ArtifactProblem['code'], RawAnswer>>> = {
  artifact_not_found: NOT_FOUND, artifact_unsupported: plainError(501, 'Not Implemented'), artifact_invalid: BAD_REQUEST, artifact_refused: plainError(403, 'Forbidden'),
  artifact_unreachable: plainError(502, 'Bad Gateway'),
}

function problemAnswer({ code }: ArtifactProblem): RawAnswer {
  return PROBLEM_ANSWERS[code] ?? plainError(500, 'Internal Server Error')
}

/** A folder: its `index.html` where it has one, else the names of what lies in it. `path` is that of the request. */
export async function folderAnswer({ store, artifact, context }: Place, path: string): Promise<RawAnswer> {
  const listed = await store.list(artifact, context)
  if (!listed.ok) return problemAnswer(listed.problem)
  const names = namesIn(listed.value, `${locationKey(artifact).replace(/\/+$/, '')}/`)
  if (names.length === 0) return NOT_FOUND
  if (names.includes('index.html')) return { type: 'raw', status: 307, headers: { Location: `${path}index.html` } }
  const lines = names.map((name) => `<li><a href="./${hrefOf(name)}">${textOf(name)}</a></li>\n`)
  const body = `<html><body><ul>\n<li><a href="..">..</a></li>\n${lines.join('')}</ul></body></html>`
  return { type: 'raw', status: 200, headers: { 'Content-Type': 'text/html; charset=utf-8', ...SAFE }, body }
}

/** Files of the folder itself, and what lies deeper by its folder, with a slash at the end. */
function namesIn(entries: readonly ArtifactEntry[], prefix: string): readonly string[] {
  const below = entries.filter(({ key }) => key.startsWith(prefix)).map(({ key }) => key.slice(prefix.length))
  return [...new Set(below.map((name) => name.slice(0, name.lastIndexOf('/') + 1) || name))]
}

const MARKUP: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&#34;', "'": '&#39;', '+': '&#43;' }
const textOf = (name: string): string => name.replaceAll(/[&<>"'+]/g, (letter) => MARKUP[letter] ?? letter)
const hrefOf = (name: string): string => name.split('/').map((part) => encodeURIComponent(part).replaceAll("'", '%27')).join('/')

export function slashRedirect(path: string, search: string): RawAnswer {
  const location = `${path}/${search}`
  return { type: 'raw', status: 307, headers: { Location: location, 'Content-Type': 'text/html; charset=utf-8' }, body: `<a href="${textOf(location)}">Temporary Redirect</a>.\n\n` }
}
