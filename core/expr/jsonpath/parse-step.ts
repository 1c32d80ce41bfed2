// Owns what one step of a path means: a key, an index, a range, a union, a filter or a script.
import { fail } from '../golang/failure.ts'
import { type Budget, parseScript } from './parse-script.ts'
import type { Bound, Step } from './step.ts'

function noFormat(token: string): never {
  return fail(`invalid token. '${token}' does not match any token format`)
}

function noExpression(text: string): never {
  return fail(`invalid expression. invalid format '${text}'`)
}

function isScript(text: string): boolean {
  return text.length > 2 && text.startsWith('(') && text.endsWith(')')
}

function isQuoted(text: string): boolean {
  if (text.length < 2) return false
  return (text.startsWith("'") && text.endsWith("'")) || (text.startsWith('"') && text.endsWith('"'))
}

/** Reads the text of one step. */
export function parseStep(text: string, budget: Budget): Step {
  const token = text.trim()
  if (token === '') return fail('invalid token. token string is empty')
  if (token === '$') return { type: 'root' }
  if (token === '@') return { type: 'current' }
  if (token === '*') return { type: 'wildcard' }
  if (token === '..') return { type: 'recursive' }
  if (!token.startsWith('[')) return token === 'length' ? { type: 'length' } : { type: 'key', key: token }
  const subscript = token.endsWith(']') ? token.slice(1, -1).trim() : ''
  if (subscript === '') return noFormat(token)
  if (subscript === '*') return { type: 'wildcard' }
  if (subscript.startsWith('?')) {
    if (!subscript.startsWith('?(') || !subscript.endsWith(')')) return noFormat(token)
    return { type: 'filter', script: parseScript(subscript.slice(2, -1).trim(), budget) }
  }
  return parseArguments(splitArguments(subscript, token), { token, budget })
}

/** The arguments between brackets, with `:` and `,` among them; null stands for a missing one. */
type Argument = string | number | null

type Splitter = { readonly token: string; readonly out: Argument[]; buffer: string; open: number; close: number; single: boolean; double: boolean }

function splitArguments(subscript: string, token: string): Argument[] {
  const splitter: Splitter = { token, out: [], buffer: '', open: 0, close: 0, single: false, double: false }
  for (let i = 0; i < subscript.length; i++) readCharacter(splitter, subscript.charAt(i), i)
  if (splitter.buffer !== '') splitter.out.push(integerOf(splitter.buffer) ?? splitter.buffer)
  return splitter.out
}

function readCharacter(splitter: Splitter, character: string, at: number): void {
  splitter.buffer += character
  const quoted = splitter.single || splitter.double
  switch (character) {
    case ' ':
      if (!quoted && splitter.open === splitter.close) splitter.buffer = splitter.buffer.trim()
      return
    case '(':
      if (!quoted) splitter.open++
      return
    case ')':
      splitter.close++
      if (splitter.open === splitter.close) takeScript(splitter)
      return
    case "'":
    case '"':
      readQuote(splitter, character)
      return
    case ':':
    case ',':
      if (!quoted && splitter.open === splitter.close) readSeparator(splitter, character, at)
      return
    default:
  }
}

function takeScript(splitter: Splitter): void {
  if (!isScript(splitter.buffer)) noExpression(splitter.buffer)
  splitter.out.push(splitter.buffer)
  splitter.buffer = ''
}

function readQuote(splitter: Splitter, quote: string): void {
  const otherIsOpen = quote === "'" ? splitter.double : splitter.single
  if (otherIsOpen || splitter.open !== splitter.close) return
  if (splitter.buffer.length > 1 && splitter.buffer.charAt(splitter.buffer.length - 2) === '\\') {
    splitter.buffer = splitter.buffer.slice(0, -2) + quote
    return
  }
  const opens = !(quote === "'" ? splitter.single : splitter.double)
  if (quote === "'") splitter.single = opens
  else splitter.double = opens
  if (opens ? splitter.buffer !== quote : !isQuoted(splitter.buffer)) noFormat(splitter.token)
  if (opens) return
  splitter.out.push(splitter.buffer)
  splitter.buffer = ''
}

function readSeparator(splitter: Splitter, separator: string, at: number): void {
  const argument = splitter.buffer.slice(0, -1)
  if (argument !== '') {
    const integer = integerOf(argument)
    if (integer === undefined && separator === ':') noFormat(splitter.token)
    splitter.out.push(integer ?? argument)
  } else if (separator === ':' && at === 0) {
    splitter.out.push(null)
  }
  splitter.out.push(separator)
  splitter.buffer = ''
}

/** A 64-bit integer; indices beyond the safe range are out of every list's range anyhow. */
function integerOf(text: string): number | undefined {
  if (!/^[+-]?[0-9]{1,400}$/.test(text)) return undefined
  const value = BigInt(text.replace(/^\+/, ''))
  return BigInt.asIntN(64, value) === value ? Number(value) : undefined
}

type Context = { readonly token: string; readonly budget: Budget }

function parseArguments(all: readonly Argument[], context: Context): Step {
  const only = all.length === 1 ? all[0] : undefined
  if (only !== undefined) return parseSingle(only, context)
  const commas = all.filter((argument) => argument === ',').length
  const colons = all.filter((argument) => argument === ':').length
  const args = withoutSeparators(all)
  if (colons > 0 && commas > 0) return noFormat(context.token)
  if (commas > 0) return commas >= args.length ? noFormat(context.token) : parseUnion(args, context)
  return colons === 0 || colons > 2 ? noFormat(context.token) : parseRange(args, { ...context, colons })
}

/** Between two colons that touch, an argument is missing. */
function withoutSeparators(all: readonly Argument[]): Argument[] {
  const args: Argument[] = []
  let afterColon = false
  for (const argument of all) {
    if (argument === ':') {
      if (afterColon) args.push(null)
      afterColon = true
      continue
    }
    if (argument !== ',') args.push(argument)
    afterColon = false
  }
  return args
}

function parseSingle(argument: Argument, { token, budget }: Context): Step {
  if (typeof argument === 'number') return { type: 'index', index: argument }
  if (argument !== null && isQuoted(argument)) return { type: 'key', key: argument.slice(1, -1) }
  if (argument !== null && isScript(argument)) return { type: 'script', script: parseScript(argument.slice(1, -1), budget) }
  return noFormat(token)
}

function parseUnion(args: readonly Argument[], { token, budget }: Context): Step {
  const parsed = args.map((argument) => {
    if (typeof argument === 'number') return argument
    if (argument !== null && isScript(argument)) return parseScript(argument.slice(1, -1), budget)
    return argument !== null && isQuoted(argument) ? argument.slice(1, -1) : noFormat(token)
  })
  return { type: 'union', arguments: parsed }
}

function parseRange(args: readonly Argument[], { token, budget, colons }: Context & { readonly colons: number }): Step {
  const ends = colons === 1 && args.length === 1 ? [...args, null] : args
  if (ends.length < 2) return noFormat(token)
  const bound = (argument: Argument | undefined): Bound => {
    if (argument === undefined || argument === null) return undefined
    if (typeof argument === 'number') return argument
    return isScript(argument) ? parseScript(argument.slice(1, -1), budget) : noExpression(argument)
  }
  return { type: 'range', from: bound(ends[0]), to: bound(ends[1]), step: bound(ends[2]) }
}
