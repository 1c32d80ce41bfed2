// Owns taking turns: work on one thing waits for the work that was begun on it before, work on others does not.

export interface Turns {
  /** Does the work once all that was asked for under this key before is done, whether it worked out or not. */
  take<T>(key: string, work: () => Promise<T>): Promise<T>
}

export function takingTurns(): Turns {
  const last = new Map<string, Promise<unknown>>()
  return {
    take: (key, work) => {
      const mine = (last.get(key) ?? Promise.resolve()).then(work, work)
      const settled = mine.catch(() => undefined)
      last.set(key, settled)
      void settled.then(() => {
        if (last.get(key) === settled) last.delete(key)
      })
      return mine
    },
  }
}
