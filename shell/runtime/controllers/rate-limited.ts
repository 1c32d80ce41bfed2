// Owns how many pods are made in a second: beyond that each waits for its turn.
import type { ControllerConfig } from '@tiphys/core/controllers'
import type { Clock, PodRef, PodRequest, PodRunner } from '@tiphys/shell/ports'

export interface RateOptions {
  readonly clock: Clock
  readonly limit: () => ControllerConfig['resourceRateLimit']
  /** How long a pod has to wait, in milliseconds. */
  readonly onDelay?: (ms: number) => void
}

/** A runner that starts pods no faster than the configuration allows, in the order in which they were asked for. */
export function rateLimited(runner: PodRunner, { clock, limit, onDelay }: RateOptions): PodRunner {
  /** When the last pod that was asked for will have used up its place. */
  let usedUntil = 0
  const start = async (request: PodRequest): Promise<PodRef> => {
    const allowed = limit()
    if (allowed === undefined || allowed.limit <= 0) return runner.start(request)
    const now = clock.now()
    const each = 1000 / allowed.limit
    usedUntil = Math.max(usedUntil, now - each * Math.max(0, allowed.burst - 1)) + each
    const waits = Math.max(0, usedUntil - each - now)
    onDelay?.(waits)
    if (waits > 0) await new Promise<void>((resolve) => void clock.at(now + waits, resolve))
    return runner.start(request)
  }
  return {
    capabilities: runner.capabilities, start,
    discard: (ref) => runner.discard(ref), stop: (ref, options) => runner.stop(ref, options), reattach: (ref) => runner.reattach(ref), leftOver: () => runner.leftOver(),
    deleteClaim: (namespace, name) => runner.deleteClaim(namespace, name), onFact: (listener) => runner.onFact(listener), close: () => runner.close(),
  }
}
