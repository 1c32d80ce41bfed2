// Owns the conditions under which a task of a DAG runs: read once, evaluated when all dependencies have finished.
import { type Result, bad, compareText, ok } from '@tiphys/core/kube'
import { compileExpression, evaluateBool } from '../exprlang/evaluate.ts'
import { TASK_RESULTS } from '../golang/methods.ts'
import { type GoObject, TAG } from '../golang/value.ts'
import { RESULT_NAMES, type TaskOutcome, holds, isReadableName, parseCondition } from './condition.ts'
import { type DependencyKind, type DependsTask, expandName, expandText, isPlainName, kindsOf, mentionsIn } from './expand.ts'

/** How a task that others depend on stands. */
export type TaskState = {
  readonly phase: string
  readonly daemoned?: boolean | undefined
  /** Of a task that fans out: whether at least one child is `Succeeded`. */
  readonly anySucceeded?: boolean | undefined
  /** Of a task that fans out: whether it has children and all of them are `Failed`, none `Error`. */
  readonly allFailed?: boolean | undefined
}

/** `proceed`: all dependencies have finished. `execute`: their results let the task run; else it is omitted. */
export type Verdict = { readonly proceed: boolean; readonly execute: boolean }

/** How a dependency stands; undefined while it, or a hook of it, has not finished. */
export type StateOf = (task: string) => TaskState | undefined

/** When a task may run. */
export type Depends = {
  /** The names it depends on, each once. */
  readonly dependencies: readonly string[]
  /** Those of them whose items matter (`.AnySucceeded`, `.AllFailed`) and not only their own result. */
  readonly itemDependencies: ReadonlySet<string>
  /** The text with every bare name replaced by the results it stands for. */
  readonly expanded: () => string
  readonly evaluate: (stateOf: StateOf) => Result<Verdict>
}

export type DependsInput = {
  /** The `depends` text; empty when `dependencies` are given. */
  readonly depends?: string | undefined
  readonly dependencies?: readonly string[] | undefined
}

/** A longer `depends` text is refused. */
export const DEPENDS_LENGTH_MAX = 1_000_000

const WAIT: Result<Verdict> = ok({ proceed: false, execute: false })
const RUN: Result<Verdict> = ok({ proceed: true, execute: true })
const OMIT: Result<Verdict> = ok({ proceed: true, execute: false })

/** Reads and validates what a task depends on. `taskOf` knows the tasks of the DAG. */
export function compileDepends(input: DependsInput, taskOf: (name: string) => DependsTask | undefined): Result<Depends> {
  const text = input.depends ?? ''
  const names = input.dependencies ?? []
  if (text === '' && names.every(isPlainName)) return compileNames(names, taskOf)
  const source = text === '' ? names.map((name) => expandName(name, taskOf(name))).join(' && ') : text
  if (source.length > DEPENDS_LENGTH_MAX) return bad('depends_too_long', `depends is longer than ${DEPENDS_LENGTH_MAX} characters`)
  const mentions = mentionsIn(source)
  const wrong = text === '' ? undefined : mentions.find((mention) => mention.result !== undefined && !RESULT_NAMES.has(mention.result))
  if (wrong !== undefined) {
    return bad('depends_result_unknown', `task result '${wrong.result ?? ''}' for task '${wrong.task}' is invalid`, `the results are ${[...RESULT_NAMES].join(', ')}`)
  }
  const kinds = kindsOf(mentions)
  const problem = dependencyProblem(kinds, taskOf)
  if (problem !== undefined) return problem
  const expanded = (): string => expandText(source, mentions, taskOf)
  const condition = parseCondition(source, mentions)
  const execute = (stateOf: StateOf): Result<boolean> => {
    if (condition === undefined) return evaluateText(expanded(), { dependencies: [...kinds.keys()], stateOf })
    const isAccepted = (name: string): boolean => satisfies(stateOf(name), taskOf(name))
    return ok(holds(condition, { outcomeOf: (name) => outcomeOf(stateOf(name)), isAccepted }))
  }
  const dependencies = [...kinds.keys()]
  const evaluate = (stateOf: StateOf): Result<Verdict> => (isWaiting(dependencies, stateOf) ? WAIT : verdictOf(execute(stateOf)))
  return ok({ dependencies, itemDependencies: itemsAmong(kinds), expanded, evaluate })
}

const NO_ITEMS: ReadonlySet<string> = new Set()

function itemsAmong(kinds: ReadonlyMap<string, DependencyKind>): ReadonlySet<string> {
  const items = [...kinds].filter(([, kind]) => kind === 'items')
  return items.length === 0 ? NO_ITEMS : new Set(items.map(([name]) => name))
}

/** The plain list of names, without building the text it stands for: a task may depend on very many, and very many tasks may. */
function compileNames(names: readonly string[], taskOf: (name: string) => DependsTask | undefined): Result<Depends> {
  const dependencies = withoutRepeats(names)
  if (dependencies.some((name) => taskOf(name) === undefined)) {
    const unknown = new Map<string, DependencyKind>(dependencies.map((name) => [name, 'task']))
    const problem = dependencyProblem(unknown, taskOf)
    if (problem !== undefined) return problem
  }
  const expanded = (): string => names.map((name) => expandName(name, taskOf(name))).join(' && ')
  const evaluate = (stateOf: StateOf): Result<Verdict> => {
    if (isWaiting(dependencies, stateOf)) return WAIT
    if (!dependencies.every(isReadableName)) return verdictOf(evaluateText(expanded(), { dependencies, stateOf }))
    return dependencies.every((name) => satisfies(stateOf(name), taskOf(name))) ? RUN : OMIT
  }
  return ok({ dependencies, itemDependencies: NO_ITEMS, expanded, evaluate })
}

/** Short lists, which nearly all are, are compared in place. */
function withoutRepeats(names: readonly string[]): readonly string[] {
  if (names.length > 8) return [...new Set(names)]
  return names.every((name, i) => names.indexOf(name) === i) ? names : names.filter((name, i) => names.indexOf(name) === i)
}

function isWaiting(dependencies: readonly string[], stateOf: StateOf): boolean {
  for (const name of dependencies) {
    const state = stateOf(name)
    if (state === undefined || !isFulfilled(state)) return true
  }
  return false
}

function verdictOf(result: Result<boolean>): Result<Verdict> {
  if (!result.ok) return result
  return result.value ? RUN : OMIT
}

/** Whether a finished task satisfies a dependency on its bare name. */
function satisfies(state: TaskState | undefined, task: DependsTask | undefined): boolean {
  if (state === undefined) return false
  if (state.phase === 'Succeeded' || state.phase === 'Skipped' || isDaemoned(state)) return true
  if (state.phase === 'Failed') return task?.continueOn?.failed === true
  return state.phase === 'Error' && task?.continueOn?.error === true
}

function dependencyProblem(kinds: ReadonlyMap<string, DependencyKind>, taskOf: (name: string) => DependsTask | undefined): Result<never> | undefined {
  for (const [name, kind] of kinds) {
    const task = taskOf(name)
    if (task !== undefined && (kind === 'task' || task.hasItems)) continue
    return firstProblem([...kinds].sort(([a], [b]) => compareText(a, b)), taskOf)
  }
  return undefined
}

/** The problem of the first name in alphabetical order, so that the same text always gets the same answer. */
function firstProblem(kinds: ReadonlyArray<readonly [string, DependencyKind]>, taskOf: (name: string) => DependsTask | undefined): Result<never> | undefined {
  for (const [name, kind] of kinds) {
    const task = taskOf(name)
    if (task === undefined) return bad('depends_task_unknown', `dependency '${name}' not defined`, 'depends names tasks of the same DAG')
    if (kind === 'items' && !task.hasItems) {
      return bad(
        'depends_no_items',
        `dependency '${name}' uses an items-based condition such as .AnySucceeded or .AllFailed but does not contain any items`,
        'use .Succeeded or .Failed, or give that task withItems, withParam or withSequence',
      )
    }
  }
  return undefined
}

const FINAL: ReadonlySet<string> = new Set(['Succeeded', 'Failed', 'Error', 'Skipped', 'Omitted'])

function isDaemoned(state: TaskState): boolean {
  return state.daemoned === true && state.phase !== 'Pending'
}

function isFulfilled(state: TaskState): boolean {
  return FINAL.has(state.phase) || isDaemoned(state)
}

function outcomeOf(state: TaskState | undefined): TaskOutcome {
  return {
    Succeeded: state?.phase === 'Succeeded',
    Failed: state?.phase === 'Failed',
    Errored: state?.phase === 'Error',
    Skipped: state?.phase === 'Skipped',
    Omitted: state?.phase === 'Omitted',
    Daemoned: state !== undefined && isDaemoned(state),
    AnySucceeded: state?.anySucceeded === true,
    AllFailed: state?.allFailed === true,
  }
}

type TextInput = {
  readonly dependencies: readonly string[]
  readonly stateOf: StateOf
}

/** Judges an unusual text by the whole expression language. */
function evaluateText(expanded: string, input: TextInput): Result<boolean> {
  const text = expanded.replaceAll('-', '_')
  const outcomes = new Map(input.dependencies.map((name) => [name.replaceAll('-', '_'), structOf(outcomeOf(input.stateOf(name)))]))
  const program = compileExpression(text)
  if (!program.ok) return cannotEvaluate(text, program.error.message)
  const result = evaluateBool(program.value, { env: (name) => outcomes.get(name), names: () => outcomes.keys() })
  return result.ok ? ok(result.value) : cannotEvaluate(text, result.error.message)
}

const NO_METHODS: GoObject['methods'] = new Map()

/** Its fields are known before the text runs, so that a wrong one is refused even where it would not be looked at. */
function structOf(outcome: TaskOutcome): GoObject {
  return { [TAG]: 'object', type: TASK_RESULTS, methods: NO_METHODS, fields: new Map(Object.entries(outcome)), json: undefined, text: TASK_RESULTS }
}

function cannotEvaluate(text: string, reason: string): Result<never> {
  return bad('depends_evaluation', `unable to evaluate expression '${text.replaceAll('-', '_')}': ${reason}`, 'use task names, results, &&, ||, ! and parentheses')
}
