// Checks every rule of behaviour against its fixtures.
import { describe, expect, it } from 'vitest'
import { differencesOf, loadFixtures, titleOf } from './fixture.ts'

describe('rules', () => {
  it.each(loadFixtures().map((fixture) => [titleOf(fixture), fixture] as const))('%s', (_title, fixture) => {
    expect(differencesOf(fixture)).toEqual([])
  })
})
