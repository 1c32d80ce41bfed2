// Checks the lines that the server tells about itself.
import { expect, it } from 'vitest'
import { type LogOptions, createLog, logLevelOf } from './log.ts'

function linesOf(options: Pick<LogOptions, 'format' | 'level'>): readonly string[] {
  const lines: string[] = []
  const log = createLog({ ...options, write: (line) => lines.push(line), now: () => Date.UTC(2024, 0, 1) })
  log.debug('small')
  log.info('listening', { url: 'http://x', port: 1 })
  log.warn('of two\nlines')
  log.error('bad', { why: 'no "room"' })
  return lines
}

it('tells people what is at least as important as they want', () => {
  expect(linesOf({ format: 'text', level: 'info' })).toEqual(['listening url=http://x port=1\n', 'of two\nlines\n', 'bad why="no \\"room\\""\n'])
  expect(linesOf({ format: 'text', level: 'error' })).toHaveLength(1)
})

it('tells programs one line of JSON each', () => {
  const lines = linesOf({ format: 'json', level: 'debug' })
  expect(lines.map((line) => line.trimEnd().includes('\n'))).toEqual([false, false, false, false])
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    { time: '2024-01-01T00:00:00.000Z', level: 'debug', msg: 'small' }, { time: '2024-01-01T00:00:00.000Z', level: 'info', msg: 'listening', url: 'http://x', port: 1 },
    { time: '2024-01-01T00:00:00.000Z', level: 'warn', msg: 'of two\nlines' }, { time: '2024-01-01T00:00:00.000Z', level: 'error', msg: 'bad', why: 'no "room"' },
  ])
})

it('counts what it does not tell', () => {
  const log = createLog({ format: 'text', level: 'error', write: () => undefined, now: () => 0 })
  log.warn('a')
  log.warn('b')
  expect(log.counts).toEqual({ debug: 0, info: 0, warn: 2, error: 0 })
})

it('knows levels by their names', () => {
  expect(['debug', 'warning', 'loud'].map(logLevelOf)).toEqual(['debug', 'warn', undefined])
})
