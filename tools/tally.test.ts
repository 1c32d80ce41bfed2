// Proves that the closing line of a proof run never hides a failure.
import { expect, it } from 'vitest'
import { tally } from './tally.ts'

const passed = { numPassedTests: 7, numFailedTests: 0, numPendingTests: 2, numTodoTests: 0, testResults: [{ status: 'passed', assertionResults: [{}] }] }

it('counts what passed, failed and was skipped', () => {
  expect(tally(passed, 0)).toBe('7 passed, 0 failed, 2 skipped')
  expect(tally({ ...passed, numFailedTests: 3 }, 1)).toBe('7 passed, 3 failed, 2 skipped')
})

it('counts a failed part that the report does not show', () => {
  expect(tally(passed, 1)).toBe('7 passed, 1 failed, 2 skipped')
  expect(tally({ ...passed, numFailedTests: 3 }, 2)).toBe('7 passed, 4 failed, 2 skipped')
})

it('counts a test file that could not be loaded', () => {
  expect(tally({ ...passed, testResults: [{ status: 'failed', assertionResults: [] }] }, 1)).toBe('7 passed, 1 failed, 2 skipped')
})

it('claims nothing without a report', () => {
  expect(tally(undefined, 1)).toBe('0 passed, 1 failed, 0 skipped')
  expect(tally(undefined, 0)).toBe('0 passed, 1 failed, 0 skipped')
})
