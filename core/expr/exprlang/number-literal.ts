// Owns number literals: 64-bit integers in four bases, and floats.

import { intOf } from '../golang/number.ts'
import type { FloatNode, IntegerNode } from './ast.ts'
import { raise } from './error.ts'
import type { Token } from './lexer.ts'

const INTEGER = /^(?:[0-9]+|0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+)$/
const FLOAT = /^(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/

/** The node of a number token. */
export function numberNode(token: Token): IntegerNode | FloatNode {
  const text = token.text.replaceAll('_', '')
  const { at } = token
  if (/^0x/i.test(text) || !/[.e]/i.test(text)) return { kind: 'integer', value: integerOf(text, at), at }
  const value = FLOAT.test(text) ? Number(text) : Number.NaN
  if (!Number.isFinite(value)) raise({ code: 'syntax', message: `invalid float literal: ${text}`, at })
  return { kind: 'float', value, at }
}

function integerOf(text: string, at: number): number | bigint {
  if (!INTEGER.test(text)) raise({ code: 'syntax', message: `invalid integer literal: ${text}`, at })
  const value = BigInt(/^0[0-9]/.test(text) ? text.replace(/^0+(?=.)/, '') : text)
  if (value > 0x7fff_ffff_ffff_ffffn) raise({ code: 'syntax', message: `invalid integer literal: ${text}: value out of range`, at })
  return intOf(value)
}
