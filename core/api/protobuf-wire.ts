// Owns the lowest level of the binary form: numbers of variable length, parts with a length, UTF-8 text and base64.

export interface Cursor {
  readonly bytes: Uint8Array
  at: number
}

/** The bytes of a field that is no number; undefined when they are cut off. `wire`: 1 for eight bytes, 2 for a length, 5 for four bytes. */
export function readPart(cursor: Cursor, wire: number): Uint8Array | undefined {
  const length = wire === 2 ? readVarint(cursor) : wire === 1 ? 8 : wire === 5 ? 4 : undefined
  if (length === undefined || length < 0 || cursor.at + length > cursor.bytes.length) return undefined
  const part = cursor.bytes.subarray(cursor.at, cursor.at + length)
  cursor.at += length
  return part
}

const VARINT_BYTES_MAX = 10

/** A signed whole number; beyond what a double holds exactly it is rounded. */
export function readVarint(cursor: Cursor): number | undefined {
  let value = 0n
  for (let index = 0; index < VARINT_BYTES_MAX; index++) {
    const byte = cursor.bytes[cursor.at]
    if (byte === undefined) return undefined
    cursor.at += 1
    value |= BigInt(byte & 0x7f) << BigInt(7 * index)
    if (byte < 0x80) return Number(BigInt.asIntN(64, value))
  }
  return undefined
}

/** Text of UTF-8 bytes; what is no UTF-8 becomes replacement characters. */
export function utf8(bytes: Uint8Array): string {
  let out = ''
  for (let at = 0; at < bytes.length;) {
    const lead = bytes[at] ?? 0
    const length = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0
    const code = length === 0 ? undefined : codeAt(bytes, at, length)
    out += code === undefined ? '\ufffd' : String.fromCodePoint(code)
    at += code === undefined ? 1 : length
  }
  return out
}

const FIRST_OF_LENGTH = [0, 0, 0x80, 0x800, 0x10000]

function codeAt(bytes: Uint8Array, at: number, length: number): number | undefined {
  const lead = bytes[at] ?? 0
  if (length === 1) return lead
  let code = lead & (0xff >> (length + 1))
  for (let index = 1; index < length; index++) {
    const byte = bytes[at + index] ?? 0
    if ((byte & 0xc0) !== 0x80) return undefined
    code = code * 64 + (byte & 0x3f)
  }
  const isSurrogate = code >= 0xd800 && code <= 0xdfff
  return code < (FIRST_OF_LENGTH[length] ?? 0) || code > 0x10ffff || isSurrogate ? undefined : code
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

export function base64(bytes: Uint8Array): string {
  let out = ''
  for (let at = 0; at < bytes.length; at += 3) {
    const left = bytes.length - at
    const group = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0)
    out += (LETTERS[group >> 18] ?? '') + (LETTERS[(group >> 12) & 63] ?? '') + (left > 1 ? (LETTERS[(group >> 6) & 63] ?? '') : '=') + (left > 2 ? (LETTERS[group & 63] ?? '') : '=')
  }
  return out
}
