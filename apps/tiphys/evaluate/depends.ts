// Owns the answers about `depends`: what a task waits for, and whether it may run after given results.
import { type CaseAnswer, type DependsTask, type TaskState, compileDepends } from '@tiphys/core/expr'

type Given = string | { readonly phase: string; readonly daemoned?: boolean; readonly children?: readonly string[] }
type GivenTask = string | { readonly name: string; readonly continueOn?: { readonly failed?: boolean; readonly error?: boolean }; readonly items?: boolean }

export interface DependsCase {
  readonly in?: string
  readonly dependencies?: readonly string[]
  /** The tasks of the dag: names, or with what matters of them. */
  readonly tasks?: readonly GivenTask[]
  /** How tasks ended; one that is absent has not. */
  readonly results?: Readonly<Record<string, Given>>
}

export function answerDepends(input: DependsCase): CaseAnswer {
  const tasks = new Map((input.tasks ?? []).map(taskOf))
  const compiled = compileDepends({ depends: input.in ?? '', dependencies: input.dependencies }, (name) => tasks.get(name))
  if (!compiled.ok) return { error: `validate: ${compiled.problem.message}` }
  const { dependencies, itemDependencies, expanded, evaluate } = compiled.value
  const shape = { dependencies: Object.fromEntries(dependencies.map((name) => [name, itemDependencies.has(name) ? 'items' : 'task'])), expanded: expanded() }
  const { results } = input
  if (results === undefined) return { out: shape }
  const verdict = evaluate((name) => (Object.hasOwn(results, name) ? stateOf(results[name]) : undefined))
  return verdict.ok ? { out: { ...shape, ...verdict.value } } : { error: `evaluate: ${verdict.problem.message}` }
}

function taskOf(task: GivenTask): [string, DependsTask] {
  return typeof task === 'string' ? [task, { hasItems: false }] : [task.name, { continueOn: task.continueOn, hasItems: task.items === true }]
}

function stateOf(given: Given | undefined): TaskState | undefined {
  if (given === undefined || typeof given === 'string') return given === undefined ? undefined : { phase: given }
  const { phase, daemoned, children = [] } = given
  return { phase, daemoned, anySucceeded: children.includes('Succeeded'), allFailed: children.length > 0 && children.every((child) => child === 'Failed') }
}
