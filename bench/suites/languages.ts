// Measures templates, expressions, conditions and lint: what every node of a workflow pays, and what an editor waits for.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { compileDepends, compileExpression, compileTemplate, compileWhen, envOf, evaluateExpression, renderTemplate, scopeOfVariables } from '@tiphys/core/expr'
import { lintFiles } from '@tiphys/core/lint'
import { type Row, type Size, type Suite, median } from './row.ts'

const EXPRESSION = 'a == "x" and b >= 100'
const SIZES: Readonly<Record<Size, { rounds: number; times: number; graph: number; manifests: number }>> = {
  small: { rounds: 3, times: 5000, graph: 2000, manifests: 100 },
  full: { rounds: 9, times: 200_000, graph: 100_000, manifests: 1000 },
}

export const languagesSuite: Suite = {
  name: 'languages',
  run(size) {
    const { rounds, times, graph, manifests } = SIZES[size]
    return Promise.resolve([
      expressionRow(rounds, times, size === 'full' ? goFigure() : undefined),
      templateRow(rounds, times),
      whenRow(rounds, times),
      dependsRow(rounds, graph),
      lintRow(manifests),
    ])
  },
}

/** The median over rounds of the nanoseconds that one of `times` calls takes. */
function nsPerCall(rounds: number, times: number, call: (index: number) => unknown): number {
  const measured = Array.from({ length: rounds }, () => {
    const from = process.hrtime.bigint()
    for (let i = 0; i < times; i++) call(i)
    return Number(process.hrtime.bigint() - from) / times
  })
  return median(measured)
}

function expressionRow(rounds: number, times: number, go: number | undefined): Row {
  const program = compileExpression(EXPRESSION)
  if (!program.ok) throw new Error(program.error.message)
  const env = envOf({ a: 'x', b: 120n })
  const answer = evaluateExpression(program.value, env)
  if (!answer.ok || answer.value !== true) throw new Error('the expression is not true')
  const value = nsPerCall(rounds, times, () => evaluateExpression(program.value, env))
  const beside = go === undefined ? { gate: { max: 1000, of: 'value' as const } } : { floor: { what: 'expr-lang in Go', value: go }, gate: { max: 2, of: 'ratio' as const } }
  return { name: `expression ${EXPRESSION}`, value, unit: 'ns', ...beside }
}

/** Nanoseconds that the Go implementation takes for the same expression; undefined where Go or its module is missing. */
function goFigure(): number | undefined {
  try {
    return Number(execFileSync('go', ['run', '.', EXPRESSION], { cwd: new URL('../go', import.meta.url), encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }))
  } catch {
    process.stdout.write('  no figure of expr-lang in Go: Go or its module is not at hand\n')
    return undefined
  }
}

function templateRow(rounds: number, times: number): Row {
  const names = ['inputs.parameters.a', 'inputs.parameters.b', 'workflow.name', 'steps.one.outputs.result', 'item']
  const text = names.map((name) => `${'lorem ipsum dolor sit amet, '.repeat(2)}{{${name}}}`).join(' ')
  const template = compileTemplate(text)
  const scope = scopeOfVariables(new Map(names.map((name) => [name, 'value'])))
  const rendered = renderTemplate(template, scope, {})
  if (!rendered.ok) throw new Error(rendered.error.message)
  const value = nsPerCall(rounds, times, () => renderTemplate(template, scope, {}))
  return { name: `template of ${text.length} characters with ${names.length} tags`, value, unit: 'ns', gate: { max: 2000, of: 'value' }, hash: hashOf(rendered.value) }
}

function whenRow(rounds: number, times: number): Row {
  const value = nsPerCall(rounds, Math.ceil(times / 10), (index) => {
    const when = compileWhen(`"value-${index}" == "value-7" || ${index} > 3`)
    if (!when.ok || !when.value.evaluate().ok) throw new Error('the condition cannot be evaluated')
  })
  return { name: 'when condition, read and evaluated', value: value / 1000, unit: 'us', gate: { max: 50, of: 'value' } }
}

/** Every task of a graph waits for two earlier ones: all conditions are read and evaluated once. */
function dependsRow(rounds: number, graph: number): Row {
  const state = { phase: 'Succeeded' }
  const task = { hasItems: false }
  const ms = Array.from({ length: Math.min(rounds, 3) }, () => {
    const from = performance.now()
    for (let i = 2; i < graph; i++) {
      const depends = compileDepends({ depends: `(task-${i - 1}.Succeeded || task-${i - 1}.Skipped) && task-${i - 2}` }, () => task)
      if (!depends.ok) throw new Error(depends.problem.message)
      const verdict = depends.value.evaluate(() => state)
      if (!verdict.ok || !verdict.value.execute) throw new Error('the task would not run')
    }
    return performance.now() - from
  })
  return { name: `depends over a graph of ${graph} tasks: each task`, value: (median(ms) * 1000) / graph, unit: 'us', gate: { max: 50, of: 'value' } }
}

function lintRow(count: number): Row {
  const files = Array.from({ length: count }, (_, index) => ({ path: `${index}.yaml`, text: manifestOf(index, count) }))
  const from = process.cpuUsage()
  const result = lintFiles(files)
  const { user, system } = process.cpuUsage(from)
  if (!result.ok) throw new Error(result.findings[0]?.message)
  const ms = (user + system) / 1000
  return { name: `lint of ${count} manifests that refer to each other: CPU`, value: ms, unit: 'ms', gate: { max: 2000, of: 'value' } }
}

/** One in ten is a WorkflowTemplate; the others call one of them. */
function manifestOf(index: number, count: number): string {
  const library = index % 10 === 0
  const owner = (Math.floor((index * 7) / 10) * 10) % count
  const head = `apiVersion: argoproj.io/v1alpha1\nkind: ${library ? 'WorkflowTemplate' : 'Workflow'}\nmetadata: {name: object-${index}}\nspec:\n  entrypoint: main\n  templates:\n`
  const work = '  - name: main\n    inputs: {parameters: [{name: text, value: hello}]}\n    container: {image: busybox, command: [echo], args: ["{{inputs.parameters.text}}"]}\n'
  if (library) return `${head}${work}`
  return `${head}  - name: main\n    dag:\n      tasks:\n      - name: first\n        templateRef: {name: object-${owner}, template: main}\n        arguments: {parameters: [{name: text, value: "{{=sprig.upper('ahoy')}}"}]}\n      - name: second\n        depends: first.Succeeded\n        when: "{{tasks.first.status}} == Succeeded"\n        templateRef: {name: object-${owner}, template: main}\n`
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12)
}
