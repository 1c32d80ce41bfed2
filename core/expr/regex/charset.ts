// Owns the fast test of one character against a set.

import { foldClass } from './fold.ts'
import type { CharSet, SetItem } from './syntax.ts'

/** Tests characters; answers for ASCII are computed once. */
export interface CharTest {
  /** 1 where the ASCII character is in the set. */
  readonly ascii: Uint8Array
  readonly test: (point: number) => boolean
}

export function charTest(set: CharSet): CharTest {
  const ascii = new Uint8Array(128)
  for (let point = 0; point < 128; point++) ascii[point] = inSet(set, point) ? 1 : 0
  const known = new Map<number, boolean>()
  return {
    ascii,
    test(point) {
      if (point < 128) return ascii[point] === 1
      const answer = known.get(point)
      if (answer !== undefined) return answer
      const found = inSet(set, point)
      if (known.size > 5000) known.clear()
      known.set(point, found)
      return found
    },
  }
}

function inSet(set: CharSet, point: number): boolean {
  const points = set.fold ? foldClass(point) : [point]
  return points.some((p) => set.items.some((item) => inItem(item, p))) !== set.negated
}

function inItem(item: SetItem, point: number): boolean {
  switch (item.kind) {
    case 'range': return point >= item.from && point <= item.to
    case 'property': return item.test(point)
    case 'set': return inSet(item.set, point)
  }
}
