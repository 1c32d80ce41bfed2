// Checks with clocks and restarts of any kind that no tick runs twice, and that none is lost that is awaited.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CronWorkflow } from '@tiphys/core/spec'
import { LATE_MAX_MS, decideTick, dueTicks, noteSubmitted } from './index.ts'

const START = Date.UTC(2024, 2, 30, 22, 0, 0)
const schedules = fc.constantFrom('* * * * *', '*/7 * * * *', '30 2 * * *', '0 */3 * * *', '@every 90s', '15,45 * * * 0', '@hourly')
const zones = fc.constantFrom('', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata')

function cronOf(given: { readonly schedules: readonly string[]; readonly timezone: string; readonly deadline: number | undefined }): CronWorkflow {
  const { deadline, ...rest } = given
  return {
    metadata: { name: 'c', namespace: 'n', uid: 'u', creationTimestamp: '2024-03-30T21:59:17Z' },
    spec: { ...rest, workflowSpec: { entrypoint: 'main' }, ...(deadline !== undefined && { startingDeadlineSeconds: deadline }) },
  } as unknown as CronWorkflow
}

const crons = fc.record({ schedules: fc.uniqueArray(schedules, { minLength: 1, maxLength: 3 }), timezone: zones, deadline: fc.option(fc.integer({ min: 0, max: 7200 }), { nil: undefined }) })

describe('ticks', () => {
  it('CRON-1, CRON-6 run once each, in order, however the clock goes and whenever the process starts anew', () => {
    const move = fc.record({ by: fc.oneof(fc.integer({ min: -3600, max: 3600 }), fc.integer({ min: 0, max: 90 }), fc.integer({ min: 0, max: 90_000 })), restart: fc.boolean() })
    fc.assert(fc.property(crons, fc.array(move, { maxLength: 40 }), (given, moves) => {
      let cron = cronOf(given)
      let [now, awaitedFrom, last] = [START, START, 0]
      for (const { by, restart } of moves) {
        // A day back is more than a clock that was right can have gone ahead.
        now = Math.max(START, now + by * 1000)
        if (restart) awaitedFrom = now
        const due = dueTicks(cron, { now, awaitedFrom, localZone: 'UTC' })
        if (!due.ok) throw new Error(due.problem.message)
        for (const tick of due.value.ticks) {
          expect(tick).toBeLessThanOrEqual(now)
          if (last > 0 && last <= now + 86_400_000) expect(tick).toBeGreaterThan(last)
          last = tick
          cron = noteSubmitted(decideTick(cron, { tick, now, specError: undefined }).cron, tick, { ok: false, already: true })
          awaitedFrom = Math.max(awaitedFrom, tick)
        }
        if (due.value.next !== undefined) expect(due.value.next).toBeGreaterThan(now)
      }
    }))
  })

  it('CRON-1 all run when somebody looks at the time that was named', () => {
    fc.assert(fc.property(crons, fc.integer({ min: 0, max: LATE_MAX_MS - 60_000 }), (given, late) => {
      let cron = cronOf({ ...given, deadline: undefined })
      let awaitedFrom = START
      let next = dueTicks(cron, { now: START, awaitedFrom, localZone: 'UTC' })
      for (let i = 0; i < 10; i++) {
        const wanted = next.ok ? next.value.next : undefined
        if (wanted === undefined) return
        next = dueTicks(cron, { now: wanted + late, awaitedFrom, localZone: 'UTC' })
        const ticks = next.ok ? next.value.ticks : []
        expect(ticks).toEqual([wanted])
        cron = noteSubmitted(cron, wanted, { ok: false, already: true })
        awaitedFrom = wanted
      }
    }))
  })
})
