// Owns what is due when in a simulated machine: lives of pods, answers of tasks, timers of the engine.
import type { EngineEvent } from '@tiphys/core/engine'

/** `life`: happens outside the engine and survives its death. `engine`: timers and tasks, which die with it. */
export interface Entry {
  readonly at: number
  readonly kind: 'life' | 'engine'
  readonly run: number
  readonly key: string
  /** What has happened, at the time when it is due; nothing when it is stale by then. */
  readonly happen: (at: number) => EngineEvent | undefined
}

export class Agenda {
  private entries: (Entry & { readonly order: number })[] = []
  private asked = 0

  add(entry: Entry): void {
    this.entries.push({ ...entry, order: this.asked++ })
  }

  remove(matches: (entry: Entry) => boolean): void {
    this.entries = this.entries.filter((entry) => !matches(entry))
  }

  has(matches: (entry: Entry) => boolean): boolean {
    return this.entries.some(matches)
  }

  get nextAt(): number | undefined {
    let first: number | undefined
    for (const { at } of this.entries) if (first === undefined || at < first) first = at
    return first
  }

  /** Takes out what is due by then for the run that is due first. */
  take(at: number): readonly Entry[] {
    const due = this.entries.filter((entry) => entry.at <= at).sort((a, b) => a.at - b.at || a.order - b.order)
    const mine = due.filter(({ run }) => run === due[0]?.run)
    const taken = new Set(mine)
    this.entries = this.entries.filter((entry) => !taken.has(entry))
    return mine
  }

  /** The clock was set: what happens outside is as far away as before, while timers keep their hour. */
  shift(by: number): void {
    this.entries = this.entries.map((entry) => (entry.kind === 'life' ? { ...entry, at: entry.at + by } : entry))
  }
}
