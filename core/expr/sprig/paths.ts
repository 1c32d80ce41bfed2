// Owns sprig's functions over slash-separated paths.

import { chargeText, type Host } from '../golang/host.ts'
import type { GoFunc } from '../golang/value.ts'
import { defineAll, text } from './define.ts'

const ONE = 'func(string) string'

export const PATHS: readonly GoFunc[] = [
  ...defineAll(['base', 'osBase'], ONE, ([p]) => base(text(p))),
  ...defineAll(['dir', 'osDir'], ONE, ([p], host) => clean(text(p).slice(0, text(p).lastIndexOf('/') + 1), host)),
  ...defineAll(['clean', 'osClean'], ONE, ([p], host) => clean(text(p), host)),
  ...defineAll(['ext', 'osExt'], ONE, ([p]) => extension(text(p))),
  ...defineAll(['isAbs', 'osIsAbs'], 'func(string) bool', ([p]) => text(p).startsWith('/')),
]

function base(path: string): string {
  if (path === '') return '.'
  const trimmed = path.replace(/\/+$/, '')
  return trimmed === '' ? '/' : trimmed.slice(trimmed.lastIndexOf('/') + 1)
}

function extension(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const dot = name.lastIndexOf('.')
  return dot < 0 ? '' : name.slice(dot)
}

/** The shortest path that means the same. */
function clean(path: string, host: Host): string {
  chargeText(host, path)
  const rooted = path.startsWith('/')
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') parts.push(part)
    else if (parts.length > 0 && parts[parts.length - 1] !== '..') parts.pop()
    else if (!rooted) parts.push('..')
  }
  const joined = parts.join('/')
  return rooted ? `/${joined}` : joined === '' ? '.' : joined
}
