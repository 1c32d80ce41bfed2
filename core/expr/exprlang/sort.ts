// Owns sorting with a comparison that may stop, charged to the budget.

import { charge, type Host } from '../golang/host.ts'

interface Order<T> { readonly less: (a: T, b: T) => boolean; readonly descending: boolean; readonly host: Host }

/** A sorted copy; equal elements keep their order. */
export function sortStable<T>(items: readonly T[], { less, descending, host }: Order<T>): T[] {
  charge(host, items.length * Math.ceil(Math.log2(items.length + 2)) * 2)
  const before = descending ? (a: T, b: T): boolean => less(b, a) : less
  return [...items].sort((a, b) => (before(a, b) ? -1 : before(b, a) ? 1 : 0))
}
