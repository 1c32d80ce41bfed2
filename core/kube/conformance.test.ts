// Owns the comparison of names, durations and quantities with the recorded answers of the reference.
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { formatDuration, formatQuantity, nodeId, parseCron, parseDuration, parseQuantity, podName, quantityMilli, quantityValue } from './index.ts'
import type { PodNameInput, Result } from './index.ts'

type Case = { id: string; kind: string; in: unknown; out?: unknown; error?: string }

const root = process.env['TIPHYS_CONFORMANCE'] ?? fileURLToPath(new URL('../../../shared/conformance', import.meta.url))
const file = `${root}/expressions/cases.jsonl`
const cases: Case[] = existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as Case) : []

/** Every case of a kind that the answer differs from, with the answer. */
function differences(kind: string, answer: (input: never, expected: unknown) => unknown): unknown[] {
  const found: unknown[] = []
  let count = 0
  for (const one of cases) {
    if (one.kind !== kind) continue
    count++
    const got = answer(one.in as never, one.out)
    const expected = one.error === undefined ? one.out : 'error'
    if (JSON.stringify(sorted(got)) !== JSON.stringify(sorted(expected))) found.push({ id: one.id, in: one.in, got, expected, error: one.error })
  }
  expect(count).toBeGreaterThan(0)
  return found
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function show<T>(result: Result<T>, print: (value: T) => unknown): unknown {
  return result.ok ? print(result.value) : 'error'
}

describe.skipIf(cases.length === 0)('recorded answers', () => {
  it('node ids are the workflow name and a hash of the node name', () => {
    expect(differences('nodeId', (input: { workflow: string; node: string }) => nodeId(input.workflow, input.node))).toEqual([])
  })

  it('pod names follow the version, the template and the 242-byte prefix', () => {
    expect(differences('podName', (input: PodNameInput) => podName(input))).toEqual([])
  })

  it('durations without unit are seconds, all others are Go durations', () => {
    const print = (ns: bigint): unknown => ({ ns: `${ns}`, string: formatDuration(ns) })
    expect(differences('duration', (input: string) => show(parseDuration(input), print))).toEqual([])
  })

  it('quantities print canonically and round away from zero', () => {
    const answer = (input: string, expected: unknown): unknown =>
      show(parseQuantity(input), (quantity) => {
        const canonical = { canonical: formatQuantity(quantity), format: quantity.format }
        const fits = typeof expected === 'object' && expected !== null && 'milli' in expected
        return fits ? { ...canonical, milli: `${quantityMilli(quantity)}`, value: `${quantityValue(quantity)}` } : canonical
      })
    expect(differences('quantity', answer)).toEqual([])
  })
})

type CronCase = { schedule: string; timezone?: string; from: string; n: number }

function fireTimes(input: CronCase): unknown {
  const schedule = parseCron(input.schedule, input.timezone)
  if (!schedule.ok) return 'error'
  const times: string[] = []
  let at = Date.parse(input.from)
  for (let i = 0; i < input.n; i++) {
    const next = schedule.value.next(at)
    if (next === undefined) break
    times.push(new Date(next).toISOString().replace('.000Z', 'Z'))
    at = next
  }
  return times
}

describe.skipIf(cases.length === 0)('recorded schedules', () => {
  it('cron fires when the reference fires, clock changes included', () => {
    expect(differences('cron', fireTimes)).toEqual([])
  })
})
