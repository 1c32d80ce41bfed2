// Checks that pods are made no faster than the configuration allows.
import { expect, it } from 'vitest'
import type { PodRequest, PodRunner } from '@tiphys/shell/ports'
import { rateLimited } from '@tiphys/shell/runtime'
import { HandClock } from './stage.ts'

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

function limited(limit: { readonly limit: number; readonly burst: number } | undefined) {
  const clock = new HandClock('2024-05-01T10:00:00Z')
  const [started, delays]: [number[], number[]] = [[], []]
  const runner = { start: async (request: PodRequest) => void started.push(request.key.attempt) } as unknown as PodRunner
  const slow = rateLimited(runner, { clock, limit: () => limit, onDelay: (ms) => delays.push(ms) })
  const ask = async (...numbers: readonly number[]): Promise<readonly number[]> => {
    for (const attempt of numbers) void slow.start({ key: { attempt } } as PodRequest)
    await settle()
    return [...started]
  }
  const at = async (time: string): Promise<readonly number[]> => {
    clock.set(`2024-05-01T10:00:${time}Z`)
    await settle()
    return [...started]
  }
  return { ask, at, delays }
}

it('THROTTLE-5 as many start at once as may, then one after the other, and as many again after a rest', async () => {
  const { ask, at, delays } = limited({ limit: 2, burst: 3 })
  expect(await ask(1, 2, 3, 4, 5)).toEqual([1, 2, 3])
  expect(await at('00.500')).toEqual([1, 2, 3, 4])
  expect(await at('01.000')).toEqual([1, 2, 3, 4, 5])
  await at('10.000')
  expect(await ask(6, 7, 8, 9)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  expect(delays).toEqual([0, 0, 0, 500, 1000, 0, 0, 0, 500])
})

it('THROTTLE-5 all start at once where nothing is limited', async () => {
  expect(await limited(undefined).ask(1, 2, 3)).toEqual([1, 2, 3])
})
