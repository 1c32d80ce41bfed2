// Owns sprig's functions over URLs, with the rules of Go's `net/url`.

import { fail } from '../golang/failure.ts'
import { fromBytes, toBytes } from '../golang/text.ts'
import { entriesOf, freshMap, kindOf, type GoFunc, type Value } from '../golang/value.ts'
import { any, define, text } from './define.ts'

export const URLS: readonly GoFunc[] = [
  define('urlParse', 'func(string) map[string]interface {}', ([s]) => {
    const url = parse(text(s))
    const out = freshMap()
    const host = url.host
    Object.assign(out, { scheme: url.scheme, host, hostname: hostname(host), path: url.path, query: url.query, opaque: url.opaque, fragment: url.fragment, userinfo: url.user ?? '' })
    return out
  }),
  define('urlJoin', 'func(map[string]interface {}) string', ([parts]) => join(new Map((entriesOf(any(parts)) ?? []).map(([key, v]) => [String(key), v])))),
]

interface Url {
  readonly scheme: string
  readonly opaque: string
  /** The user part as it is written; `undefined` when there is none. */
  readonly user: string | undefined
  readonly host: string
  readonly path: string
  readonly query: string
  readonly fragment: string
}

function refuse(why: string): never {
  fail(`unable to parse url: ${why}`)
}

function parse(source: string): Url {
  if (/[\u0000-\u001f\u007f]/.test(source)) refuse('net/url: invalid control character in URL')
  const hash = source.indexOf('#')
  const main = hash < 0 ? source : source.slice(0, hash)
  const fragment = unescape(hash < 0 ? '' : source.slice(hash + 1), 'fragment')
  if (main === '*') return { ...EMPTY, path: '*', fragment }
  const { scheme, rest: afterScheme } = cutScheme(main)
  const question = afterScheme.indexOf('?')
  const query = question < 0 ? '' : afterScheme.slice(question + 1)
  const rest = question < 0 ? afterScheme : afterScheme.slice(0, question)
  if (!rest.startsWith('/')) {
    if (scheme !== '') return { ...EMPTY, scheme, opaque: rest, query, fragment }
    if ((rest.split('/')[0] ?? '').includes(':')) refuse('first path segment in URL cannot contain colon')
  }
  const hasAuthority = rest.startsWith('//') && (scheme !== '' || !rest.startsWith('///'))
  const slash = rest.indexOf('/', 2)
  const authority = hasAuthority ? rest.slice(2, slash < 0 ? undefined : slash) : ''
  const path = hasAuthority ? (slash < 0 ? '' : rest.slice(slash)) : rest
  return { ...EMPTY, scheme, ...parseAuthority(scheme, authority), path: unescape(path, 'path'), query, fragment }
}

const EMPTY: Url = { scheme: '', opaque: '', user: undefined, host: '', path: '', query: '', fragment: '' }

function cutScheme(source: string): { readonly scheme: string; readonly rest: string } {
  const match = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(source)
  if (match !== null) return { scheme: (match[1] ?? '').toLowerCase(), rest: source.slice(match[0].length) }
  if (source.startsWith(':')) refuse('missing protocol scheme')
  return { scheme: '', rest: source }
}

function parseAuthority(scheme: string, authority: string): { readonly user: string | undefined; readonly host: string } {
  const at = authority.lastIndexOf('@')
  const host = parseHost(authority.slice(at + 1), scheme === 'http' || scheme === 'https')
  if (at < 0) return { user: undefined, host }
  const written = authority.slice(0, at)
  if (!/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(written)) refuse('net/url: invalid userinfo')
  const colon = written.indexOf(':')
  const name = escape(unescape(colon < 0 ? written : written.slice(0, colon), 'user'), 'user')
  return { user: colon < 0 ? name : `${name}:${escape(unescape(written.slice(colon + 1), 'user'), 'user')}`, host }
}

function parseHost(host: string, strict: boolean): string {
  const bracket = host.lastIndexOf('[')
  if (bracket > 0) refuse('invalid IP-literal')
  if (bracket === 0) {
    const close = host.lastIndexOf(']')
    if (close < 0) refuse("missing ']' in host")
    checkPort(host.slice(close + 1))
    if (!/^[0-9A-Fa-f:.]+(?:%25.+)?$/.test(host.slice(1, close)) || !host.slice(1, close).includes(':')) refuse('invalid host')
    return unescape(host, 'host')
  }
  const colon = strict ? host.indexOf(':') : host.lastIndexOf(':') // Databases list several hosts with ports; web URLs have one.
  if (colon >= 0) checkPort(host.slice(colon))
  return unescape(host, 'host')
}

function checkPort(port: string): void {
  if (port !== '' && !/^:[0-9]*$/.test(port)) refuse(`invalid port "${port}" after host`)
}

function hostname(host: string): string {
  const bare = host.replace(/:[0-9]*$/, '')
  return bare.startsWith('[') && bare.endsWith(']') ? bare.slice(1, -1) : bare
}

type Part = 'path' | 'user' | 'host' | 'fragment'

/** Decodes percent escapes; in hosts only of what may not stand there plainly. */
function unescape(s: string, part: Part): string {
  const bad = /%(?![0-9A-Fa-f]{2}).{0,2}/.exec(s)
  if (bad !== null) refuse(`invalid URL escape "${bad[0]}"`)
  if (part === 'host') {
    const plain = /%(?!25)[0-7][0-9A-Fa-f]/.exec(s)
    if (plain !== null) refuse(`invalid URL escape "${plain[0]}"`)
    const odd = /[^\u0080-\uffffA-Za-z0-9\-_.~!$&'()*+,;=:[\]<>"%]/.exec(s)
    if (odd !== null) refuse(`invalid character "${odd[0]}" in host name`)
  }
  return s.includes('%') ? fromBytes(decodeEscapes(toBytes(s))) : s
}

function decodeEscapes(bytes: Uint8Array): Uint8Array {
  const out: number[] = []
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] ?? 0
    if (byte !== 37) { out.push(byte); continue }
    out.push(parseInt(String.fromCharCode(bytes[i + 1] ?? 0, bytes[i + 2] ?? 0), 16))
    i += 2
  }
  return Uint8Array.from(out)
}

const PLAIN: Readonly<Record<Part, RegExp>> = {
  path: /[A-Za-z0-9\-_.~$&+,/:;=@]/, user: /[A-Za-z0-9\-_.~$&+,;=]/, host: /[A-Za-z0-9\-_.~!$&'()*+,;=:[\]<>"]/, fragment: /[A-Za-z0-9\-_.~$&+,/:;=?@!()*]/,
}

/** Percent-encodes what may not stand plainly in a part. */
function escape(s: string, part: Part): string {
  return Array.from(toBytes(s), (byte) => {
    const c = String.fromCharCode(byte)
    return byte < 0x80 && PLAIN[part].test(c) ? c : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }).join('')
}

function join(parts: ReadonlyMap<string, Value>): string {
  const get = (key: string): string => {
    const v = parts.get(key)
    if (v === undefined) return ''
    if (v === null) fail('runtime error: invalid memory address or nil pointer dereference')
    return typeof v === 'string' ? v : fail(`unable to parse ${key} key, must be of type string, but ${kindOf(v)} found`)
  }
  const [scheme, host, path, query, opaque, fragment, userinfo] = ['scheme', 'host', 'path', 'query', 'opaque', 'fragment', 'userinfo'].map(get) as [string, string, string, string, string, string, string]
  const user = userinfo === '' ? undefined : parse(`proto://${userinfo}@host`).user
  return show({ ...EMPTY, scheme, host, path, query, opaque, fragment, user })
}

function show(url: Url): string {
  let out = url.scheme === '' ? '' : `${url.scheme}:`
  if (url.opaque !== '') out += url.opaque
  else {
    if (url.scheme !== '' || url.host !== '' || url.user !== undefined) {
      if (url.host !== '' || url.path !== '' || url.user !== undefined) out += '//'
      if (url.user !== undefined) out += `${url.user}@`
      out += escape(url.host, 'host')
    }
    const path = url.path === '*' ? '*' : escape(url.path, 'path')
    if (path !== '' && !path.startsWith('/') && url.host !== '') out += '/'
    if (out === '' && (path.split('/')[0] ?? '').includes(':')) out += './'
    out += path
  }
  if (url.query !== '') out += `?${url.query}`
  return url.fragment === '' ? out : `${out}#${escape(url.fragment, 'fragment')}`
}
