// Owns randomness that is a function of a seed, so that a simulation can be repeated byte for byte.

export interface Random {
  /** From 0 to below 1. */
  fraction(): number
  bytes(length: number): Uint8Array
}

/** A stream of numbers from a text; equal texts give equal streams. */
export function seededRandom(seed: string): Random {
  let state = 0x9e3779b9
  for (let i = 0; i < seed.length; i++) state = Math.imul(state ^ seed.charCodeAt(i), 0x85ebca6b) + 0x6d2b79f5
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
  return {
    fraction: () => next() / 0x1_0000_0000,
    bytes(length) {
      const bytes = new Uint8Array(length)
      for (let i = 0; i < length; i++) bytes[i] = next() & 0xff
      return bytes
    },
  }
}
