// Room on the host is given in order, never twice, and always given back.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HostCapacity, demandOf, type Applicant } from './host-capacity.ts'

const demand = (cpuMilli: number, memoryBytes = 0): Applicant['demand'] => ({ cpuMilli, memoryBytes })

describe('demand of a pod', () => {
  it('is the sum of its containers or its hungriest init container, limits standing in for requests', () => {
    const spec = {
      containers: [{ name: 'a', resources: { requests: { cpu: '500m', memory: '1Gi' } } }, { name: 'b', resources: { limits: { cpu: '1' } } }],
      initContainers: [{ name: 'i', resources: { requests: { cpu: '200m', memory: '3Gi' } } }],
    }
    expect(demandOf(spec)).toEqual({ cpuMilli: 1500, memoryBytes: 3 * 1024 ** 3 })
  })
})

describe('capacity', () => {
  it('says what is short, and that a pod waits behind others', () => {
    const capacity = new HostCapacity({ cpuMilli: 1000, memoryBytes: 100, podsMax: 2 })
    expect(capacity.apply({ demand: demand(800), admitted: () => undefined })).toBeUndefined()
    expect(capacity.apply({ demand: demand(800), admitted: () => undefined })).toContain('1 Insufficient cpu (asks for 800m cpu')
    expect(capacity.apply({ demand: demand(0), admitted: () => undefined })).toBeUndefined()
    expect(capacity.apply({ demand: demand(0), admitted: () => undefined })).toContain('Too many pods')
  })

  it('lets a small pod pass a big one that does not fit, and gives the big one its turn', () => {
    const capacity = new HostCapacity({ cpuMilli: 1000, memoryBytes: 0, podsMax: 100 })
    const order: string[] = []
    const ask = (name: string, cpuMilli: number): void => {
      if (capacity.apply({ demand: demand(cpuMilli), admitted: () => order.push(name) }) === undefined) order.push(name)
    }
    ask('first', 600)
    ask('big', 900)
    ask('small', 300)
    expect(order).toEqual(['first', 'small'])
    capacity.giveBack(demand(600))
    capacity.giveBack(demand(300))
    expect(order).toEqual(['first', 'small', 'big'])
  })

  it('never gives more than there is, and everybody who fits at all is served', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ cpu: fc.integer({ min: 0, max: 10 }), leave: fc.boolean() }), { maxLength: 60 }), (moves) => {
        const capacity = new HostCapacity({ cpuMilli: 10, memoryBytes: 0, podsMax: 4 })
        const held: Applicant[] = []
        let served = 0
        const check = (): void => {
          expect(held.length).toBeLessThanOrEqual(4)
          expect(held.reduce((sum, { demand: { cpuMilli } }) => sum + cpuMilli, 0)).toBeLessThanOrEqual(10)
        }
        const leave = (): void => {
          const first = held.shift()
          if (first !== undefined) capacity.giveBack(first.demand)
          check()
        }
        for (const { cpu, leave: leaves } of moves) {
          const applicant: Applicant = { demand: demand(cpu), admitted: () => { held.push(applicant); served++ } }
          if (capacity.apply(applicant) === undefined) applicant.admitted()
          check()
          if (leaves) leave()
        }
        while (held.length > 0) leave()
        expect(served).toBe(moves.length)
      }),
    )
  })
})
