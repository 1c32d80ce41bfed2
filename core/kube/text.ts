// Owns how Go sees text where JavaScript sees it differently: bytes, byte order and quoting.

const REPLACEMENT = 0xfffd

/** The code point at `index`; a lone surrogate counts as U+FFFD, as it does once encoded. */
function codePointAt(text: string, index: number): number {
  const point = text.codePointAt(index) ?? REPLACEMENT
  return point >= 0xd800 && point <= 0xdfff ? REPLACEMENT : point
}

/** Calls `visit` with every UTF-8 byte of `text`, without building an array. */
export function eachUtf8Byte(text: string, visit: (byte: number) => void): void {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x80) {
      visit(unit)
      continue
    }
    const point = codePointAt(text, i)
    if (point > 0xffff) i++
    visitMultiByte(point, visit)
  }
}

function visitMultiByte(point: number, visit: (byte: number) => void): void {
  if (point < 0x800) {
    visit(0xc0 | (point >> 6))
  } else if (point < 0x10000) {
    visit(0xe0 | (point >> 12))
    visit(0x80 | ((point >> 6) & 0x3f))
  } else {
    visit(0xf0 | (point >> 18))
    visit(0x80 | ((point >> 12) & 0x3f))
    visit(0x80 | ((point >> 6) & 0x3f))
  }
  visit(0x80 | (point & 0x3f))
}

/** The number of bytes a code point takes in UTF-8. */
function utf8Width(point: number): number {
  if (point < 0x80) return 1
  if (point < 0x800) return 2
  return point < 0x10000 ? 3 : 4
}

/** How many bytes `text` takes in UTF-8. */
export function utf8Length(text: string): number {
  let length = 0
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x80) {
      length++
      continue
    }
    const point = codePointAt(text, i)
    if (point > 0xffff) i++
    length += utf8Width(point)
  }
  return length
}

/** The first `bytesMax` bytes of `text`. Each byte of a character cut in two reads as U+FFFD, as Go's JSON prints it. */
export function truncateUtf8(text: string, bytesMax: number): string {
  let bytes = 0
  for (let i = 0; i < text.length; i++) {
    const point = codePointAt(text, i)
    const width = utf8Width(point)
    if (bytes + width > bytesMax) return text.slice(0, i) + '\ufffd'.repeat(bytesMax - bytes)
    bytes += width
    if (point > 0xffff) i++
  }
  return text
}

/** Orders text by its UTF-8 bytes, as Go sorts strings: astral characters come after all others. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x === y) continue
    const xSurrogate = x >= 0xd800 && x <= 0xdfff
    const ySurrogate = y >= 0xd800 && y <= 0xdfff
    if (xSurrogate !== ySurrogate) return xSurrogate ? 1 : -1
    return x < y ? -1 : 1
  }
  return a.length < b.length ? -1 : 1
}

/** In quotation marks; what is no plain character is written as its bytes. */
export function quoteBytes(text: string): string {
  if (/^[ !#-[\]-~]*$/.test(text)) return `"${text}"`
  let out = ''
  eachUtf8Byte(text, (byte) => {
    const character = String.fromCharCode(byte)
    if (character === '"' || character === '\\') out += `\\${character}`
    else out += byte >= 0x20 && byte < 0x7f ? character : `\\x${byte.toString(16).padStart(2, '0')}`
  })
  return `"${out}"`
}
