// Owns the values of flags: from text, with the messages that Go's parsers give, to defaults and back to text for help.
import { type Result, bad, nsToMs, ok, parseGoDuration } from '@tiphys/core/kube'
import { splitCsv } from './csv.ts'
import type { FlagSpec, FlagValue } from './model.ts'
import { quoteText } from './quote.ts'

/** Reads one text for a flag. `given` are the values of earlier occurrences, which lists extend and others replace. */
export function parseFlagValue(flag: FlagSpec, text: string, given: FlagValue | undefined): Result<FlagValue> {
  if (flag.values !== undefined && !isList(flag) && !flag.values.includes(text)) {
    return bad('flag_value_invalid', `One of: ${flag.values.join('|')}`)
  }
  const earlier = Array.isArray(given) ? (given as readonly string[]) : []
  switch (flag.type) {
    case 'string': return ok(text)
    case 'stringArray': return ok([...earlier, text])
    case 'strings': {
      const fields = splitCsv(text)
      return fields.ok ? ok([...earlier, ...fields.value]) : fields
    }
    case 'bool': return parseBool(text)
    case 'int': return parseInteger(text, 63n, true)
    case 'int32': return parseInteger(text, 31n, true)
    case 'uint': return parseInteger(text, 64n, false)
    case 'float32': return parseFloat32(text)
    case 'duration': {
      const ns = parseGoDuration(text)
      return ns.ok ? ok(nsToMs(ns.value)) : ns
    }
  }
}

/** The value of an absent flag. */
export function defaultValue(flag: FlagSpec): FlagValue {
  if (flag.default !== undefined) return flag.default
  if (isList(flag)) return []
  if (flag.type === 'bool') return false
  return flag.type === 'string' ? '' : 0
}

/** What a bare `--flag` stands for; undefined when a value must follow. */
export function bareText(flag: FlagSpec): string | undefined {
  return flag.bare ?? (flag.type === 'bool' ? 'true' : undefined)
}

export function isList(flag: FlagSpec): boolean {
  return flag.type === 'strings' || flag.type === 'stringArray'
}

/** The default as help texts show it; undefined when it is the zero value, which needs no mention. */
export function defaultText(flag: FlagSpec): string | undefined {
  const value = flag.default
  if (value === undefined || value === false || value === '' || value === 0) return undefined
  if (Array.isArray(value)) return value.length === 0 ? undefined : `[${value.join(',')}]`
  return flag.type === 'duration' ? `${Number(value) / 1000}s` : String(value)
}

function parseBool(text: string): Result<boolean> {
  if (/^(1|t|T|TRUE|true|True)$/.test(text)) return ok(true)
  if (/^(0|f|F|FALSE|false|False)$/.test(text)) return ok(false)
  return bad('flag_value_invalid', `strconv.ParseBool: parsing ${quoteText(text)}: invalid syntax`)
}

const INTEGER = /^([+-]?)(?:(0)|([1-9](?:_?[0-9])*)|0[xX]((?:_?[0-9a-fA-F])+)|0[bB]((?:_?[01])+)|0[oO]?((?:_?[0-7])+))$/

function parseInteger(text: string, bits: bigint, signed: boolean): Result<number> {
  const parser = signed ? 'strconv.ParseInt' : 'strconv.ParseUint'
  const failed = (why: string): Result<never> => bad('flag_value_invalid', `${parser}: parsing ${quoteText(text)}: ${why}`)
  const match = INTEGER.exec(text)
  if (match === null || (!signed && match[1] !== '')) return failed('invalid syntax')
  const plain = (digits: string | undefined): string => (digits ?? '').replaceAll('_', '')
  let value = BigInt(plain(match[2] ?? match[3]) || '0')
  if (match[4] !== undefined) value = BigInt(`0x${plain(match[4])}`)
  if (match[5] !== undefined) value = BigInt(`0b${plain(match[5])}`)
  if (match[6] !== undefined) value = BigInt(`0o${plain(match[6])}`)
  const limit = 1n << bits
  const negative = match[1] === '-'
  if (negative ? value > limit : value >= limit) return failed('value out of range')
  return ok(Number(negative ? -value : value))
}

const FLOAT = /^[+-]?(?:[0-9](?:_?[0-9])*\.?(?:[0-9](?:_?[0-9])*)?|\.[0-9](?:_?[0-9])*)(?:[eE][+-]?[0-9](?:_?[0-9])*)?$/
const FLOAT32_MAX = 3.4028234663852886e38

function parseFloat32(text: string): Result<number> {
  const special = /^([+-]?)(inf|infinity|nan)$/i.exec(text)
  if (special !== null) {
    if (special[2]?.toLowerCase() === 'nan') return ok(Number.NaN)
    return ok(special[1] === '-' ? -Infinity : Infinity)
  }
  const failed = (why: string): Result<never> => bad('flag_value_invalid', `strconv.ParseFloat: parsing ${quoteText(text)}: ${why}`)
  if (!FLOAT.test(text)) return failed('invalid syntax')
  const value = Number(text.replaceAll('_', ''))
  return Math.abs(value) > FLOAT32_MAX ? failed('value out of range') : ok(Math.fround(value))
}
