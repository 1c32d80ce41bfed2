// Owns how many columns text takes on a terminal, and cutting text to a number of columns with its colours intact.

const COLOUR_CODE = /\u001b\[[0-9;]*m/y
const RESET = '\u001b[0m'
const MORE = '…'

/** The columns that text takes; colour codes and combining marks take none, wide characters two. */
export function displayWidth(text: string): number {
  if (/^[\u0020-\u007e]*$/.test(text)) return text.length
  let width = 0
  for (let at = 0; at < text.length; ) {
    const code = codeAt(text, at)
    if (code !== undefined) {
      at += code.length
      continue
    }
    const point = text.codePointAt(at) ?? 0
    width += pointWidth(point)
    at += point > 0xffff ? 2 : 1
  }
  return width
}

/** Text cut to at most `columns`, with an ellipsis where something was cut and colours switched off after it. */
export function cutToWidth(text: string, columns: number): string {
  if (columns <= 0) return ''
  if (displayWidth(text) <= columns) return text
  let width = 0
  let coloured = false
  for (let at = 0; at < text.length; ) {
    const code = codeAt(text, at)
    if (code !== undefined) {
      coloured = code !== RESET
      at += code.length
      continue
    }
    const point = text.codePointAt(at) ?? 0
    if (width + pointWidth(point) > columns - 1) return text.slice(0, at) + MORE + (coloured ? RESET : '')
    width += pointWidth(point)
    at += point > 0xffff ? 2 : 1
  }
  return text
}

/** Text without colours, cut in the middle: names of steps differ at their ends, where their items stand. */
export function cutInside(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text
  const points = [...text]
  const room = Math.max(0, columns - 1)
  let tail = ''
  for (let next = points.pop(); next !== undefined && displayWidth(next + tail) <= Math.floor(room / 2); next = points.pop()) tail = next + tail
  const headRoom = room - displayWidth(tail)
  let head = ''
  for (const point of text) {
    if (displayWidth(head + point) > headRoom) break
    head += point
  }
  return columns <= 0 ? '' : head + MORE + tail
}

/** Text with blanks behind it up to a number of columns. */
export function padToWidth(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - displayWidth(text)))
}

function codeAt(text: string, at: number): string | undefined {
  if (text.charCodeAt(at) !== 0x1b) return undefined
  COLOUR_CODE.lastIndex = at
  return COLOUR_CODE.exec(text)?.[0]
}

// East Asian wide and full-width characters and pictures, in blocks: enough for names and messages.
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f], [0x2e80, 0x303e], [0x3041, 0x33ff], [0x3400, 0x4dbf], [0x4e00, 0x9fff], [0xa000, 0xa4cf], [0xac00, 0xd7a3],
  [0xf900, 0xfaff], [0xfe30, 0xfe4f], [0xff00, 0xff60], [0xffe0, 0xffe6], [0x1f300, 0x1f64f], [0x1f680, 0x1f6ff], [0x1f900, 0x1f9ff], [0x20000, 0x3fffd],
]

function pointWidth(point: number): number {
  if (point < 0x300) return point < 0x20 || (point >= 0x7f && point < 0xa0) ? 0 : 1
  if (isZeroWidth(point)) return 0
  return WIDE.some(([from, to]) => point >= from && point <= to) ? 2 : 1
}

function isZeroWidth(point: number): boolean {
  if (point >= 0x200b && point <= 0x200f) return true
  return (point >= 0xfe00 && point <= 0xfe0f) || /^\p{Mn}$/u.test(String.fromCodePoint(point))
}
