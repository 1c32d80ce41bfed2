// Proves that time goes on at its own pace whatever is done to the host's clock.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { steadyClock } from './clock.ts'

describe('the clock', () => {
  let wall = 0
  let elapsed = 0
  const pass = (ms: number): void => {
    wall += ms
    elapsed += ms
    vi.advanceTimersByTime(ms)
  }
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    wall = 1_000_000
    elapsed = 50
  })
  afterEach(() => vi.useRealTimers())
  const clock = (): ReturnType<typeof steadyClock> => steadyClock({ wall: () => wall, elapsed: () => elapsed })

  it('follows the host as it passes and as it is set forward', () => {
    const { now } = clock()
    pass(10.5)
    expect(now()).toBe(1_000_010.5)
    wall += 3_600_000
    expect(now()).toBe(4_600_010.5)
  })

  it('goes on from its last reading when the host is set back, and follows it again when that has caught up', () => {
    const { now } = clock()
    expect(now()).toBe(1_000_000)
    wall -= 500_000
    pass(250)
    expect(now()).toBe(1_000_250)
    wall += 600_000
    expect(now()).toBe(1_100_250)
  })

  it('loses no time to being asked often', () => {
    const { now } = clock()
    wall -= 10_000
    for (let i = 0; i < 1000; i++) {
      pass(0.5)
      now()
    }
    expect(now()).toBe(1_000_500)
  })

  it('calls back in time when the host is set back meanwhile', () => {
    const { at, now } = clock()
    let called = 0
    at(now() + 1000, () => { called++ })
    pass(400)
    wall -= 3_600_000
    pass(599)
    expect(called).toBe(0)
    pass(2)
    vi.advanceTimersByTime(1)
    expect(called).toBe(1)
  })

  it('notices within half a minute that the host was set forward past a timer', () => {
    const { at, now } = clock()
    let called = 0
    at(now() + 8 * 3_600_000, () => { called++ })
    wall += 9 * 3_600_000
    pass(30_001)
    vi.advanceTimersByTime(1)
    expect(called).toBe(1)
  })

  it('does not call back what was taken off', () => {
    const { at, now } = clock()
    let called = 0
    const cancel = at(now() + 40_000, () => { called++ })
    pass(35_000)
    cancel()
    pass(10_000)
    expect(called).toBe(0)
  })
})
