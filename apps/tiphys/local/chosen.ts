// Owns the workflows that a command names: by arguments, and by selectors.
import { systemClock } from '@tiphys/shell/adapters/system'
import type { RunSummary } from '@tiphys/shell/ports'
import { findRun } from './runs.ts'
import { type Selection, selectRuns } from './select.ts'
import type { Looking } from './reader.ts'

/** A workflow that was asked for: found, or not. */
export type Chosen = { readonly name: string; readonly run: RunSummary } | { readonly name: string; readonly missing: string }

export type ChosenRuns = { readonly ok: true; readonly list: readonly Chosen[] } | { readonly ok: false; readonly message: string }

/** Those that a selector lets through, then those that are named; each once. */
export async function chosenRuns({ state, namespace }: Looking, names: readonly string[], selection: Omit<Selection, 'namespace'> | undefined): Promise<ChosenRuns> {
  const list: Chosen[] = []
  const seen = new Set<string>()
  const add = (name: string, run: RunSummary): void => {
    if (!seen.has(run.uid)) list.push({ name, run })
    seen.add(run.uid)
  }
  if (selection !== undefined) {
    const selected = await selectRuns(state, { ...selection, namespace: namespace ?? '' }, systemClock.now())
    if (!selected.ok) return selected
    for (const run of selected.runs) add(run.name, run)
  }
  for (const name of names) {
    const found = await findRun(state, { name, namespace })
    if (found.ok) add(name, found.run)
    else list.push({ name, missing: found.message })
  }
  return { ok: true, list }
}
