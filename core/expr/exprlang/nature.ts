// Owns what is known of an expression's type before it runs, and how such types relate.

import { kindOfType } from '../golang/value.ts'

/** A Go type as far as it is known. `type` is `undefined` for what cannot be known and for nil; `elem` refines the elements of a list. */
export interface Nature {
  readonly type: string | undefined
  readonly isNil: boolean
  readonly elem: Nature | undefined
}

/** Nothing is known: members of values that are only known while running. */
export const UNKNOWN: Nature = { type: undefined, isNil: false, elem: undefined }
export const NIL: Nature = { type: undefined, isNil: true, elem: undefined }
/** Declared to be anything: members of maps from the environment, results of functions. */
export const ANY: Nature = { type: 'interface {}', isNil: false, elem: undefined }

const KNOWN = new Map<string, Nature>([['interface {}', ANY]])

/** The nature of a Go type. */
export function ofType(type: string): Nature {
  const known = KNOWN.get(type)
  if (known !== undefined) return known
  const nature: Nature = { type, isNil: false, elem: undefined }
  KNOWN.set(type, nature)
  return nature
}

export const BOOL = ofType('bool')
export const INT = ofType('int')
export const FLOAT = ofType('float64')
export const STRING = ofType('string')
export const BYTES = ofType('[]uint8')
export const ARRAY = ofType('[]interface {}')
export const MAP = ofType('map[string]interface {}')
export const TIME = ofType('time.Time')
export const DURATION = ofType('time.Duration')

/** A `[]interface {}` whose elements are known better than that. */
export const arrayOf = (elem: Nature): Nature => ({ type: '[]interface {}', isNil: false, elem })

export const isUnknown = (n: Nature): boolean => (n.type === undefined ? !n.isNil : n.type === 'interface {}')
export const kindOf = (n: Nature): string => (n.type === undefined ? 'invalid' : kindOfType(n.type))
export const show = (n: Nature): string => n.type ?? 'unknown'

const INTEGER = /^u?int(?:8|16|32|64|ptr)?$/
const FLOATING = /^float(?:32|64)$/
export const isInteger = (n: Nature): boolean => n.type !== undefined && INTEGER.test(n.type)
export const isFloat = (n: Nature): boolean => n.type !== undefined && FLOATING.test(n.type)
export const isNumber = (n: Nature): boolean => isInteger(n) || isFloat(n)
export const isBool = (n: Nature): boolean => n.type === 'bool'
export const isString = (n: Nature): boolean => n.type === 'string'
export const isTime = (n: Nature): boolean => n.type === 'time.Time'
export const isDuration = (n: Nature): boolean => n.type === 'time.Duration'
export const isArray = (n: Nature): boolean => kindOf(n) === 'slice' || kindOf(n) === 'array'
export const isMap = (n: Nature): boolean => kindOf(n) === 'map'

/** The elements of a list or map. */
export function elementOf(n: Nature): Nature {
  if (n.elem !== undefined) return n.elem
  const type = n.type ?? ''
  if (isArray(n)) return ofType(type.replace(/^\[\d*\]/, ''))
  return isMap(n) ? ofType(type.slice(closing(type) + 1)) : UNKNOWN
}

/** The keys of a map. */
export const keyOf = (n: Nature): Nature => ofType((n.type ?? '').slice('map['.length, closing(n.type ?? '')))

const closing = (mapType: string): number => mapType.indexOf(']')

/** Go's assignability as far as it can arise: the same type, anything to an interface, nil to what may be nil. */
export function assignable(n: Nature, to: Nature): boolean {
  if (n.isNil) return ['ptr', 'interface', 'func', 'map', 'slice'].includes(kindOf(to))
  if (n.type === undefined || to.type === undefined) return false
  return n.type === to.type || to.type === 'interface {}'
}

/** Whether `==` between them can make sense. */
export function comparable(a: Nature, b: Nature): boolean {
  if (isUnknown(a) || isUnknown(b) || a.isNil || b.isNil) return true
  return (isNumber(a) && isNumber(b)) || (isArray(a) && isArray(b)) || assignable(a, b)
}

type Check = (n: Nature) => boolean

/** Whether they may turn out to fit: at least one side is unknown, and the other is unknown too or passes a check. */
export function maybeCompatible(a: Nature, b: Nature, checks: readonly Check[]): boolean {
  const fits = (n: Nature): boolean => checks.some((check) => check(n))
  if (isUnknown(a)) return isUnknown(b) || fits(b)
  return isUnknown(b) && fits(a)
}
