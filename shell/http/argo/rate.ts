// Owns how many requests an address may make: as many a second as the limit says, no matter how they fall.

/** Whether one more request of an address is within its limit. */
export type RateLimit = (address: string) => boolean

const WINDOW_MS = 1000
/** Addresses are forgotten with each window, so that strangers cannot fill the memory. */
const ADDRESSES_MAX = 10_000

/** `perSecondMax` of 0 sets no limit. */
export function rateLimiter(perSecondMax: number, now: () => number): RateLimit {
  let window = 0
  let counts = new Map<string, number>()
  return (address) => {
    if (perSecondMax <= 0) return true
    const current = Math.floor(now() / WINDOW_MS)
    if (current !== window) [window, counts] = [current, new Map()]
    const count = (counts.get(address) ?? 0) + 1
    if (counts.size < ADDRESSES_MAX || counts.has(address)) counts.set(address, count)
    return count <= perSecondMax
  }
}
