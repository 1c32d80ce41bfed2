// Holds the lines that `eval --cases` answers against the recorded answers of the reference, every kind of them.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { EVALUATION_KINDS } from './answer.ts'
import { answerLine } from './cases.ts'

interface Answer { readonly id: string; readonly out?: unknown; readonly type?: string; readonly json?: string; readonly error?: string; readonly stage?: string; readonly missing?: boolean }
type Recorded = Answer & { readonly kind: string }

const file = join(process.env['TIPHYS_CONFORMANCE'] ?? join(import.meta.dirname, '../../../../shared/conformance'), 'expressions/cases.jsonl')
const lines = existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : []

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1))) : inner)
}

function difference(wanted: Recorded, got: Answer): string | undefined {
  if ((wanted.error === undefined) !== (got.error === undefined)) return 'one is an error'
  if (wanted.error !== undefined) {
    if ((wanted.missing === true) !== (got.missing === true)) return 'missing'
    return wanted.kind === 'expr' && wanted.stage !== got.stage ? 'stage' : undefined
  }
  if (canonical(wanted.out) !== canonical(got.out)) return 'value'
  if (wanted.kind === 'expr' && wanted.type !== got.type) return 'type'
  return wanted.json !== undefined && wanted.json !== got.json ? 'digits' : undefined
}

describe.skipIf(lines.length === 0)('recorded evaluations', () => {
  it.each(EVALUATION_KINDS.map((kind) => [kind]))('of kind %s are answered under their ids', (kind) => {
    const cases = lines.map((line) => ({ line, wanted: JSON.parse(line) as Recorded })).filter(({ wanted }) => wanted.kind === kind)
    const wrong = cases.flatMap(({ line, wanted }) => {
      const got = JSON.parse(answerLine(line, { nowMs: Date.UTC(2026, 0, 2) }) ?? '{}') as Answer
      const why = got.id === wanted.id ? difference(wanted, got) : 'id'
      return why === undefined ? [] : [{ why, wanted, got }]
    })
    expect(wrong.slice(0, 5)).toEqual([])
    expect(cases.length).toBeGreaterThan(10)
  })
})

describe('a line of cases', () => {
  const answer = (line: string): unknown => JSON.parse(answerLine(line, {}) ?? 'null')

  it('keeps the digits of whole numbers that no double holds', () => {
    expect(answerLine('{"id": 1, "kind": "expr", "in": "9007199254740993"}', {})).toBe('{"id":1,"out":9007199254740993,"type":"int","json":"9007199254740993"}')
  })

  it('LOOP-8 a condition that is false with its tags in it leaves other tags unresolved', () => {
    const items = { id: 1, kind: 'items', name: 'step', in: ['a'], value: '{{nosuch}} {{item}} {{late}}', when: "'{{item}}' == 'b'", vars: { late: null } }
    expect(answer(JSON.stringify(items))).toEqual({ id: 1, out: [{ name: 'step(0:a)', value: '{{nosuch}} a {{late}}', when: "'a' == 'b'" }] })
    expect(answer(JSON.stringify({ ...items, when: "'{{item}}' != 'b'" }))).toMatchObject({ error: 'failed to resolve {{nosuch}}' })
    expect(answer(JSON.stringify({ ...items, in: undefined, withParam: 'none', vars: {} }))).toEqual({ id: 1, out: [] })
  })

  it('what a list of a DAG task names is looked up as well', () => {
    const items = { id: 1, kind: 'items', name: 'task', in: ['{{nosuch}}'], value: '{{item}}' }
    expect(answer(JSON.stringify(items))).toEqual({ id: 1, out: [{ name: 'task(0:{{nosuch}})', value: '{{nosuch}}' }] })
    expect(answer(JSON.stringify({ ...items, owner: 'dag' }))).toMatchObject({ error: 'failed to resolve {{nosuch}}' })
  })

  it('keeps the spelling of what a loop gets', () => {
    const line = '{"id": 1, "kind": "items", "name": "s", "in": [1.50, {"m": {"b": 1e3, "a": 2}}], "value": "{{item}}"}'
    expect(answer(line)).toEqual({ id: 1, out: [{ name: 's(0:1.50)', value: '1.50' }, { name: 's(1:m:{"b":1e3,"a":2})', value: '{"m":{"b":1e3,"a":2}}' }] })
    expect(answer('{"id": 1, "kind": "sequence", "in": {"count": 2.0}}')).toMatchObject({ error: expect.stringContaining('int32') })
    expect(answer('{"id": 1, "kind": "sequence", "in": {"count": 2, "start": -1}}')).toEqual({ id: 1, out: ['-1', '0'] })
  })

  it('is answered even when it is no case at all', () => {
    expect(answer('nonsense')).toMatchObject({ id: null, error: expect.stringContaining('a case is a JSON object') })
    expect(answer('[1]')).toEqual({ id: null, error: 'a case is a JSON object' })
    expect(answer('{"id": "x", "kind": "magic", "in": ""}')).toMatchObject({ id: 'x', error: expect.stringContaining('there is no kind "magic"') })
    expect(answer('{"id": "y", "kind": "items", "in": 7}')).toEqual({ id: 'y', out: [] })
    expect(answer('{"id": "z", "kind": "cron", "in": {"schedule": "* * * * *", "from": "soon"}}')).toMatchObject({ error: expect.stringContaining('is no time') })
    expect(answerLine('  ', {})).toBeUndefined()
  })
})

it('a case whose fields are of any shape is answered, never a failure of the program', () => {
  const values = [7, -1.5, '', 'a.b', null, true, [], [null], ['x'], [{}], {}, { a: 1 }, { a: null }, { a: { phase: 3 } }, { children: 1 }]
  const fields = ['in', 'env', 'vars', 'strict', 'allowUnresolved', 'dependencies', 'tasks', 'results', 'withParam', 'name', 'value', 'when', 'owner', 'workflow', 'node', 'template', 'schedule', 'timezone', 'from', 'n', 'count', 'format']
  const odd = EVALUATION_KINDS.flatMap((kind) => fields.flatMap((field) => values.flatMap((value) => {
    const line = JSON.stringify({ id: 1, kind, in: kind === 'depends' ? 'a' : '1', ...(kind === 'depends' && { tasks: ['a'], results: { a: 'Succeeded' } }), [field]: value })
    try {
      const got = JSON.parse(answerLine(line, { nowMs: 0 }) ?? 'null') as Answer | null
      return got !== null && (got.out !== undefined || got.error !== undefined) ? [] : [`${line}: no answer`]
    } catch (error) {
      return [`${line}: ${String(error)}`]
    }
  })))
  expect(odd.slice(0, 10)).toEqual([])
})
