// Owns base64 and base32 as Go's `encoding` packages read and write them.

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** Standard base64 with padding. */
export const base64 = (bytes: Uint8Array): string => encode(bytes, { alphabet: BASE64, bits: 6, group: 4 })
/** Standard base32 with padding. */
export const base32 = (bytes: Uint8Array): string => encode(bytes, { alphabet: BASE32, bits: 5, group: 8 })

/** The bytes of standard base64, `undefined` when the text is none; line ends are skipped. */
export const decodeBase64 = (text: string): Uint8Array | undefined => decode(text, { alphabet: BASE64, bits: 6, group: 4 })
export const decodeBase32 = (text: string): Uint8Array | undefined => decode(text, { alphabet: BASE32, bits: 5, group: 8 })

interface Encoding { readonly alphabet: string; readonly bits: number; readonly group: number }

function encode(bytes: Uint8Array, { alphabet, bits, group }: Encoding): string {
  let out = ''
  let held = 0
  let size = 0
  for (const byte of bytes) {
    held = (held << 8) | byte
    size += 8
    while (size >= bits) {
      size -= bits
      out += alphabet[held >> size] ?? ''
      held &= (1 << size) - 1
    }
  }
  if (size > 0) out += alphabet[held << (bits - size)] ?? ''
  return out + '='.repeat((group - (out.length % group)) % group)
}

function decode(text: string, { alphabet, bits, group }: Encoding): Uint8Array | undefined {
  const clean = text.replace(/[\r\n]/g, '')
  const digits = clean.replace(/=+$/, '')
  if (clean.length % group !== 0) return undefined
  const rest = digits.length % group
  const used = Math.floor((rest * bits) / 8)
  if (clean.length - digits.length >= group || (rest !== 0 && Math.ceil((used * 8) / bits) !== rest)) return undefined
  const out = new Uint8Array(Math.floor((digits.length * bits) / 8))
  let held = 0
  let size = 0
  let at = 0
  for (const c of digits) {
    const value = alphabet.indexOf(c)
    if (value < 0) return undefined
    held = (held << bits) | value
    size += bits
    if (size < 8) continue
    size -= 8
    out[at++] = held >> size
    held &= (1 << size) - 1
  }
  return out
}
