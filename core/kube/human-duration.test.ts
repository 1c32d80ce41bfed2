// Owns the examples of durations in words.
import { expect, it } from 'vitest'
import { humanDuration, roughDuration, shortDuration } from './human-duration.ts'

it('durations in words have up to two units', () => {
  const words = [500, 1_000, 4_000, 60_000, 100_000, 3_600_000, 7_260_000, 90_000_000, 86_400_000 * 400].map(humanDuration)
  expect(words).toEqual([
    '0 seconds', '1 second', '4 seconds', '1 minute 0 seconds', '1 minute 40 seconds', '1 hour 0 minutes', '2 hours 1 minutes', '1 day 1 hours', '1 year 0 hours',
  ])
})

it('short durations have one unit', () => {
  expect([0, 1_500, 59_999, 60_000, 7_200_000, 172_800_000].map(shortDuration)).toEqual(['0s', '1s', '59s', '1m', '2h', '2d'])
  expect(roughDuration(86_400_000 * 15)).toBe('2 weeks')
})
