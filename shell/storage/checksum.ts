// Owns the checksum that guards stored records: CRC-32 of the UTF-8 text, the same on every version of Node.js.
import { createRequire } from 'node:module'

type Crc = (data: string, value: number) => number

/** Loading zlib takes longer than a few short texts do; a one-step run never needs it. */
const worthLoadingChars = 16_384
let native: Crc | undefined
let charsSoFar = 0

/** `seed` ties the text to its place, so that a row that turns up elsewhere is noticed too. */
export function checksum(text: string, seed: number): number {
  const start = seed % 0x1_0000_0000 >>> 0
  if (native !== undefined) return native(text, start)
  charsSoFar += text.length
  if (charsSoFar < worthLoadingChars) return tableCrc(text, start)
  native = nativeCrc() ?? tableCrc
  return native(text, start)
}

/** Node.js has it from 20.15 and 22.2 on. */
export function nativeCrc(): Crc | undefined {
  const zlib = createRequire(import.meta.url)('node:zlib') as { readonly crc32?: Crc }
  return zlib.crc32
}

let table: Uint32Array | undefined

/** The textbook form, one table look-up per byte. */
export function tableCrc(text: string, value: number): number {
  const entries = (table ??= crcTable())
  let crc = ~value
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code > 0x7f) return bytesCrc(entries, Buffer.from(text.slice(index)), crc)
    crc = (entries[(crc ^ code) & 0xff] ?? 0) ^ (crc >>> 8)
  }
  return ~crc >>> 0
}

function bytesCrc(entries: Uint32Array, bytes: Uint8Array, start: number): number {
  let crc = start
  for (const byte of bytes) crc = (entries[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8)
  return ~crc >>> 0
}

function crcTable(): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, index) => {
    let entry = index
    for (let bit = 0; bit < 8; bit++) entry = entry & 1 ? (entry >>> 1) ^ 0xedb88320 : entry >>> 1
    return entry >>> 0
  })
}
