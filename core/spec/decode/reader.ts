// Owns what one reading by schema carries along, and how it tells what is wrong.
import type { Json } from '../json.ts'
import type { Path } from './path.ts'

export interface DecodeProblem {
  readonly code: 'unknown_field' | 'wrong_type' | 'invalid_value' | 'too_deep' | 'lost_value'
  /**
   * `refused`: no reader accepts the value. `strict`: an unknown field, which only strict readers refuse.
   * `ignored`: the reference reads on without a word, but drops what stands here.
   */
  readonly severity: 'refused' | 'strict' | 'ignored'
  readonly path: Path
  readonly message: string
  readonly hint?: string
}

export interface Written {
  readonly format: 'json' | 'yaml'
  readonly at: (path: Path) => string
}

/** How many problems are told; a document with more is hopeless anyway. */
const problemsMax = 100

export interface Reader {
  readonly path: (string | number)[]
  readonly problems: DecodeProblem[]
  foldCase: boolean
  /** Unknown fields are refused, or (inside steps) ignored by the reference. */
  unknown: 'strict' | 'ignored'
  readonly dropUnknown: boolean
  readonly sortKeys: boolean
  readonly written: Written | undefined
}

export function report(r: Reader, problem: Omit<DecodeProblem, 'path'>): void {
  if (r.problems.length < problemsMax) r.problems.push({ ...problem, path: [...r.path] })
}

export function refuse(r: Reader, wanted: string, got: Json, hint?: string): undefined {
  const message = `expected ${wanted}, found ${describe(got)}`
  report(r, { code: 'wrong_type', severity: 'refused', message, ...(hint === undefined ? {} : { hint }) })
  return undefined
}

export function describe(value: Json): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a map'
  if (typeof value === 'string') return `the text ${JSON.stringify(value.length > 40 ? `${value.slice(0, 37)}...` : value)}`
  return typeof value === 'number' ? `the number ${value}` : `${value}`
}

export function invalid(r: Reader, message: string, hint?: string): void {
  report(r, { code: 'invalid_value', severity: 'refused', message, ...(hint === undefined ? {} : { hint }) })
}

export function unquoteHint(json: Json): string | undefined {
  if (typeof json !== 'string' || !/^(?:true|false|-?\d+(?:\.\d+)?)$/.test(json)) return undefined
  return `write ${json} without quotes`
}
