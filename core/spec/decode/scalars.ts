// Owns the reading of scalars, with the ranges, the formats and the leniences of Go's decoder.
import { parseGoDuration, parseGoTime, parseQuantity, RFC3339 } from '@tiphys/core/kube'
import type { Json } from '../json.ts'
import { describe, invalid, refuse, report, unquoteHint, type Reader } from './reader.ts'

export function readString(r: Reader, format: string | undefined, json: Json): string | undefined {
  if (typeof json !== 'string') {
    const scalar = typeof json === 'number' || typeof json === 'boolean'
    return refuse(r, 'text', json, scalar ? `write it in quotes: "${asWritten(r) ?? String(json)}"` : undefined)
  }
  if (format === 'bytes' && !/^(?:[A-Za-z0-9+/\r\n]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(json.replace(/[\r\n]/g, ''))) {
    invalid(r, `${describe(json)} is not valid base64`)
    return undefined
  }
  if (format === 'duration' && !parseGoDuration(json).ok) {
    invalid(r, `${describe(json)} is not a duration`, 'write for example 30s, 5m or 1h30m')
    return undefined
  }
  return json
}

export function readInt(r: Reader, json: Json, kind: { readonly bits: 32 | 64; readonly unsigned: boolean }): number | undefined {
  if (typeof json !== 'number') return refuse(r, 'a whole number', json, unquoteHint(json))
  if (!Number.isInteger(json)) return refuse(r, 'a whole number', json)
  if (r.written?.format === 'json' && /^-?\d+[.eE]/.test(r.written.at(r.path))) return refuse(r, 'a whole number without fraction and exponent', json)
  const limit = 2 ** (kind.bits - 1)
  const low = kind.unsigned ? 0 : -limit
  const high = kind.unsigned ? 2 * limit : limit
  if (json > low && json < high) return json
  if ((json === low || json === high) && isWithin(r, json, { low: BigInt(low), high: BigInt(high) })) return json
  invalid(r, kind.unsigned && json < 0 ? `${json} must not be negative` : `${json} does not fit ${kind.bits} bits`)
  return undefined
}

/** A plain scalar as it stands in the text: `yes`, `010` and `1.0` say something else once they are read. */
function asWritten(r: Reader): string | undefined {
  return /^[-+.\w]+(?=[\s,\]}]|$)/.exec(r.written?.at(r.path) ?? '')?.[0]
}

/** At the limits a float may stand for a number within them or for one beyond: the text tells. */
function isWithin(r: Reader, json: number, limits: { readonly low: bigint; readonly high: bigint }): boolean {
  const written = /^[-+]?\d+(?![\w.])/.exec(r.written?.at(r.path) ?? '')?.[0]
  const exact = BigInt(written?.replace(/^\+/, '') ?? json)
  return exact >= limits.low && exact < limits.high
}

export function readAnyString(r: Reader, json: Json): string {
  if (typeof json === 'string') return json
  if (typeof json === 'boolean') return String(json)
  if (typeof json === 'number') return plainNumber(json)
  const message = `expected text, a number or true/false, found ${describe(json)}, which is read as empty text`
  report(r, { code: 'lost_value', severity: 'ignored', message, hint: 'write the value as JSON text in quotes' })
  return ''
}

/** A number without an exponent, as Go's `%f` with the fewest digits. */
export function plainNumber(value: number): string {
  const text = String(value)
  const match = /^(-?)(\d+)(?:\.(\d+))?e([+-]\d+)$/.exec(text)
  if (match === null) return Object.is(value, -0) ? '-0' : text
  const [, sign = '', whole = '', fraction = '', exponentText = '0'] = match
  const exponent = Number(exponentText)
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${whole}${fraction}`
  return sign + (whole + fraction).padEnd(whole.length + exponent, '0')
}

export function readQuantity(r: Reader, json: Json): string | undefined {
  if (typeof json !== 'string' && typeof json !== 'number') return refuse(r, 'a quantity', json, 'write for example 500m, 2 or 1Gi')
  const written = typeof json === 'number' ? plainNumber(json) : json
  const text = written.trim()
  // The reference trims the JSON text of the value, in which tabs and line breaks are written as letters.
  if (!/[\t-\r]/.test(written) && parseQuantity(text).ok) return text
  invalid(r, `${describe(json)} is not a quantity`, 'write a number with an optional unit: 500m, 2, 1Gi, 100M')
  return undefined
}

export function readTime(r: Reader, json: Json): string | undefined {
  if (typeof json !== 'string') return refuse(r, 'a time', json, 'write for example "2024-01-31T12:00:00Z"')
  if (parseGoTime(json, RFC3339).ok) return json
  invalid(r, `${describe(json)} is not a time`, 'write for example "2024-01-31T12:00:00Z"')
  return undefined
}
