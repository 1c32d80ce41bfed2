// Owns the redrawing of a region at the end of the output: which codes turn the frame on screen into the next one.
import { cutToWidth, displayWidth } from './width.ts'

export interface Size {
  readonly columns: number
  readonly rows: number
}

/** What stands on the screen: its lines, and the width for which they were cut. */
export interface Frame {
  readonly lines: readonly string[]
  readonly columns: number
}

export const NO_FRAME: Frame = { lines: [], columns: 0 }

const CLEAR_LINE = '\u001b[K'
const CLEAR_BELOW = '\u001b[J'

/**
 * The next frame and the codes that draw it over the one before. The cursor stands below the last line, before and after.
 * Lines are cut to the size, so that none wraps; the terminal may have changed its size since the frame before.
 */
export function redraw(before: Frame, wanted: readonly string[], size: Size): { readonly frame: Frame; readonly codes: string } {
  const lines = wanted.slice(0, Math.max(1, size.rows - 1)).map((line) => cutToWidth(line, size.columns))
  const sameWidth = before.columns === size.columns
  if (sameWidth && lines.length === before.lines.length && lines.every((line, index) => line === before.lines[index])) return { frame: before, codes: '' }
  let codes = moveUp(rowsOf(before, size.columns))
  lines.forEach((line, index) => {
    codes += sameWidth && before.lines[index] === line ? '\n' : `${line}${CLEAR_LINE}\n`
  })
  if (!sameWidth || before.lines.length > lines.length) codes += CLEAR_BELOW
  return { frame: { lines, columns: size.columns }, codes }
}

/** The codes that remove a frame, so that other text can stand in its place. */
export function erase(before: Frame, size: Size): string {
  return before.lines.length === 0 ? '' : moveUp(rowsOf(before, size.columns)) + CLEAR_BELOW
}

/** Terminals wrap what they hold when they become narrower: the frame then covers more rows than it has lines. */
function rowsOf(frame: Frame, columns: number): number {
  return frame.lines.reduce((rows, line) => rows + Math.max(1, Math.ceil(displayWidth(line) / Math.max(1, columns))), 0)
}

function moveUp(rows: number): string {
  return rows === 0 ? '' : `\u001b[${rows}A\r`
}
