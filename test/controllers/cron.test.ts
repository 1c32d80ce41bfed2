// Checks the loop around cron workflows on the real state: one workflow a tick, whenever processes die and however clocks are set.
import { afterEach, describe, expect, it } from 'vitest'
import { type Stage, openStage } from './stage.ts'

let stage: Stage | undefined
afterEach(() => {
  stage?.close()
  stage = undefined
})

function at(time: string): Stage {
  stage = openStage(`2024-05-01T${time}Z`)
  return stage
}

const seconds = (time: string): string => `tick-${Date.parse(`2024-05-01T${time}Z`) / 1000}`
const day = (time: string): string => `2024-05-01T${time}Z`

describe('cron workflows', () => {
  it('start one workflow a tick and follow it', async () => {
    const { start, make, clock, cron, names, finish } = at('10:00:30')
    await make({})
    const process = await start()
    clock.set(day('10:01:00'))
    await process.settled()
    clock.set(day('10:02:00'))
    await process.settled()
    expect(await names()).toEqual([seconds('10:01:00'), seconds('10:02:00')])
    expect((await cron()).status).toMatchObject({ phase: 'Active', lastScheduledTime: day('10:02:00'), active: [{ name: seconds('10:01:00') }, { name: seconds('10:02:00') }] })
    await finish(seconds('10:01:00'), 'Succeeded')
    await process.settled()
    expect((await cron()).status).toMatchObject({ succeeded: 1, active: [{ name: seconds('10:02:00') }] })
    await process.stop()
  })

  it('CRON-5 start one workflow a tick wherever the process dies', async () => {
    let resumed = 0
    for (const afterwards of [false, true]) {
      for (let left = 1; left < 14; left++) {
        const { start, make, clock, names, cron } = at('10:00:30')
        await make({})
        const fuse = { left: left + 4, afterwards }
        const dying = await start(fuse)
        for (const time of ['10:01:00', '10:02:00']) {
          clock.set(day(time))
          await dying.settled()
        }
        await dying.stop()
        const decided = (await cron()).metadata.annotations?.['tiphys.dev/pending-tick']
        const process = await start()
        clock.set(day('10:03:00'))
        await process.settled()
        await process.stop()
        const found = await names()
        const where = `dies at call ${left}, ${afterwards ? 'after' : 'before'} it is done`
        expect(found.at(-1), where).toBe(seconds('10:03:00'))
        expect(new Set(found).size, where).toBe(found.length)
        if (decided !== undefined && found.includes(`tick-${Date.parse(decided) / 1000}`)) resumed++
        else expect(decided, where).toBe(undefined)
        const { metadata, status } = await cron()
        expect(metadata.annotations, where).not.toHaveProperty(['tiphys.dev/pending-tick'])
        expect(status?.active.map(({ name }) => name).toSorted(), where).toEqual(found)
        stage?.close()
        stage = undefined
      }
    }
    expect(resumed).toBeGreaterThan(2)
  })

  it('CRON-6 and CRON-7 start no tick again when the clock is set back, and make up for one within the deadline', async () => {
    const { start, make, clock, names } = at('10:00:30')
    await make({ startingDeadlineSeconds: 100 })
    const process = await start()
    for (const time of ['10:01:00', '10:00:10', '10:01:00', '10:01:30', '12:30:20']) {
      clock.set(day(time))
      await process.settled()
    }
    expect(await names()).toEqual([seconds('10:01:00'), seconds('12:30:00')])
    await process.stop()
  })

  it('CRON-8 start nothing for a time before a schedule was given', async () => {
    const { start, make, clock, names, change } = at('10:00:30')
    await make({ schedules: ['0 * * * *'] })
    const process = await start()
    clock.set(day('10:05:20'))
    await change((cron) => ({ ...cron, spec: { ...cron.spec, schedules: ['* * * * *'] } }))
    await process.settled()
    expect(await names()).toEqual([])
    clock.set(day('10:06:00'))
    await process.settled()
    expect(await names()).toEqual([seconds('10:06:00')])
    await process.stop()
  })

  it('CRON-11 keep the pace of @every, whatever happens in between', async () => {
    const { start, make, clock, names, finish } = at('10:00:00')
    await make({ schedules: ['@every 10s'] })
    const process = await start()
    for (const time of ['10:00:10', '10:00:14', '10:00:20', '10:00:29', '10:00:30']) {
      clock.set(day(time))
      await process.settled()
      if (time === '10:00:14') await finish(seconds('10:00:10'), 'Succeeded')
      await process.settled()
    }
    expect(await names()).toEqual(['10:00:10', '10:00:20', '10:00:30'].map(seconds))
    await process.stop()
  })

  it('CRON-15 and CRON-16 hold back while one is active, and make up for it afterwards', async () => {
    const { start, make, clock, names, finish } = at('10:00:30')
    await make({ concurrencyPolicy: 'Forbid', startingDeadlineSeconds: 50 })
    const process = await start()
    clock.set(day('10:01:00'))
    await process.settled()
    clock.set(day('10:02:00'))
    await process.settled()
    expect(await names()).toEqual([seconds('10:01:00')])
    clock.set(day('10:02:20'))
    await finish(seconds('10:01:00'), 'Succeeded')
    await process.settled()
    expect(await names()).toEqual([seconds('10:01:00'), seconds('10:02:00')])
    await process.stop()
  })

  it('CRON-15 terminate what they replace', async () => {
    const { start, make, clock } = at('10:00:30')
    await make({ concurrencyPolicy: 'Replace' })
    const process = await start()
    for (const time of ['10:01:00', '10:02:00']) {
      clock.set(day(time))
      await process.settled()
    }
    expect(process.terminated).toEqual([seconds('10:01:00')])
    await process.stop()
  })

  it('CRON-42 delete what is beyond the history limits', async () => {
    const { start, make, clock, names, finish } = at('10:00:30')
    await make({ successfulJobsHistoryLimit: 1, failedJobsHistoryLimit: 0 })
    const process = await start()
    for (const [minute, phase] of [['1', 'Succeeded'], ['2', 'Failed'], ['3', 'Succeeded']] as const) {
      clock.set(day(`10:0${minute}:00`))
      await process.settled()
      await finish(seconds(`10:0${minute}:00`), phase)
      await process.settled()
    }
    expect(await names()).toEqual([seconds('10:03:00')])
    await process.stop()
  })

  it('CRON-14 start nothing while suspended, and go on afterwards', async () => {
    const { start, make, clock, names, change } = at('10:00:30')
    await make({})
    const process = await start()
    await change((cron) => ({ ...cron, spec: { ...cron.spec, suspend: true } }))
    clock.set(day('10:01:00'))
    await process.settled()
    await change((cron) => ({ ...cron, spec: { ...cron.spec, suspend: false } }))
    clock.set(day('10:02:00'))
    await process.settled()
    expect(await names()).toEqual([seconds('10:02:00')])
    await process.stop()
  })
})
