// Owns Ctrl-C: the first stops the workflow, so that its exit handlers run, the second terminates it, any other kills what still runs.

export interface Interrupted {
  /** Whether the workflow has ended and only leftovers run. */
  readonly isOver: () => boolean
  readonly stop: () => void
  readonly terminate: () => void
  readonly kill: () => void
}

/** Answers how to stop listening. */
export function onInterrupts(act: Interrupted): () => void {
  const stages = [act.stop, act.terminate]
  const interrupt = (): void => {
    const next = act.isOver() ? undefined : stages.shift()
    if (next === undefined) act.kill()
    else next()
  }
  process.on('SIGINT', interrupt)
  process.on('SIGTERM', interrupt)
  return () => {
    process.off('SIGINT', interrupt)
    process.off('SIGTERM', interrupt)
  }
}
