// Checks who may run when not all may.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Contender, type ThrottleLimits, NO_LIMITS, createThrottle } from './throttle.ts'

const contender = (key: string, more: Partial<Contender> = {}): Contender => ({ key, namespace: 'a', priority: 0, createdAt: 0, ...more })
const limits = (more: Partial<ThrottleLimits>): ThrottleLimits => ({ ...NO_LIMITS, ...more })

describe('the limits of running workflows', () => {
  it('THROTTLE-1 as many run as may in all; whoever ends makes room', () => {
    const throttle = createThrottle(limits({ total: 2 }))
    expect([throttle.add(contender('x')), throttle.add(contender('y')), throttle.add(contender('z'))]).toEqual([['x'], ['y'], []])
    expect(throttle.remove('x')).toEqual(['z'])
    expect([throttle.running, throttle.waiting]).toEqual([2, 0])
    expect(throttle.remove('x')).toEqual([])
  })

  it('THROTTLE-2 as many run as may in a namespace, which may have a limit of its own', () => {
    const throttle = createThrottle(limits({ perNamespace: 1, ofNamespace: new Map([['b', 2], ['free', 0]]) }))
    const added = ['a', 'a', 'b', 'b', 'b', 'free', 'free'].map((namespace, i) => throttle.add(contender(String(i), { namespace })).length)
    expect(added).toEqual([1, 0, 1, 1, 0, 1, 1])
  })

  it('THROTTLE-3 the most important goes first, then the oldest', () => {
    const throttle = createThrottle(limits({ total: 1 }))
    throttle.add(contender('first'))
    throttle.add(contender('young', { createdAt: 2 }))
    throttle.add(contender('old', { createdAt: 1 }))
    throttle.add(contender('urgent', { priority: 5, createdAt: 9, namespace: 'b' }))
    expect([throttle.remove('first'), throttle.remove('urgent'), throttle.remove('old')]).toEqual([['urgent'], ['old'], ['young']])
  })

  it('THROTTLE-4 what runs is never sent back, and a higher limit lets all begin that fit', () => {
    const throttle = createThrottle()
    throttle.keep(contender('x'))
    throttle.keep(contender('y'))
    expect(throttle.setLimits(limits({ total: 1 }))).toEqual([])
    for (const key of ['p', 'q', 'r']) throttle.add(contender(key))
    expect(throttle.isRunning('y')).toBe(true)
    expect(throttle.setLimits(limits({ total: 4 }))).toEqual(['p', 'q'])
  })

  it('never lets more run than may, and never lets anybody wait while there is room', () => {
    const action = fc.record({ key: fc.constantFrom('1', '2', '3', '4', '5', '6'), add: fc.boolean(), priority: fc.integer({ min: 0, max: 2 }), namespace: fc.constantFrom('a', 'b') })
    fc.assert(fc.property(fc.array(action, { maxLength: 60 }), fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 2 }), (actions, total, perNamespace) => {
      const throttle = createThrottle(limits({ total, perNamespace }))
      const running = new Map<string, string>()
      const known = new Map<string, string>()
      for (const { key, add, priority, namespace } of actions) {
        const home = known.get(key) ?? namespace
        const begun = add ? throttle.add(contender(key, { priority, namespace: home })) : throttle.remove(key)
        if (add) known.set(key, home)
        else {
          known.delete(key)
          running.delete(key)
        }
        for (const name of begun) running.set(name, known.get(name) ?? '')
        const inA = [...running.values()].filter((name) => name === 'a').length
        expect(total === 0 || running.size <= total).toBe(true)
        expect(perNamespace === 0 || (inA <= perNamespace && running.size - inA <= perNamespace)).toBe(true)
        expect([throttle.running, throttle.waiting]).toEqual([running.size, known.size - running.size])
        const full = (name: string): boolean => perNamespace > 0 && [...running.values()].filter((other) => other === name).length >= perNamespace
        const waitsForNothing = [...known].some(([name, home]) => !running.has(name) && !full(home) && (total === 0 || running.size < total))
        expect(waitsForNothing).toBe(false)
      }
    }))
  })
})
