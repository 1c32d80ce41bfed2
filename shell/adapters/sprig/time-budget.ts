// Owns how long slow functions may hold everything else up: expressions are evaluated in one go, so whatever a loop of them costs, all runs of the process wait for.
import type { Hosted } from '@tiphys/core/expr'

export interface TimeBudget {
  /** What slow functions may take together within a window, in milliseconds. */
  readonly spentMsMax: number
  readonly windowMs: number
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number
}

/** Gives functions that share one budget. A call is refused once the budget is spent; one that has begun is never cut short. */
export function sharingBudget({ spentMsMax, windowMs, now }: TimeBudget): <A extends readonly unknown[], T>(name: string, slow: (...given: A) => Hosted<T>) => (...given: A) => Hosted<T> {
  const spent: { readonly at: number; readonly ms: number }[] = []
  const spentNow = (): number => {
    const since = now() - windowMs
    while (spent[0] !== undefined && spent[0].at <= since) spent.shift()
    return spent.reduce((sum, { ms }) => sum + ms, 0)
  }
  return (name, slow) => (...given) => {
    const before = spentNow()
    if (before >= spentMsMax) {
      const seconds = (ms: number): string => `${Math.round(ms / 1000)} seconds`
      return { ok: false, message: `${name}: keys, certificates and slow hashes have taken ${seconds(before)} of the last ${seconds(windowMs)}, and nothing else can go on meanwhile: make them in a step` }
    }
    const from = now()
    try {
      return slow(...given)
    } finally {
      const at = now()
      spent.push({ at, ms: at - from })
    }
  }
}
