// Owns when an answer counts as equal to a recorded one.
import type { Exchange } from './rest-player.ts'

type Plain = null | boolean | number | string | readonly Plain[] | { readonly [key: string]: Plain }

const NOT_COMPARED = /^(?:grpc-metadata-|x-ratelimit-)/
const BUILD_FACTS: ReadonlySet<string> = new Set(['version', 'buildDate', 'gitCommit', 'gitTag', 'gitTreeState', 'goVersion', 'compiler', 'platform'])
const DIFFERENCES_MAX = 12

/** What differs, each with its place; empty when the two are equal. */
export function exchangeDifferences(recorded: Exchange, played: Exchange): readonly string[] {
  const { status, response, text = '' } = played
  // A mistake of the caller may be told as one.
  const isMistake = recorded.status === 500 && status !== null && status >= 400 && status < 500
  if (isMistake && (messageOf(response ?? (played.events?.[0] as { readonly error?: unknown } | undefined)?.error) !== '' || text.trim() !== '')) return []
  return differences(comparable(recorded), comparable(played))
}

function messageOf(response: unknown): string {
  const message = (response as { readonly message?: unknown } | undefined)?.message
  return typeof message === 'string' ? message : ''
}

function comparable(exchange: Exchange): Plain {
  const { status, contentType, framing, response, events, text, path, textOnly } = exchange
  const headers = Object.fromEntries(Object.entries(exchange.responseHeaders ?? {}).filter(([name]) => !NOT_COMPARED.test(name)))
  const body = path === '/api/v1/version' && status === 200 ? withoutBuild(response) : withoutPages(path, response)
  // The first line of metrics is a series of the program's own.
  const words = path === '/metrics' && textOnly === undefined ? text === '' : text?.trimEnd()
  return JSON.parse(JSON.stringify({ status, contentType, headers, framing, response: body, events, text: words })) as Plain
}

/** Where lists of workflows go on is right when it is right over live and archived ones together, whatever was recorded. */
function withoutPages(path: string, response: unknown): unknown {
  if (!/^\/api\/v1\/(?:archived-)?workflows(?:\/[^/]*)?$/.test(path) || typeof response !== 'object' || response === null || !('items' in response)) return response
  const { metadata, ...rest } = response as { readonly metadata?: Readonly<Record<string, unknown>> }
  return { ...rest, metadata: { ...metadata, continue: undefined } }
}

function withoutBuild(response: unknown): unknown {
  return Object.fromEntries(Object.entries((response ?? {}) as Record<string, unknown>).map(([name, value]) => [name, BUILD_FACTS.has(name) ? typeof value : value]))
}

function differences(recorded: Plain, played: Plain): readonly string[] {
  const found: string[] = []
  const pending: (readonly [string, Plain | undefined, Plain | undefined])[] = [['', recorded, played]]
  for (let pair = pending.shift(); pair !== undefined && found.length < DIFFERENCES_MAX; pair = pending.shift()) {
    const [path, a, b] = pair
    if (isBranch(a) && isBranch(b) && Array.isArray(a) === Array.isArray(b)) {
      const [left, right] = [a as Readonly<Record<string, Plain>>, b as Readonly<Record<string, Plain>>]
      for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) pending.push([`${path}.${key}`, left[key], right[key]])
    } else if (JSON.stringify(a) !== JSON.stringify(b)) {
      found.push(`${path}: ${shown(a)} was recorded, ${shown(b)} was played`)
    }
  }
  return found
}

function isBranch(value: Plain | undefined): boolean {
  return typeof value === 'object' && value !== null
}

function shown(value: Plain | undefined): string {
  return value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 300)
}
