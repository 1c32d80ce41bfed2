// Owns the hashes that names on the wire are built from.
import { eachUtf8Byte } from './text.ts'

/** 32-bit FNV-1a over the UTF-8 bytes of `text`, unsigned. */
export function fnv1a32(text: string): number {
  let hash = 0x811c9dc5
  let ascii = true
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit > 0x7f) {
      ascii = false
      break
    }
    hash = Math.imul(hash ^ unit, 0x01000193)
  }
  if (ascii) return hash >>> 0
  hash = 0x811c9dc5
  eachUtf8Byte(text, (byte) => {
    hash = Math.imul(hash ^ byte, 0x01000193)
  })
  return hash >>> 0
}
