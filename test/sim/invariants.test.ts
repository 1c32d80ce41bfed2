// Checks the invariants of the engine over generated workflows on a machine that crashes, repeats itself, is late, loses facts and pods, has a clock that jumps, and people.
import type { ConfigMap } from '@tiphys/core/spec'
import { describe, expect, it } from 'vitest'
import { SPICY, generate } from './generate.ts'
import { type Crashes, type Faults, Machine, type MachineOptions, NO_FAULTS } from './machine.ts'
import { seededOutcomes } from './outcomes.ts'
import { casesOf, seedOfRun } from './random.ts'

const limits: ConfigMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'limits' }, data: { two: '2' } }
const FAILURES = [0, 0.2, 0.5]
const crashes: Crashes = { chance: 0.3, moments: ['acted', 'stored', 'unstored'] }
const faults: Faults = { ...NO_FAULTS, repeat: 0.2, delay: 0.2, lose: 0.1, stray: 0.2 }
const people = { chance: 0.05, deedsMax: 6 }
const LOSSES = 0.05

interface Mode extends Pick<MachineOptions, 'crashes' | 'faults' | 'people'> {
  readonly losses?: number
  /** Seeds that found mistakes, each of another kind, besides those that come first. */
  readonly telling?: readonly number[]
}

/** Plays one or two workflows to their end. The machine throws, with the seed's story, when an invariant is broken after any turn. */
function play(seed: number, { losses = 0, telling: _more, ...world }: Mode): Machine {
  const workflows = ['one', 'two'].slice(0, 1 + (seed % 2)).map((name) => generate(`${seed} ${name}`, { name, spices: SPICY }))
  const outcomes = seededOutcomes(String(seed), { failures: FAILURES[seed % FAILURES.length] ?? 0, losses })
  const machine = new Machine({ seed: String(seed), workflows, configMaps: [limits], outcomes, replay: true, config: { nodesMax: 2000 }, ...world })
  machine.play()
  return machine
}

const MODES: readonly (readonly [string, Mode])[] = [
  ['on a calm machine', { telling: [617, 2261] }],
  ['where the engine dies before and after it stores and acts', { crashes, telling: [433] }],
  ['where facts come twice, late, for nobody, or only at a later look', { faults }],
  ['where pods vanish', { losses: LOSSES }],
  ['where people suspend, resume, supply, stop, terminate and retry', { people, telling: [65, 481, 533, 539] }],
  ['whose clock jumps', { faults: { ...NO_FAULTS, jump: 0.05 } }],
  ['where all of that happens', { crashes, faults: { ...faults, jump: 0.05 }, people, losses: LOSSES, telling: [395] }],
]

describe('generated workflows end with every invariant held', () => {
  it.each(MODES)('%s', (_where, mode) => {
    const first = (seedOfRun - 1) * 1_000_000
    const seeds = [...Array.from({ length: casesOf(12) }, (_, i) => first + i), ...(mode.telling ?? [])]
    let died = 0
    for (const seed of seeds) {
      const machine = play(seed, mode)
      died += machine.crashes
      expect(machine.cells.map(({ run }) => run.status.completed), `seed ${seed}`).toEqual(machine.cells.map(() => true))
    }
    expect(died > 0).toBe(mode.crashes !== undefined)
  }, 120_000)
})
