// Owns chance that can be had again: a seed gives the same numbers every time.

/** Says which numbers were drawn; another one by TIPHYS_FAULT_SEED. */
export const seed = Number(process.env['TIPHYS_FAULT_SEED'] ?? 20_260_101)

/** Numbers from 0 to 1, the same for the same seed and name. */
export function chance(name: string): () => number {
  let state = seed >>> 0
  for (const character of name) state = mixed(state ^ character.charCodeAt(0))
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    return mixed(state) / 2 ** 32
  }
}

function mixed(value: number): number {
  let x = Math.imul(value ^ (value >>> 15), value | 1)
  x ^= x + Math.imul(x ^ (x >>> 7), x | 61)
  return (x ^ (x >>> 14)) >>> 0
}

/** Some of a list, in an order of chance. */
export function drawn<T>(list: readonly T[], count: number, draw: () => number): readonly T[] {
  return list.map((item) => ({ item, rank: draw() })).sort((a, b) => a.rank - b.rank).slice(0, count).map(({ item }) => item)
}
