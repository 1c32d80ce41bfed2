// Owns work that nobody waits for now, and that has to be done before the server lets go of its state.

export interface PendingWork {
  add(work: Promise<void>): void
  /** Resolves once all of it is done, that which it brought about included. */
  done(): Promise<void>
}

export function pendingWork(onTrouble: (error: unknown) => void): PendingWork {
  const pending = new Set<Promise<void>>()
  return {
    add: (work) => {
      const watched: Promise<void> = work.catch(onTrouble).finally(() => pending.delete(watched))
      pending.add(watched)
    },
    done: async () => {
      while (pending.size > 0) await Promise.all(pending)
    },
  }
}
