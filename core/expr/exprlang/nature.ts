// Owns what is known of an expression's type before it runs.

import { kindOfType } from '../golang/value.ts'

/**
 * A Go type as far as it is known. `type` is `undefined` for unknown values and for nil; `elem` refines the elements of a list;
 * `signature` is the builtin or function behind a callable.
 */
export interface Nature {
  readonly type: string | undefined
  readonly isNil: boolean
  readonly elem: Nature | undefined
}

export const UNKNOWN: Nature = { type: undefined, isNil: false, elem: undefined }
export const NIL: Nature = { type: undefined, isNil: true, elem: undefined }

const KNOWN = new Map<string, Nature>()

/** The nature of a Go type. */
export function ofType(type: string): Nature {
  if (type === 'interface {}') return UNKNOWN
  const known = KNOWN.get(type)
  if (known !== undefined) return known
  const nature: Nature = { type, isNil: false, elem: undefined }
  KNOWN.set(type, nature)
  return nature
}

/** A `[]interface {}` whose elements are known better than that. */
export const arrayOf = (elem: Nature): Nature => ({ type: '[]interface {}', isNil: false, elem })

export const isUnknown = (n: Nature): boolean => n.type === undefined && !n.isNil
export const kindOf = (n: Nature): string => (n.type === undefined ? 'invalid' : kindOfType(n.type))
export const show = (n: Nature): string => n.type ?? 'unknown'
