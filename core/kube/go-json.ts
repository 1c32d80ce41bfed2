// Owns the writing of JSON exactly as Go's `encoding/json` does: sorted keys, HTML-safe strings.
import { escapeJsonHtml } from './json-text.ts'
import { compareText } from './text.ts'

// Whatever is written was parsed before under a smaller limit; this stops cycles.
const DEPTH_MAX = 2_000

/**
 * Writes a value as Go's `json.Marshal` writes it. Members that are undefined are left out.
 * Throws a RangeError for values nested deeper than any parser here lets through.
 */
export function goJson(value: unknown): string {
  const out: string[] = []
  write(value, out, 0)
  return out.join('')
}

function write(value: unknown, out: string[], depth: number): void {
  if (depth > DEPTH_MAX) throw new RangeError(`a value to be written as JSON is nested more than ${DEPTH_MAX} deep`)
  switch (typeof value) {
    case 'string':
      out.push(goJsonString(value))
      return
    case 'number':
      out.push(goJsonNumber(value))
      return
    case 'boolean':
    case 'bigint':
      out.push(String(value))
      return
    case 'object':
      if (Array.isArray(value)) writeList(value, out, depth)
      else if (value === null) out.push('null')
      else writeObject(value, out, depth)
      return
    default:
      out.push('null')
  }
}

function writeList(list: readonly unknown[], out: string[], depth: number): void {
  out.push('[')
  for (let i = 0; i < list.length; i++) {
    if (i > 0) out.push(',')
    write(list[i], out, depth + 1)
  }
  out.push(']')
}

function writeObject(object: object, out: string[], depth: number): void {
  const members = object as Readonly<Record<string, unknown>>
  const keys = Object.keys(members).filter((key) => members[key] !== undefined)
  if (keys.length > 1) keys.sort(compareText)
  out.push('{')
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] ?? ''
    out.push(i > 0 ? ',' : '', goJsonString(key), ':')
    write(members[key], out, depth + 1)
  }
  out.push('}')
}

/** A number as Go writes a float64; whole numbers look like integers. What JSON cannot hold becomes null. */
export function goJsonNumber(value: number): string {
  if (!Number.isFinite(value)) return 'null'
  return Object.is(value, -0) ? '-0' : String(value)
}

const PLAIN = /^[\x20\x21\x23-\x25\x27-\x3b\x3d\x3f-\x5b\x5d-\x7f]*$/

/** A string as Go writes it in JSON, quotes included. */
export function goJsonString(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`
  // JSON.stringify spells halves of characters as escapes; Go writes the replacement character.
  const json = JSON.stringify(text).replace(/(\\\\)|\\ud[89a-f][0-9a-f]{2}/g, (match, backslash: string | undefined) => (backslash === undefined ? '\\ufffd' : match))
  return escapeJsonHtml(json)
}
