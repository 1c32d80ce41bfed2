// Owns what lies outside `/api/`: the page of the user interface, redirects, and the headers that keep pages safe.
import type { RawAnswer } from './answer.ts'

export interface PageOptions {
  /** Below which path the pages are seen from outside, such as `/argo/`. */
  readonly baseHref: string
  /** Empty for none. */
  readonly xFrameOptions: string
  /** The one origin that may read answers from its pages; empty for none. */
  readonly allowOrigin: string
  /** Whether browsers shall insist on TLS from now on. */
  readonly strictTransport: boolean
  /** The page; `<base href="/">` in it is made to fit. */
  readonly page: () => string
}

const CONTENT_POLICY = "default-src 'self' 'unsafe-inline'; img-src 'self' data:"

interface PageVisit {
  readonly method: string
  readonly path: string
  /** With its question mark; empty for none. */
  readonly search: string
}

/** For those who ask whether the server lives; the page would tell them yes from whatever serves it. */
const HEALTH: ReadonlySet<string> = new Set(['/healthz', '/livez', '/readyz'])

/** Every path that is nothing else shows the page, by any method: it routes by itself. */
export function pageAnswer({ baseHref, xFrameOptions, allowOrigin, strictTransport, page }: PageOptions, { method, path, search }: PageVisit): RawAnswer {
  const own = { ...(xFrameOptions !== '' && { 'X-Frame-Options': xFrameOptions }), ...(allowOrigin !== '' && { 'Access-Control-Allow-Origin': allowOrigin }) }
  if (allowOrigin !== '' && method === 'OPTIONS') {
    const allowed = {
      'Access-Control-Allow-Credentials': 'true', 'Access-Control-Allow-Methods': 'POST, GET, OPTIONS, PUT, DELETE', 'Access-Control-Allow-Headers': 'Content-Type, Authorization',
    }
    return { type: 'raw', status: 204, headers: { ...own, ...allowed } }
  }
  if (HEALTH.has(path)) return { type: 'raw', status: 200, headers: { ...own, 'Content-Type': 'text/plain; charset=utf-8' }, body: 'ok' }
  const headers = { ...own, 'Content-Security-Policy': CONTENT_POLICY, ...(strictTransport && { 'Strict-Transport-Security': 'max-age=31536000' }) }
  if (path === '/index.html') return { type: 'raw', status: 301, headers: { ...headers, Location: `./${search}` } }
  const trimmed = baseHref.replace(/^\/+|\/+$/g, '')
  const text = trimmed === '' ? page() : page().replace(/<base href="[^"]*">/, `<base href="/${trimmed}/">`)
  return { type: 'raw', status: 200, headers: { ...headers, 'Content-Type': 'text/html; charset=utf-8' }, body: text }
}

const FOLDERS = ['/api', '/artifacts', '/input-artifacts', '/artifacts-by-uid', '/input-artifacts-by-uid', '/artifact-files', '/upload-artifacts']

/** Where a path leads when it is written as it should be; undefined for one that is. */
export function redirectOf(method: string, escapedPath: string, search: string): RawAnswer | undefined {
  const clean = cleaned(escapedPath)
  const target = FOLDERS.includes(clean) ? `${clean}/` : clean
  if (target === escapedPath) return undefined
  const location = `${target}${search}`
  const isRead = method === 'GET' || method === 'HEAD'
  const headers = { Location: location, ...(isRead && { 'Content-Type': 'text/html; charset=utf-8' }) }
  const shown = location.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&#34;').replaceAll("'", '&#39;')
  return { type: 'raw', status: 307, headers, ...(method === 'GET' && { body: `<a href="${shown}">Temporary Redirect</a>.\n\n` }) }
}

/** A path without empty segments and dots; a trailing slash stays. */
function cleaned(path: string): string {
  const kept: string[] = []
  const segments = path.split('/')
  for (const segment of segments) {
    if (segment === '..') kept.pop()
    else if (segment !== '' && segment !== '.') kept.push(segment)
  }
  const last = segments.at(-1)
  const isFolder = kept.length > 0 && last === ''
  return `/${kept.join('/')}${isFolder ? '/' : ''}`
}
