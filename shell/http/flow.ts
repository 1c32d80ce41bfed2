// Owns waiting for slow readers: what is written on is taken up, or its reader has gone.
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'

/** Resolves once more can be written. `isFree` is what the last write answered. */
export async function flowing(response: ServerResponse, isFree: boolean): Promise<void> {
  if (isFree || response.destroyed) return
  // Whichever comes first, nothing goes on listening for the other.
  const settled = new AbortController()
  const { signal } = settled
  try {
    await Promise.race([once(response, 'drain', { signal }), once(response, 'close', { signal })])
  } finally {
    settled.abort()
  }
}
