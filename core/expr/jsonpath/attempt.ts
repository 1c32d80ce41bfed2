// Owns trying a part of a walk that may fail without stopping the whole.
import { isStop } from '../golang/failure.ts'

/** What `work` gives; undefined when it fails. An exhausted budget still stops everything. */
export function attempt<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch (e) {
    if (isStop(e) && e.code === 'failed') return undefined
    throw e
  }
}
