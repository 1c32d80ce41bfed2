// Checks spans of time, tables, lists, JSON, selectors, lint results and log lines.
import type { Workflow } from '@tiphys/core/spec'
import { describe, expect, it } from 'vitest'
import { type LintedFile, describeLint, describeWorkflows, durationShort, durationWords, layTable, logLine, nodeSelector, plainTime, sortWorkflows, timestamp, toJson, utcClock, workflowStatusText } from './index.ts'

const NOW = Date.UTC(2024, 5, 1, 12, 0, 0)

describe('times and spans', () => {
  it('shows a moment in the zone of the reader', () => {
    const clock = { now: NOW, zoneAt: () => ({ offsetSeconds: 19_800, zone: 'IST' }) }
    expect(timestamp(NOW - 180_000, clock)).toBe('Sat Jun 01 17:27:00 +0530 (3 minutes ago)')
    expect(plainTime(NOW, clock)).toBe('2024-06-01 17:30:00 +0530 IST')
  })

  it.each([
    [0, 'now'], [1, '1 second ago'], [59, '59 seconds ago'], [60, '1 minute ago'], [7200, '2 hours ago'], [86_400 * 13, '1 week ago'], [-90, '1 minute from now'],
  ])('%d seconds back is %s', (seconds, text) => {
    expect(timestamp(NOW - seconds * 1000, utcClock(NOW))).toContain(`(${text})`)
  })

  it('an absent time is long ago', () => {
    expect(timestamp(undefined, utcClock(NOW))).toBe('Mon Jan 01 00:00:00 +0000 (a long while ago)')
  })

  it.each([[0, '0 seconds', '0s'], [61, '1 minute 1 seconds', '1m'], [3660, '1 hour 1 minutes', '1h'], [90_000, '1 day 1 hours', '1d'], [86_400 * 9, '1 week 0 hours', '9d']])(
    '%d seconds last %s, in short %s', (seconds, long, short) => {
      expect(durationWords(NOW - seconds * 1000, undefined, NOW)).toBe(long)
      expect(durationShort(NOW - seconds * 1000, NOW, 0)).toBe(short)
    },
  )

  it('what never started took no time', () => expect(durationShort(undefined, undefined, NOW)).toBe('0s'))
})

describe('tables', () => {
  it('the last cell widens no column, and rows without a column end it', () => {
    expect(layTable([['A', 'B'], ['wide cell', 'x'], ['alone'], ['b', 'y']], 2)).toBe('A          B\nwide cell  x\nalone\nb  y\n')
  })

  it('line breaks and tabs in cells are rows and cells', () => {
    expect(layTable([['a\nb', 'c']], 1)).toBe('a\nb c\n')
    expect(layTable([['a\tb', 'c'], ['aaa', 'd']], 1)).toBe('a   b c\naaa d\n')
  })
})

const workflow = (name: string, status: Workflow['status'], rest: Partial<Workflow['spec']> = {}): Workflow => ({
  metadata: { name, namespace: 'ns', creationTimestamp: new Date(NOW - 60_000).toISOString() }, spec: rest, ...(status === undefined ? {} : { status }),
})

describe('lists', () => {
  const clock = utcClock(NOW)

  it('shortens long values of parameters and counts pods', () => {
    const node = { id: 'a', name: 'a', type: 'Pod' as const }
    const nodes = {
      a: { ...node, phase: 'Pending' as const }, b: { ...node, phase: 'Running' as const }, c: { ...node, phase: 'Succeeded' as const },
      d: { ...node, phase: 'Failed' as const, taskResultSynced: false }, e: { ...node, phase: 'Running' as const, daemoned: true }, f: { ...node, type: 'DAG' as const, phase: 'Running' as const },
    }
    const spec = { arguments: { parameters: [{ name: 'p', value: `${'x'.repeat(40)}${'y'.repeat(40)}` }, { name: 'none' }, { name: 'q', value: '' }] }, priority: 3 }
    const text = describeWorkflows([workflow('w', { phase: 'Running', startedAt: new Date(NOW - 5000).toISOString(), nodes }, spec)], { clock, output: 'wide', noHeaders: true, namespace: true })
    expect(text).toBe(`ns   w   Running   1m   5s   3      2/1/2   p=${'x'.repeat(32)}...${'y'.repeat(15)},q=\n`)
  })

  it('hints at the cost of many', () => {
    const many = (phase: 'Failed' | 'Running'): Workflow[] => Array.from({ length: 101 }, (_, index) => workflow(`w${index}`, { phase }))
    expect(describeWorkflows([...many('Failed'), ...many('Running')], { clock })).toContain('\nYou have at least 101 incomplete and 101 completed workflows.')
    expect(describeWorkflows(many('Failed').slice(1), { clock })).not.toContain('at least')
  })

  it('puts unfinished workflows first, the newest of them first', () => {
    const made = (name: string, created: number, finished?: number): Workflow => ({
      metadata: { name, creationTimestamp: new Date(created * 1000).toISOString() }, spec: {}, status: finished === undefined ? {} : { finishedAt: new Date(finished * 1000).toISOString() },
    })
    const sorted = sortWorkflows([made('done-early', 1, 10), made('old', 2), made('done-late', 3, 20), made('new', 4)])
    expect(sorted.map(({ metadata }) => metadata.name)).toEqual(['new', 'old', 'done-late', 'done-early'])
  })

  it('names states that a phase alone does not tell', () => {
    expect(workflowStatusText(workflow('w', { phase: 'Running' }, { suspend: true }))).toBe('Running (Suspended)')
    expect(workflowStatusText(workflow('w', { phase: 'Failed' }, { shutdown: 'Stop' }))).toBe('Failed (Terminated)')
    expect(workflowStatusText(workflow('w', undefined))).toBe('Pending')
    expect(workflowStatusText({ metadata: {}, spec: {} })).toBe('Unknown')
  })
})

describe('JSON', () => {
  it('escapes what HTML could misread, and sorts maps whose keys look like indexes', () => {
    expect(toJson({ b: '<a&b>\u2028', a: { 10: 1, 9: [] } }, 0)).toBe('{"b":"\\u003ca\\u0026b\\u003e\\u2028","a":{"10":1,"9":[]}}')
    expect(toJson({ a: [1, {}], b: null }, 2)).toBe('{\n  "a": [\n    1,\n    {}\n  ],\n  "b": null\n}')
  })
})

describe('node selectors', () => {
  const node = {
    id: 'i', name: 'wf.a', displayName: 'a', type: 'Pod' as const, phase: 'Failed' as const, templateRef: { name: 'lib', template: 't' },
    inputs: { parameters: [{ name: 'city', value: 'a,b=c' }] },
  }
  it.each([
    ['phase=Failed', true], ['phase==Failed,displayName!=b', true], ['phase!=Failed', false], ['templateName=t,templateRef.name=lib', true],
    ['colour=red', false], ['colour!=red', true], ['', true], ['inputs.parameters.city.value=a\\,b\\=c', true],
  ])('%s', (text, matches) => {
    const selector = nodeSelector(text)
    expect(selector.ok && selector.value(node)).toBe(matches)
  })
  it('says which part it cannot read', () => {
    const selector = nodeSelector('phase=a,nothing')
    expect(selector.ok ? '' : selector.problem.message).toBe("selector is invalid: invalid selector: 'phase=a,nothing'; can't understand 'nothing'")
    const twice = nodeSelector('a=b=c')
    expect(twice.ok ? '' : twice.problem.message).toBe('selector is invalid: invalid field selector: unescaped character in value: 61')
  })
})

describe('lint results', () => {
  const bad: LintedFile = { file: 'bad.yaml', linted: true, problems: ['in "bad" (Workflow): template name \'nothing\' undefined'] }
  const good: LintedFile = { file: 'good.yaml', linted: true, problems: [] }
  const red = (text: string): string => `\u001b[31m${text}\u001b[0m`

  it('lists problems below the underlined name of the file', () => {
    expect(describeLint([good, bad], 'pretty', { colour: true })).toEqual({
      good: false, text: `\u001b[4mbad.yaml\u001b[0m:\n   ${red('✖')} ${bad.problems[0]}\n\n${red('✖ 1 linting errors found!')}\n`,
    })
    expect(describeLint([bad], 'simple', { colour: true }).text).toBe(`bad.yaml: ${bad.problems[0]}\n`)
  })

  it('says that all is well, or that there was nothing', () => {
    expect(describeLint([good], 'pretty', { colour: false })).toEqual({ good: true, text: '✔ no linting errors found!\n' })
    expect(describeLint([good], 'simple', { colour: false }).text).toBe('no linting errors found!\n')
    expect(describeLint([{ ...good, linted: false }], 'pretty', { colour: false })).toEqual({ good: false, text: '✖ found nothing to lint in the specified paths, failing...\n' })
  })
})

describe('log lines', () => {
  it('take their colour from the name of the pod', () => {
    expect(logLine('a', 'x', { colour: true })).toBe('\u001b[33ma: x\u001b[0m')
    expect(logLine('a', 'x', { colour: false })).toBe('a: x')
  })
})
