// Owns what runners share that carry some pods out inside this process and leave all others to the runner behind them.
import type { PodFact, PodKey, PodRef, PodRunner, Unsubscribe } from '@tiphys/shell/ports'

export abstract class OwnPods {
  readonly capabilities: PodRunner['capabilities']
  protected readonly next: PodRunner
  readonly #listeners = new Set<(fact: PodFact) => void>()

  constructor(next: PodRunner) {
    this.capabilities = next.capabilities
    this.next = next
    next.onFact((fact) => this.tell(fact))
  }

  /** Own pods do nothing that would have to be ended. */
  leftOver(): Promise<readonly PodRef[]> {
    return this.next.leftOver()
  }

  deleteClaim(namespace: string, name: string): Promise<void> {
    return this.next.deleteClaim(namespace, name)
  }

  onFact(listener: (fact: PodFact) => void): Unsubscribe {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  protected tell(fact: PodFact): void {
    for (const listener of this.#listeners) listener(fact)
  }
}

/** The one pod of an attempt of a node. */
export const textOf = ({ workflowUid, nodeId, attempt }: PodKey): string => `${workflowUid}+${nodeId}+${attempt}`

/** The executor's own exit codes: of a deed that failed, and of one that was stopped. */
export const FAILED_EXIT = 64
export const STOPPED_EXIT = 143
