// Owns the built-in functions with regular expressions.
import { host, type Host } from '../golang/host.ts'
import { type Match, type Regex, compileRegex, findAllRegex, matchesRegex } from '../regex/regex.ts'
import { charge, grow } from './budget.ts'
import type { Machine } from './machine.ts'
import type { Native } from './native.ts'
import { type JqValue, described, fail, isArray, isObject, jsonText, memberOf, notFor } from './value.ts'

export const REGEX_NATIVES: ReadonlyArray<readonly [string, Native]> = [
  ['_match/2', (machine, value, args) => matchAll(machine, prepare(machine, 'match', [value, ...args]))],
  ['test/2', (machine, value, args) => {
    const { regex, text } = prepare(machine, 'test', [value, ...args])
    return withHost(machine, (budget) => matchesRegex(regex, text, budget))
  }],
  ['split/2', (machine, value, [regex = null, flags = null]) => split(machine, prepare(machine, 'match', [value, regex, withGlobal(flags)]))],
  ['_captures/0', (_, value) => captures(value)],
]

type Prepared = { readonly text: string; readonly regex: Regex; readonly global: boolean }

function prepare(machine: Machine, name: string, [value = null, source = null, flags = null]: readonly JqValue[]): Prepared {
  if (typeof value !== 'string' || typeof source !== 'string' || (flags !== null && typeof flags !== 'string')) return notFor(name, value, source, flags)
  const options = flags ?? ''
  if (/[^gim]/.test(options)) return fail(`unsupported regular expression flag: ${jsonText(options, machine)}`)
  const pattern = (options.includes('m') ? '(?s)' : '') + (options.includes('i') ? '(?i)' : '') + source
  const regex = withHost(machine, (budget) => compileRegex(pattern, budget))
  if (!regex.ok) return fail(`invalid regular expression ${jsonText(pattern, machine)}: ${regex.error}`)
  return { text: value, regex: regex.value, global: options.includes('g') }
}

function withGlobal(flags: JqValue): JqValue {
  if (flags === null) return 'g'
  return typeof flags === 'string' ? `${flags}g` : flags
}

/** Lends what is left of the machine's steps to the regular expression. */
function withHost<T>(machine: Machine, use: (budget: Host) => T): T {
  const budget = host({})
  budget.steps = machine.steps
  const before = budget.steps
  const result = use(budget)
  charge(machine, before - budget.steps)
  return result
}

function findAll(machine: Machine, { regex, text, global }: Prepared): Match[] {
  return withHost(machine, (budget) => findAllRegex(regex, text, { limit: global ? -1 : 1, host: budget }))
}

/** Turns places in UTF-16 into counts of characters; places have to come in order. */
function counter(text: string): (place: number) => number {
  let at = 0
  let count = 0
  return (place) => {
    if (place < at) {
      at = 0
      count = 0
    }
    while (at < place) {
      at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1
      count++
    }
    return count
  }
}

function matchAll(machine: Machine, prepared: Prepared): JqValue {
  const { text, regex } = prepared
  const countTo = counter(text)
  return findAll(machine, prepared).map((match) => {
    grow(machine, match.length + 4)
    charge(machine, 8 * match.length)
    const groups = Array.from({ length: match.length / 2 - 1 }, (_, i) => group(text, { match, index: i + 1, countTo, name: regex.program.names[i + 1] ?? '' }))
    const { length, offset, string } = span(text, { from: match[0] ?? 0, to: match[1] ?? 0, countTo })
    return { captures: groups, length, offset, string }
  })
}

type Span = { readonly from: number; readonly to: number; readonly countTo: (place: number) => number }

function span(text: string, { from, to, countTo }: Span): { length: number; offset: number; string: string } {
  const offset = countTo(from)
  return { offset, length: countTo(to) - offset, string: text.slice(from, to) }
}

type Group = { readonly match: Match; readonly index: number; readonly countTo: (place: number) => number; readonly name: string }

function group(text: string, { match, index, countTo, name }: Group): JqValue {
  const from = match[2 * index] ?? -1
  const label = name === '' ? null : name
  if (from < 0) return { length: 0, name: label, offset: -1, string: null }
  return { ...span(text, { from, to: match[2 * index + 1] ?? 0, countTo }), name: label }
}

function split(machine: Machine, prepared: Prepared): JqValue {
  const pieces: string[] = []
  let from = 0
  for (const match of findAll(machine, prepared)) {
    pieces.push(prepared.text.slice(from, match[0]))
    from = match[1] ?? 0
  }
  pieces.push(prepared.text.slice(from))
  grow(machine, prepared.text.length + pieces.length)
  return pieces
}

/** The named groups of a match by name. */
function captures(value: JqValue): JqValue {
  if (!isArray(value)) return fail(`expected an array but got: ${described(value)}`)
  const out = new Map<string, JqValue>()
  for (const capture of value) {
    const name = isObject(capture) ? memberOf(capture, 'name') : null
    if (isObject(capture) && typeof name === 'string') out.set(name, memberOf(capture, 'string'))
  }
  return Object.fromEntries(out)
}
