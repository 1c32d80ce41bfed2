// Owns how a comma-separated flag value is split: one record of CSV, with Go's messages for bad quoting.
import { type Result, bad, ok } from '@tiphys/core/kube'

/** The fields of the first line. Quoted fields may contain commas, doubled quotes and line breaks. */
export function splitCsv(text: string): Result<readonly string[]> {
  if (text === '') return ok([])
  const fields: string[] = []
  let at = 0
  for (;;) {
    const field = text[at] === '"' ? readQuoted(text, at) : readBare(text, at)
    if (!field.ok) return field
    fields.push(field.value.text)
    at = field.value.end
    if (text[at] !== ',') return ok(fields)
    at++
  }
}

interface Field {
  readonly text: string
  /** The index of the character after the field. */
  readonly end: number
}

function readBare(text: string, start: number): Result<Field> {
  const stop = /[,\n]/g
  stop.lastIndex = start
  const end = stop.exec(text)?.index ?? text.length
  const field = text.slice(start, end).replace(/\r$/, '')
  const quote = field.indexOf('"')
  if (quote >= 0) return malformed(text, start + quote, 'bare " in non-quoted-field')
  return ok({ text: field, end })
}

function readQuoted(text: string, start: number): Result<Field> {
  let field = ''
  for (let i = start + 1; i < text.length; i++) {
    const character = text[i]
    if (character !== '"') {
      field += character
      continue
    }
    const next = text[i + 1]
    if (next === '"') {
      field += '"'
      i++
    } else if (next === undefined || next === ',' || next === '\n') {
      return ok({ text: field, end: i + 1 })
    } else {
      return malformed(text, i, 'extraneous or missing " in quoted-field')
    }
  }
  return malformed(text, text.length, 'extraneous or missing " in quoted-field')
}

function malformed(text: string, index: number, what: string): Result<never> {
  // At the end of the text a last line break still counts to its line.
  const before = text.slice(0, index === text.length ? text.replace(/\n$/, '').length : index)
  const line = before.split('\n').length
  const column = index - before.lastIndexOf('\n')
  const place = line === 1 ? `parse error on line 1, column ${column}` : `record on line 1; parse error on line ${line}, column ${column}`
  return bad('csv_invalid', `${place}: ${what}`)
}
