// Owns the comparison of `depends` with the recorded answers, and its cost at scale.
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { growsAtMost, quickly } from '@tiphys/test/kit'
import { describe, expect, it } from 'vitest'
import { type Depends, type TaskState, compileDepends } from './depends.ts'
import type { DependsTask } from './expand.ts'

type Given = string | { phase: string; daemoned?: boolean; children?: string[] }
type Case = {
  id: string
  kind: string
  in: string
  dependencies?: string[]
  tasks: Array<string | { name: string; continueOn?: { failed?: boolean; error?: boolean }; items?: boolean }>
  results?: Record<string, Given>
  out?: { dependencies: object; expanded: string; execute?: boolean; proceed?: boolean }
  error?: string
}

const root = process.env['TIPHYS_CONFORMANCE'] ?? fileURLToPath(new URL('../../../../shared/conformance', import.meta.url))
const file = `${root}/expressions/cases.jsonl`
const lines = existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : []
const cases = lines.map((line) => JSON.parse(line) as Case).filter((one) => one.kind === 'depends')

function tasksOf(one: Case): Map<string, DependsTask> {
  return new Map(
    one.tasks.map((task): [string, DependsTask] =>
      typeof task === 'string' ? [task, { hasItems: false }] : [task.name, { continueOn: task.continueOn, hasItems: task.items === true }],
    ),
  )
}

function stateOf(given: Given | undefined): TaskState | undefined {
  if (given === undefined || typeof given === 'string') return given === undefined ? undefined : { phase: given }
  const children = given.children ?? []
  return {
    phase: given.phase,
    daemoned: given.daemoned,
    anySucceeded: children.includes('Succeeded'),
    allFailed: children.length > 0 && children.every((phase) => phase === 'Failed'),
  }
}

function answer(one: Case): unknown {
  const tasks = tasksOf(one)
  const compiled = compileDepends({ depends: one.in, dependencies: one.dependencies }, (name) => tasks.get(name))
  if (!compiled.ok) return `validate: ${compiled.problem.message}`
  const depends = compiled.value
  const shape = { dependencies: Object.fromEntries(depends.dependencies.map((name) => [name, depends.itemDependencies.has(name) ? 'items' : 'task'])), expanded: depends.expanded() }
  const results = one.results
  if (results === undefined) return shape
  const verdict = depends.evaluate((name) => stateOf(results[name]))
  return verdict.ok ? { ...shape, ...verdict.value } : `evaluate: ${verdict.problem.message}`
}

function upToReason(answered: unknown): unknown {
  return typeof answered === 'string' ? answered.replace(/^(evaluate: .*?'): [^]*$/, '$1') : answered
}

describe.skipIf(cases.length === 0)('recorded dependencies', () => {
  it('every text expands, validates and evaluates as recorded', () => {
    const differences: unknown[] = []
    for (const one of cases) {
      // Behind the expression stands a reason that is for people and may be worded otherwise.
      const got = upToReason(answer(one))
      const expected = upToReason(one.error ?? one.out)
      try {
        expect(got).toEqual(expected)
      } catch {
        differences.push({ id: one.id, in: one.in, got, expected })
      }
    }
    expect(differences).toEqual([])
    expect(cases.length).toBeGreaterThan(200)
  })
})

function compiled(input: { depends?: string; dependencies?: string[] }, tasks: ReadonlyMap<string, DependsTask>): Depends {
  const result = compileDepends(input, (name) => tasks.get(name))
  if (!result.ok) throw new Error(result.problem.message)
  return result.value
}

describe('the types of results', () => {
  const tasks = new Map([['A', { hasItems: false }], ['B', { hasItems: false }]])
  const verdict = (depends: string): unknown => compiled({ depends }, tasks).evaluate(() => ({ phase: 'Succeeded' }))

  it.each(['A || B.Succeeded < A.Failed', 'A.Succeeded || B.Failed_', 'A || B.Succeeded + A'])('DAG-17 are known before %s runs, so that a mistake counts where nobody looks', (depends) => {
    expect(verdict(depends)).toMatchObject({ ok: false, problem: { code: 'depends_evaluation' } })
  })

  it('fit wherever truth values do', () => {
    expect(verdict('A.Succeeded ? B.Succeeded : B.Failed')).toEqual({ ok: true, value: { proceed: true, execute: true } })
  })
})

describe('dependencies at scale', () => {
  const tasks = new Map(Array.from({ length: 100_000 }, (_, i) => [`task-${i}`, { hasItems: false }] as const))

  it('a DAG of 100,000 tasks is read and evaluated, at a cost that does not grow with the square', () => {
    const succeeded: TaskState = { phase: 'Succeeded' }
    const work = (count: number): void => {
      const all = Array.from({ length: count }, (_, i) => compiled({ depends: `task-${i} && !task-${i >> 1}.Failed` }, tasks))
      expect(all.every((depends) => depends.evaluate(() => succeeded).ok)).toBe(true)
    }
    growsAtMost(30, { work, small: 10_000, large: 100_000 })
  }, 120_000)

  it('one task may depend on all others', () => {
    const depends = compiled({ dependencies: [...tasks.keys()] }, tasks)
    expect(depends.dependencies.length).toBe(100_000)
    expect(depends.evaluate((name) => (name === 'task-7' ? undefined : { phase: 'Succeeded' }))).toEqual({ ok: true, value: { proceed: false, execute: false } })
    expect(depends.evaluate((name) => ({ phase: name === 'task-7' ? 'Failed' : 'Succeeded' }))).toEqual({ ok: true, value: { proceed: true, execute: false } })
  })

  it('no text throws or takes long', () => {
    const words = fc.array(fc.constantFrom('A', 'B', 'A.Failed', 'B.AnySucceeded', '(', ')', '!', '&&', '||', '==', ' ', '-', '.', '1', 'true', "'"), { maxLength: 200 })
    const known = new Map([['A', { hasItems: false }], ['B', { hasItems: true }]])
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), words.map((parts) => parts.join(''))), (text) => {
        quickly(() => {
          const result = compileDepends({ depends: text }, (name) => known.get(name))
          if (result.ok) result.value.evaluate(() => ({ phase: 'Succeeded' }))
        })
      }),
      { numRuns: 400 },
    )
  })
})
