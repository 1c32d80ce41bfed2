// Owns the comparison of templates and expressions with the recorded answers of the reference.
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { evaluateCase, type CaseAnswer, type ExpressionCase } from './evaluate-case.ts'

type Recorded = ExpressionCase & { id: string; out?: unknown; type?: string; json?: string; error?: string; stage?: string; missing?: boolean }

const root = process.env['TIPHYS_CONFORMANCE'] ?? fileURLToPath(new URL('../../../shared/conformance', import.meta.url))
const file = `${root}/expressions/cases.jsonl`
const lines = existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : []
const recorded = lines.map((line) => JSON.parse(line) as Recorded)

/** Cases whose answer differs for a reason that a rule gives; none so far. */
const DEVIATIONS: ReadonlySet<string> = new Set()

/** JSON with sorted keys, so that the order of members does not count. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, v: unknown) =>
    typeof v === 'object' && v !== null && !Array.isArray(v) ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1))) : v)
}

function difference(wanted: Recorded, got: CaseAnswer): string | undefined {
  if ((wanted.error === undefined) !== (got.error === undefined)) return 'one is an error'
  if (wanted.error !== undefined) {
    if (wanted.kind === 'template' && (wanted.missing === true) !== (got.missing === true)) return 'missing'
    return wanted.kind === 'expr' && wanted.stage !== got.stage ? 'stage' : undefined
  }
  if (canonical(wanted.out) !== canonical(got.out)) return 'value'
  if (wanted.type !== undefined && wanted.type !== got.type) return 'type'
  return wanted.json !== undefined && wanted.json !== got.json ? 'digits' : undefined
}

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5)

describe.skipIf(recorded.length === 0)('recorded evaluations', () => {
  it.each([['template', 400], ['expr', 1400], ['bool', 100]] as const)('every %s case has the recorded value, type, error and stage', (kind, atLeast) => {
    const cases = recorded.filter((one) => one.kind === kind)
    const wrong = cases.flatMap((wanted) => {
      const got = evaluateCase(wanted, { nowMs: NOW })
      const why = difference(wanted, got)
      return why === undefined || DEVIATIONS.has(wanted.id) ? [] : [{ id: wanted.id, why, in: wanted.in, got }]
    })
    expect(wrong).toEqual([])
    expect(cases.length).toBeGreaterThan(atLeast)
  })

  it('the messages that decide between waiting and failing are the recorded ones', () => {
    const messages = recorded.filter((one) => one.kind === 'template' && one.missing === true)
    const wrong = messages.flatMap((wanted) => (evaluateCase(wanted).error === wanted.error ? [] : [{ in: wanted.in, wanted: wanted.error, got: evaluateCase(wanted).error }]))
    expect(wrong).toEqual([])
    expect(messages.length).toBeGreaterThan(30)
  })
})
