// Checks that unfinished runs always name what they wait for, over the turns of recorded runs, and that a log tells the same as the run itself.
import { describe, expect, it } from 'vitest'
import { type Effect, type Run, type StoredState, type Wait, isFinished, storedStatusOf, viewRun, waitsOf } from '@tiphys/core/engine'
import { conformanceFolder, loadCases, play } from './cases.ts'

/** Of so many recorded runs one is looked at: the rules are the same for all. */
const EVERY = 5
const TURNS_MAX = 200

const folder = conformanceFolder()

function storedOf(run: Run): StoredState {
  return { nodes: run.nodes, status: structuredClone(storedStatusOf(run)), templates: Object.fromEntries(run.templates.stored), attempts: {}, at: 0 }
}

/** The moments for which a run asked to be woken. */
class Timers {
  readonly due = new Map<string, number>()

  note(effects: readonly Effect[]): void {
    for (const effect of effects) if (effect.type === 'startTimer') this.due.set(effect.key, effect.at)
  }
}

function problemsOf(run: Run, waits: readonly Wait[], timers: Timers): string[] {
  const named = new Set(waits.map(({ node }) => node))
  const problems = [...run.nodes.values()].filter((node) => !isFinished(node) && !named.has(node.id)).map((node) => `${node.name} (${node.type}) names nothing`)
  for (const { node, name, waitsFor } of waits) {
    if (waitsFor.kind === 'turn') problems.push(`${name} waits for nothing outside`)
    if (waitsFor.kind === 'nodes' || waitsFor.kind === 'hooks') {
      for (const id of waitsFor.nodes) if (run.nodes.get(id) === undefined || isFinished(run.nodes.get(id) as never)) problems.push(`${name} waits for ${id}, which has ended`)
    }
    if (waitsFor.kind === 'time') {
      const key = `${waitsFor.what === 'backoff' ? 'retry' : 'suspend'} ${node ?? ''}`
      if (timers.due.get(key) !== waitsFor.until) problems.push(`${name} says ${waitsFor.until}, its timer ${timers.due.get(key) ?? 'is not set'}`)
    }
  }
  return problems
}

/** Waiting in a circle is waiting for nothing. */
function circlesOf(waits: readonly Wait[]): string[] {
  const ends = new Map<string, boolean>()
  const waitsBy = new Map<string, Wait[]>()
  for (const wait of waits) waitsBy.set(wait.node ?? '', [...(waitsBy.get(wait.node ?? '') ?? []), wait])
  const leads = (id: string, above: ReadonlySet<string>): boolean => {
    const known = ends.get(id)
    if (known !== undefined || above.has(id)) return known ?? false
    const result = (waitsBy.get(id) ?? []).some(({ waitsFor }) => !('nodes' in waitsFor) || waitsFor.nodes.some((next) => leads(next, new Set([...above, id]))))
    ends.set(id, result)
    return result
  }
  return [...waitsBy.keys()].filter((id) => !leads(id, new Set())).map((id) => `${id} waits in a circle`)
}

describe.skipIf(folder === undefined)('unfinished nodes name what they wait for', () => {
  it('in every turn of recorded runs, from the run itself and from what is stored of it', () => {
    const found: string[] = []
    let looked = 0
    for (const recorded of loadCases(folder ?? '').filter((_, index) => index % EVERY === 0)) {
      const timers = new Timers()
      let turns = 0
      play(recorded, {
        observe: ({ run, at, effects }) => {
          timers.note(effects)
          if (run.status.completed || turns++ >= TURNS_MAX) return
          const waits = waitsOf(run, at)
          looked += waits.length
          const kinds = (list: readonly Wait[]): string => list.map(({ name, waitsFor }) => `${name} ${waitsFor.kind}`).join('\n')
          const stored = waitsOf(viewRun(run.submitted, storedOf(run)), at)
          const differences = kinds(stored) === kinds(waits) ? [] : ['the log tells otherwise']
          found.push(...[...problemsOf(run, waits, timers), ...circlesOf(waits), ...differences].map((problem) => `${recorded.id}: ${problem}`))
        },
      })
    }
    expect(found.slice(0, 10)).toEqual([])
    expect(looked).toBeGreaterThan(2000)
  })
})
