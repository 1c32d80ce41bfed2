// Proves that records keep their checksum whichever way it is computed.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checksum, nativeCrc, tableCrc } from './checksum.ts'

describe('checksum', () => {
  it('is the CRC-32 that the world uses', () => {
    expect(checksum('123456789', 0)).toBe(0xcbf43926)
    expect(checksum('', 0)).toBe(0)
  })

  it('is the same from the table and from Node.js, for any text', () => {
    const native = nativeCrc()
    const texts = fc.string({ unit: 'binary', maxLength: 60 })
    fc.assert(fc.property(texts, fc.nat(), (text, seed) => native === undefined || native(text, seed) === tableCrc(text, seed)), { numRuns: 50 })
    const long = `${'ascii '.repeat(1000)}é😀`
    expect(checksum(long, 7)).toBe(tableCrc(long, 7))
  })

  it('differs for the same text in another place', () => {
    expect(checksum('{}', 2 ** 24 + 1)).not.toBe(checksum('{}', 2 ** 24 + 2))
    expect(checksum('{}', 2 ** 53 - 1)).toBe(checksum('{}', 2 ** 53 - 1))
  })
})
