// Owns what is true of a place between two characters: line and text ends, word boundaries.

import { BEGIN_LINE, BEGIN_TEXT, END_LINE, END_TEXT, NO_WORD_BOUNDARY, WORD_BOUNDARY } from './syntax.ts'

/** Stands for the character before the first and after the last. */
export const NONE = -1

const isWord = (point: number): boolean =>
  (point >= 97 && point <= 122) || (point >= 65 && point <= 90) || (point >= 48 && point <= 57) || point === 95

/** All conditions that hold between two characters. */
export function placeBetween(before: number, after: number): number {
  let place = isWord(before) === isWord(after) ? NO_WORD_BOUNDARY : WORD_BOUNDARY
  if (before === NONE) place |= BEGIN_TEXT | BEGIN_LINE
  else if (before === 10) place |= BEGIN_LINE
  if (after === NONE) place |= END_TEXT | END_LINE
  else if (after === 10) place |= END_LINE
  return place
}

/** The character at a position, `NONE` past the end; a lone half of a pair counts as U+FFFD, as invalid bytes do in Go. */
export function pointAt(text: string, at: number): number {
  const c = text.charCodeAt(at)
  if (c < 0xd800 || c > 0xdfff) return c
  const point = text.codePointAt(at)
  if (point === undefined) return NONE
  return point > 0xffff ? point : 0xfffd
}

/** The character that ends at a position, `NONE` at the start. */
export function pointBefore(text: string, at: number): number {
  if (at <= 0) return NONE
  const low = (text.charCodeAt(at - 1) & 0xfc00) === 0xdc00
  const paired = low && at > 1 && (text.charCodeAt(at - 2) & 0xfc00) === 0xd800
  return pointAt(text, paired ? at - 2 : at - 1)
}

export const widthOf = (point: number): number => (point > 0xffff ? 2 : 1)
