// Owns base64 and base32 as Go's `encoding` packages read and write them.

import { byteLength, latin1, toBytes } from './text.ts'

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** Standard base64 with padding. */
export const base64 = (bytes: Uint8Array): string => encode(bytes, { alphabet: BASE64, bits: 6, group: 4 })
/** Standard base32 with padding. */
export const base32 = (bytes: Uint8Array): string => encode(bytes, { alphabet: BASE32, bits: 5, group: 8 })

/** The bytes of standard base64; for a text that is none, the position of its first wrong byte. Line ends are skipped. */
export const decodeBase64 = (text: string): Uint8Array | number => decode(text, { alphabet: BASE64, bits: 6, group: 4 })
export const decodeBase32 = (text: string): Uint8Array | number => decode(text.replace(/[\r\n]/g, ''), { alphabet: BASE32, bits: 5, group: 8 })

interface Encoding { readonly alphabet: string; readonly bits: number; readonly group: number }

function encode(bytes: Uint8Array, { alphabet, bits, group }: Encoding): string {
  const digits = Math.ceil((bytes.length * 8) / bits)
  const out = new Uint8Array(Math.ceil(digits / group) * group).fill(61)
  let held = 0
  let size = 0
  let at = 0
  for (const byte of bytes) {
    held = (held << 8) | byte
    size += 8
    while (size >= bits) {
      size -= bits
      out[at++] = alphabet.charCodeAt(held >> size)
      held &= (1 << size) - 1
    }
  }
  if (size > 0) out[at] = alphabet.charCodeAt(held << (bits - size))
  return latin1(out)
}

function decode(text: string, e: Encoding): Uint8Array | number {
  const padding = text.indexOf('=')
  const end = padding < 0 ? text.length : padding
  const out: number[] = []
  let held = 0
  let size = 0
  let count = 0
  for (let at = 0; at < end; at++) {
    const c = text[at] ?? ''
    if (c === '\n' || c === '\r') continue
    const value = e.alphabet.indexOf(c)
    if (value < 0) return byteLength(text.slice(0, at))
    count++
    held = (held << e.bits) | value
    size += e.bits
    if (size < 8) continue
    size -= 8
    out.push(held >> size)
    held &= (1 << size) - 1
  }
  const shape = { end, rest: count % e.group }
  return (e.bits === 5 ? wrongPadding32(text, shape) : wrongPadding(text, shape, e)) ?? Uint8Array.from(out)
}

/** The position at which the padding is wrong, `undefined` when it completes the last group. */
function wrongPadding(text: string, { end, rest }: { readonly end: number; readonly rest: number }, e: Encoding): number | undefined {
  if (end === text.length) return rest === 0 ? undefined : text.length - rest
  if (rest < 2) return end
  const skip = (from: number): number => from + (/^[\r\n]*/.exec(text.slice(from))?.[0].length ?? 0)
  let at = end
  for (let marks = 1; marks < e.group - rest; marks++) {
    at = skip(at + 1)
    if (at >= text.length) return text.length
    if (text[at] !== '=') return at - 1
  }
  const bytes = Math.floor((rest * e.bits) / 8)
  if (Math.ceil((bytes * 8) / e.bits) !== rest) return end
  at = skip(at + 1)
  return at < text.length ? at : undefined
}

/** The same for base32, whose decoder looks no further than the group that the padding completes. */
function wrongPadding32(text: string, { end, rest }: { readonly end: number; readonly rest: number }): number | undefined {
  const size = byteLength(text)
  if (end === text.length) return rest === 0 ? undefined : size - rest
  const behind = toBytes(text.slice(end + 1))
  if (rest < 2 || behind.length >= 8) return end
  if (behind.length + rest < 7) return size
  for (let k = 0; k < 7 - rest && k < behind.length; k++) if (behind[k] !== 61) return end + k
  return rest === 3 || rest === 6 ? end : undefined
}
