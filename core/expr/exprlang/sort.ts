// Owns the order in which equal elements leave a sort: Go's pattern-defeating quicksort is not stable, and expressions show it.

import { charge, type Host } from '../golang/host.ts'

interface Order<T> { readonly less: (a: T, b: T) => boolean; readonly descending: boolean; readonly host: Host }

/** Elements with what the algorithm needs of them. */
interface Data { readonly size: number; less(i: number, j: number): boolean; swap(i: number, j: number): void }

/** A sorted copy, with equal elements in the order that Go's `sort.Sort` leaves them in. */
export function sortLikeGo<T>(items: readonly T[], { less, descending, host }: Order<T>): T[] {
  const out = [...items]
  const data: Data = {
    size: out.length,
    less(i, j) {
      charge(host, 2)
      const [a, b] = descending ? [out[j], out[i]] : [out[i], out[j]]
      return less(a as T, b as T)
    },
    swap(i, j) {
      const held = out[i] as T
      out[i] = out[j] as T
      out[j] = held
    },
  }
  if (out.length > 1) quicksort(data, { from: 0, to: out.length, badPivots: bitLength(out.length) })
  return out
}

const bitLength = (n: number): number => n.toString(2).length

const insertionMax = 12
const ninthsFrom = 50

interface Range { readonly from: number; readonly to: number; readonly badPivots: number }

function quicksort(data: Data, range: Range): void {
  let { from, to, badPivots } = range
  let balanced = true
  let partitioned = true
  for (;;) {
    const length = to - from
    if (length <= insertionMax) return insertionSort(data, from, to)
    if (badPivots === 0) return heapSort(data, from, to)
    if (!balanced) {
      scatter(data, from, to)
      badPivots--
    }
    const { pivot, order } = choosePivot(data, from, to)
    if (balanced && partitioned && order === 'increasing' && nearlySorted(data, from, to)) return
    if (from > 0 && !data.less(from - 1, pivot)) {
      from = partitionEqual(data, { from, to, pivot })
      continue
    }
    const split = partition(data, { from, to, pivot })
    partitioned = split.already
    const left = split.middle - from
    const right = to - split.middle
    balanced = Math.min(left, right) >= Math.trunc(length / 8)
    if (left < right) {
      quicksort(data, { from, to: split.middle, badPivots })
      from = split.middle + 1
    } else {
      quicksort(data, { from: split.middle + 1, to, badPivots })
      to = split.middle
    }
  }
}

function insertionSort(data: Data, from: number, to: number): void {
  for (let i = from + 1; i < to; i++) for (let j = i; j > from && data.less(j, j - 1); j--) data.swap(j, j - 1)
}

function heapSort(data: Data, from: number, to: number): void {
  const size = to - from
  for (let root = Math.trunc((size - 1) / 2); root >= 0; root--) sink(data, { root, size, from })
  for (let last = size - 1; last >= 0; last--) {
    data.swap(from, from + last)
    sink(data, { root: 0, size: last, from })
  }
}

function sink(data: Data, heap: { readonly root: number; readonly size: number; readonly from: number }): void {
  const { size, from } = heap
  for (let root = heap.root; ;) {
    let child = 2 * root + 1
    if (child >= size) return
    if (child + 1 < size && data.less(from + child, from + child + 1)) child++
    if (!data.less(from + root, from + child)) return
    data.swap(from + root, from + child)
    root = child
  }
}

interface Part { readonly from: number; readonly to: number; readonly pivot: number }

/** Moves what is less than the pivot before it; tells where the pivot ends up and whether all was in place already. */
function partition(data: Data, { from, to, pivot }: Part): { readonly middle: number; readonly already: boolean } {
  data.swap(from, pivot)
  let i = from + 1
  let j = to - 1
  for (let swaps = 0; ; swaps++) {
    while (i <= j && data.less(i, from)) i++
    while (i <= j && !data.less(j, from)) j--
    if (i > j) {
      data.swap(j, from)
      return { middle: j, already: swaps === 0 }
    }
    data.swap(i++, j--)
  }
}

/** Moves what equals the pivot to the front, where nothing is less than it. */
function partitionEqual(data: Data, { from, to, pivot }: Part): number {
  data.swap(from, pivot)
  let i = from + 1
  let j = to - 1
  for (;;) {
    while (i <= j && !data.less(from, i)) i++
    while (i <= j && data.less(from, j)) j--
    if (i > j) return i
    data.swap(i++, j--)
  }
}

/** Mends up to five places that are out of order; true when that sorts everything. */
function nearlySorted(data: Data, from: number, to: number): boolean {
  let i = from + 1
  for (let step = 0; step < 5; step++) {
    while (i < to && !data.less(i, i - 1)) i++
    if (i === to) return true
    if (to - from < ninthsFrom) return false
    data.swap(i, i - 1)
    if (i - from >= 2) for (let j = i - 1; j >= 1 && data.less(j, j - 1); j--) data.swap(j, j - 1)
    if (to - i >= 2) for (let j = i + 1; j < to && data.less(j, j - 1); j++) data.swap(j, j - 1)
  }
  return false
}

/** Breaks a pattern that led to a bad pivot; the disorder depends on nothing but the length. */
function scatter(data: Data, from: number, to: number): void {
  const length = to - from
  if (length < 8) return
  const mask = (1n << BigInt(bitLength(length))) - 1n
  const middle = from + Math.trunc(length / 4) * 2
  let random = BigInt(length)
  for (let i = middle - 1; i <= middle + 1; i++) {
    random = BigInt.asUintN(64, random ^ (random << 13n))
    random ^= random >> 7n
    random = BigInt.asUintN(64, random ^ (random << 17n))
    const other = Number(random & mask)
    data.swap(i, from + (other >= length ? other - length : other))
  }
}

interface Pivot { readonly pivot: number; readonly order: 'increasing' | 'unknown' }

/** The median of three, or of three medians; a range that looks reversed is turned round. */
function choosePivot(data: Data, from: number, to: number): Pivot {
  const length = to - from
  const quarter = Math.trunc(length / 4)
  let swaps = 0
  const ordered = (a: number, b: number): readonly [number, number] => {
    if (!data.less(b, a)) return [a, b]
    swaps++
    return [b, a]
  }
  const median = (x: number, y: number, z: number): number => {
    const [low, high] = ordered(x, y)
    const [middle] = ordered(high, z)
    return ordered(low, middle)[1]
  }
  const near = (at: number): number => (length >= ninthsFrom ? median(at - 1, at, at + 1) : at)
  const [i, j, k] = [near(from + quarter), near(from + quarter * 2), near(from + quarter * 3)]
  const pivot = median(i, j, k)
  if (swaps !== 12) return { pivot, order: swaps === 0 ? 'increasing' : 'unknown' }
  for (let a = from, b = to - 1; a < b; a++, b--) data.swap(a, b)
  return { pivot: to - 1 - (pivot - from), order: 'increasing' }
}
