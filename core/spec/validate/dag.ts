// Owns the rules for templates of tasks that depend on each other.
import type { DAGTask, Template } from '../wire/index.ts'
import { validateArguments } from './arguments.ts'
import { dependenciesOf, resultProblem, sortTasks, type DependencyKind, type TaskGraph } from './dependencies.ts'
import { invalid, prefixed, within, type Invalid, type Place } from './invalid.ts'
import { locateTag } from './locate.ts'
import { addItemNames, collectsResults, hasExitHook } from './loop.ts'
import { fieldNameProblem, holdsParameter, namesProblem } from './names.ts'
import { addOutputNames } from './outputs.ts'
import { anyArguments, givenArguments } from './process-args.ts'
import { onlyForLeaves, type BodyInput } from './steps.ts'
import { findUnresolved, newNames, toJsonText, type Check } from './tags.ts'
import { validateHolder } from './template.ts'

interface DagInput extends BodyInput {
  readonly graph: TaskGraph
  readonly prefix: string
  /** Templates as written, by task; undefined for those that only the run will know. */
  readonly templates: Map<string, Template | undefined>
  /** Where each task stands in the list as written. */
  readonly indexes: ReadonlyMap<string, number>
}

export function validateDag(input: BodyInput): Invalid | undefined {
  const { template } = input.called
  const nonLeaf = onlyForLeaves(template, input.place)
  if (nonLeaf !== undefined) return nonLeaf
  const prefix = `templates.${template.name ?? ''}`
  const tasks = template.dag?.tasks ?? []
  const place = within(input.place, 'dag', 'tasks')
  if (tasks.length === 0) return invalid(within(input.place, 'dag'), `${prefix} must have at least one task`)
  const graph: TaskGraph = { tasks: new Map(tasks.map((t) => [t.name, t])), dependencies: new Map() }
  const indexes = new Map(tasks.map((t, i) => [t.name, i]))
  const sorted = sortTasks(tasks, graph)
  if (!sorted.ok) return invalid(within(place, sorted.index), `${prefix} sorting failed: ${sorted.message}`)
  const names = namesProblem(sorted.tasks, fieldNameProblem)
  if (names !== undefined) {
    const index = indexes.get(sorted.tasks[names.index]?.name ?? '') ?? names.index
    return invalid(within(place, index, 'name'), `${prefix}.tasks${names.message}`)
  }
  const dag: DagInput = { ...input, graph, prefix, templates: new Map(), indexes }
  const usesDepends = tasks.some((t) => (t.depends ?? '') !== '')
  for (const task of sorted.tasks) {
    const problem = validateDependencies(dag, task, usesDepends)
    if (problem !== undefined) return problem
  }
  const target = validateTarget(dag)
  if (target !== undefined) return target
  for (const task of sorted.tasks) {
    const problem = validateTask(dag, task)
    if (problem !== undefined) return problem
  }
  return undefined
}

function taskPlace(dag: DagInput, task: DAGTask): Place {
  return within(dag.place, 'dag', 'tasks', dag.indexes.get(task.name) ?? 0)
}

function validateDependencies(dag: DagInput, task: DAGTask, usesDepends: boolean): Invalid | undefined {
  const { ctx, names, base } = dag
  const place = taskPlace(dag, task)
  const prefix = `${dag.prefix}.tasks.${task.name}`
  const listed = (task.dependencies ?? []).length > 0
  if ((usesDepends || listed) && /^[0-9]/.test(task.name)) {
    return invalid(within(place, 'name'), `${prefix} name cannot begin with a digit when using either 'depends' or 'dependencies'`)
  }
  if (usesDepends && listed) {
    return invalid(within(place, 'dependencies'), `${dag.prefix} cannot use both 'depends' and 'dependencies' in the same DAG template`)
  }
  if (usesDepends && task.continueOn !== undefined) {
    const message = `${dag.prefix} cannot use 'continueOn' when using 'depends'. Instead use 'dep-task.Failed'/'dep-task.Errored'`
    return invalid(within(place, 'continueOn'), message)
  }
  const verdict = validateHolder(ctx, { holder: task, base, place, args: anyArguments(ctx.placeholders) })
  if (verdict.invalid !== undefined) return prefixed(`${prefix} `, verdict.invalid)
  dag.templates.set(task.name, verdict.template)
  addOutputNames({ ctx, names, kind: 'tasks', name: task.name, template: verdict.template, aggregate: collectsResults(task) })
  const result = resultProblem(task.depends)
  if (result !== undefined) return invalid(within(place, 'depends'), `${prefix} ${result}`)
  for (const [name, kind] of dependenciesOf(task.name, dag.graph)) {
    const problem = dependencyProblem(dag, name, kind)
    if (problem !== undefined) return invalid(within(place, (task.depends ?? '') === '' ? 'dependencies' : 'depends'), problem)
  }
  return undefined
}

function dependencyProblem(dag: DagInput, name: string, kind: DependencyKind): string | undefined {
  const task = dag.graph.tasks.get(name)
  if (task === undefined) return `${dag.prefix}.tasks.  dependency '${name}' not defined`
  if (kind !== 'items' || collectsResults(task) || task.withSequence !== undefined) return undefined
  return `${dag.prefix}.tasks.${name} dependency '${name}' uses an items-based condition such as .AnySucceeded or .AllFailed but does not contain any items`
}

function validateTarget(dag: DagInput): Invalid | undefined {
  const target = dag.called.template.dag?.target ?? ''
  if (target === '') return undefined
  const { ctx, names, prefix } = dag
  const place = within(dag.place, 'dag', 'target')
  const unresolved = findUnresolved(target, { names, globals: ctx.globals, forTemplate: ctx.forTemplate })
  if (unresolved !== undefined) return invalid(place, `${prefix}.targets ${unresolved.message}`)
  const undefinedName = target.split(' ').find((name) => !holdsParameter(name) && !dag.graph.tasks.has(name))
  return undefinedName === undefined ? undefined : invalid(place, `${prefix}.targets: target '${undefinedName}' is not defined`)
}

function validateTask(dag: DagInput, task: DAGTask): Invalid | undefined {
  const { ctx, names, base } = dag
  const place = taskPlace(dag, task)
  const prefix = `${dag.prefix}.tasks.${task.name}`
  const template = dag.templates.get(task.name)
  if (task.hooks !== undefined) names.own.add(`tasks.${task.name}.status`)
  addOutputNames({ ctx, names, kind: 'tasks', name: task.name, template, aggregate: false })
  if (hasExitHook(task)) addOutputNames({ ctx, names, kind: 'tasks', name: task.name, template, aggregate: false })
  const taskNames = newNames(names)
  for (const p of task.inline?.inputs?.parameters ?? []) taskNames.own.add(`inputs.parameters.${p.name}`)
  const loop = addItemNames(task, taskNames)
  if (loop !== undefined) return invalid(place, `${prefix} ${loop}`)
  const text = toJsonText(task)
  const check: Check = { names: taskNames, globals: ctx.globals, forTemplate: ctx.forTemplate, knows: (name) => isStatusOfAncestor(dag, task, name) }
  const unresolved = findUnresolved(text, check)
  if (unresolved !== undefined) return invalid(locateTag(place, unresolved.tag), `${prefix} ${unresolved.message}`)
  const args = validateArguments({ args: task.arguments, prefix: `${prefix}.arguments.`, place: within(place, 'arguments'), valuesMayMiss: false })
  if (args !== undefined) return args
  const missing = missingDependency(dag, task)
  if (missing !== undefined) return invalid(within(place, ...missing.path), `${prefix} ${missing.message}`)
  const again = validateHolder(ctx, { holder: task, base, place, args: givenArguments(task.arguments) })
  return again.invalid === undefined ? undefined : prefixed(`${prefix} `, again.invalid)
}

/** The phase of a task may be named by the tasks that come after it. */
function isStatusOfAncestor(dag: DagInput, task: DAGTask, name: string): boolean {
  const other = /^tasks\.(.+)\.status$/.exec(name)?.[1]
  return other !== undefined && dependsOn(dag, task.name, other)
}

/** Must the other task have ended before this one? Nearest dependencies are looked at first, for they are mostly meant. */
function dependsOn(dag: DagInput, name: string, other: string): boolean {
  const seen = new Set([name])
  for (const at of seen) {
    for (const next of dependenciesOf(at, dag.graph).keys()) {
      if (next === other) return true
      seen.add(next)
    }
  }
  return false
}

interface MissingDependency {
  readonly message: string
  readonly path: readonly (string | number)[]
}

/** An argument that is the result of a task makes that task a dependency, which has to be declared. */
function missingDependency(dag: DagInput, task: DAGTask): MissingDependency | undefined {
  const missing = (text: string | undefined): string | undefined => {
    if (text?.startsWith('{{tasks.') !== true) return undefined
    const name = text.split('.')[1] ?? ''
    return dependsOn(dag, task.name, name) ? undefined : name
  }
  for (const [i, p] of (task.arguments?.parameters ?? []).entries()) {
    const name = missing(p.value)
    if (name !== undefined) return { message: `missing dependency '${name}' for parameter '${p.name}'`, path: ['arguments', 'parameters', i, 'value'] }
  }
  for (const [i, a] of (task.arguments?.artifacts ?? []).entries()) {
    const name = missing(a.from)
    if (name !== undefined) return { message: `missing dependency '${name}' for artifact '${a.name}'`, path: ['arguments', 'artifacts', i, 'from'] }
  }
  return undefined
}
