// Checks the invariants of the engine over generated workflows on a machine that crashes, repeats itself, is late and loses pods.
import type { ConfigMap } from '@tiphys/core/spec'
import { describe, expect, it } from 'vitest'
import { SPICY, generate } from './generate.ts'
import { type Crashes, type Faults, Machine } from './machine.ts'
import { seededOutcomes } from './outcomes.ts'

const limits: ConfigMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'limits' }, data: { two: '2' } }
const FAILURES = [0, 0.2, 0.5]
const crashes: Crashes = { chance: 0.3, moments: ['acted', 'stored', 'unstored'] }
const faults: Faults = { repeat: 0.2, delay: 0.2, stray: 0.2, jump: 0 }

/** Plays one or two workflows to their end. The machine throws, with the seed's story, when an invariant is broken after any turn. */
function play(seed: number, world: { readonly crashes?: Crashes; readonly faults?: Faults }): Machine {
  const workflows = ['one', 'two'].slice(0, 1 + (seed % 2)).map((name) => generate(`${seed} ${name}`, { name, spices: SPICY }))
  const outcomes = seededOutcomes(String(seed), { failures: FAILURES[seed % FAILURES.length] ?? 0, losses: 0 })
  const machine = new Machine({ seed: String(seed), workflows, configMaps: [limits], outcomes, replay: true, acts: [], config: { nodesMax: 2000 }, ...world })
  machine.play()
  return machine
}

describe('generated workflows end with every invariant held', () => {
  it.each([
    ['on a calm machine', {}],
    ['where the engine dies before and after it stores and acts', { crashes }],
    ['where facts come twice, late and for nobody', { faults }],
    ['where all of that happens', { crashes, faults }],
  ])('%s', (_where, world) => {
    let died = 0
    for (let seed = 0; seed < 40; seed++) {
      const machine = play(seed, world)
      died += machine.crashes
      expect(machine.cells.map(({ run }) => run.status.completed), `seed ${seed}`).toEqual(machine.cells.map(() => true))
    }
    expect(died > 0).toBe('crashes' in world)
  }, 60_000)
})
