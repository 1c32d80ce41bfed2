// Owns the built-in functions on text.
import { utf8Length } from '@tiphys/core/kube'
import { splitText } from './arithmetic.ts'
import { copied, grow } from './budget.ts'
import type { Machine } from './machine.ts'
import type { Native } from './native.ts'
import { integerOf } from './numbers.ts'
import { type JqValue, isArray, notFor } from './value.ts'

const SPACE = '[\\t\\n\\v\\f\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]'
const LEADING = new RegExp(`^${SPACE}+`)
const SPACE_ONE = new RegExp(SPACE)

function withoutTrailing(text: string): string {
  let end = text.length
  while (end > 0 && SPACE_ONE.test(text.charAt(end - 1))) end--
  return text.slice(0, end)
}

/** A function of text alone. */
function onText(name: string, apply: (text: string, machine: Machine) => JqValue): readonly [string, Native] {
  return [`${name}/0`, (machine, value) => {
    if (typeof value !== 'string') return notFor(name, value)
    copied(machine, value.length)
    return apply(value, machine)
  }]
}

/** A function of two texts. */
function onTexts(name: string, apply: (text: string, other: string) => JqValue): readonly [string, Native] {
  return [`${name}/1`, (machine, value, [other = null]) => {
    if (typeof value !== 'string' || typeof other !== 'string') return notFor(name, value, other)
    copied(machine, value.length)
    return apply(value, other)
  }]
}

export const TEXT_NATIVES: ReadonlyArray<readonly [string, Native]> = [
  onText('utf8bytelength', utf8Length),
  onText('ltrim', (text) => text.replace(LEADING, '')),
  onText('rtrim', withoutTrailing),
  onText('trim', (text) => withoutTrailing(text.replace(LEADING, ''))),
  onText('ascii_downcase', (text) => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())),
  onText('ascii_upcase', (text) => text.replace(/[a-z]+/g, (letters) => letters.toUpperCase())),
  onText('explode', (text, machine) => {
    grow(machine, text.length)
    return explode(text)
  }),
  onTexts('startswith', (text, prefix) => text.startsWith(prefix)),
  onTexts('endswith', (text, suffix) => text.endsWith(suffix)),
  onTexts('ltrimstr', withoutPrefix),
  onTexts('rtrimstr', withoutSuffix),
  onTexts('trimstr', (text, part) => withoutSuffix(withoutPrefix(text, part), part)),
  ['split/1', (machine, value, [separator = null]) => {
    if (typeof value !== 'string') return notFor('split', value)
    return typeof separator === 'string' ? splitText(value, separator, machine) : notFor('split', separator)
  }],
  ['implode/0', (machine, value) => {
    if (!isArray(value)) return notFor('implode', value)
    grow(machine, value.length)
    return value.map((point) => characterOf(integerOf(point) ?? notFor('implode', value))).join('')
  }],
]

export function explode(text: string): number[] {
  return Array.from(text, (character) => character.codePointAt(0) ?? 0)
}

function characterOf(point: number): string {
  const isCharacter = point >= 0 && point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff)
  return isCharacter ? String.fromCodePoint(point) : '\ufffd'
}

function withoutPrefix(text: string, prefix: string): string {
  return text.startsWith(prefix) ? text.slice(prefix.length) : text
}

function withoutSuffix(text: string, suffix: string): string {
  return text.endsWith(suffix) ? text.slice(0, text.length - suffix.length) : text
}
