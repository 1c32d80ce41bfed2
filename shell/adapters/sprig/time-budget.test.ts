// The budget of slow functions: shared, refilled by time, and never in the middle of a call.
import { describe, expect, it } from 'vitest'
import { sharingBudget } from './time-budget.ts'

describe('slow functions', () => {
  it('SPRIG-11 share a budget, which comes back with time', () => {
    let now = 0
    const share = sharingBudget({ spentMsMax: 1000, windowMs: 10_000, now: () => now })
    const slow = (ms: number) => {
      now += ms
      return { ok: true as const, value: ms }
    }
    const [one, two] = [share('one', slow), share('two', slow)]
    expect(one(600)).toMatchObject({ ok: true })
    expect(two(3000)).toMatchObject({ ok: true, value: 3000 })
    expect(one(1)).toMatchObject({ ok: false, message: expect.stringMatching(/^one: .*4 seconds of the last 10 seconds/) })
    now += 10_000
    expect(two(1)).toMatchObject({ ok: true })
  })

  it('that fail have spent their time too', () => {
    let now = 0
    const share = sharingBudget({ spentMsMax: 10, windowMs: 100, now: () => now })
    const failing = share('failing', () => {
      now += 10
      throw new Error('broken')
    })
    expect(() => failing()).toThrow('broken')
    expect(failing()).toMatchObject({ ok: false })
  })
})
