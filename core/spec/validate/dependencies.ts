// Owns which tasks a task depends on, as the names in its text say, and an order in which all dependencies come first.
import type { DAGTask } from '../wire/index.ts'

/** `items`: the dependency is on the items of a loop. */
export type DependencyKind = 'task' | 'items'

export interface TaskGraph {
  readonly tasks: ReadonlyMap<string, DAGTask>
  /** Filled on first use. */
  readonly dependencies: Map<string, ReadonlyMap<string, DependencyKind>>
}

const mention = /([a-zA-Z0-9][-a-zA-Z0-9]*?\.[A-Z][a-zA-Z]+)|([a-zA-Z0-9][-a-zA-Z0-9]*)/g

/** The tasks that a task names. The text of `depends` is only searched for names, as the reference does; its logic is not read. */
export function dependenciesOf(name: string, graph: TaskGraph): ReadonlyMap<string, DependencyKind> {
  const known = graph.dependencies.get(name)
  if (known !== undefined) return known
  const task = graph.tasks.get(name)
  const found = task === undefined ? new Map<string, DependencyKind>() : namedIn(task)
  graph.dependencies.set(name, found)
  return found
}

function namedIn(task: DAGTask): ReadonlyMap<string, DependencyKind> {
  const found = new Map<string, DependencyKind>()
  const depends = task.depends ?? ''
  if (depends !== '') {
    for (const match of depends.matchAll(mention)) addMention(found, match)
    return found
  }
  for (const name of task.dependencies ?? []) {
    if (/^[a-zA-Z0-9][-a-zA-Z0-9]*$/.test(name)) found.set(name, 'task')
    else for (const match of `${name}.Succeeded`.matchAll(mention)) addMention(found, match)
  }
  return found
}

function addMention(found: Map<string, DependencyKind>, match: RegExpMatchArray): void {
  const [, withResult, bare] = match
  if (bare !== undefined) found.set(bare, 'task')
  if (withResult === undefined) return
  const [name = '', result = ''] = withResult.split('.')
  if (result === 'AnySucceeded' || result === 'AllFailed') found.set(name, 'items')
  else if (!found.has(name)) found.set(name, 'task')
}

const results = ['Succeeded', 'Failed', 'Skipped', 'Omitted', 'Errored', 'Daemoned', 'AnySucceeded', 'AllFailed']

/** The first word behind a task's name that is no result of a task. */
export function resultProblem(depends: string | undefined): string | undefined {
  for (const match of (depends ?? '').matchAll(/[a-zA-Z0-9][-a-zA-Z0-9]*?\.[A-Z][a-zA-Z]+/g)) {
    const [name = '', result = ''] = match[0].split('.')
    if (!results.includes(result)) return `task result '${result}' for task '${name}' is invalid`
  }
  return undefined
}

export type Sorted = { readonly ok: true; readonly tasks: readonly DAGTask[] } | { readonly ok: false; readonly message: string; readonly index: number }

/** Tasks in an order in which every one comes behind its dependencies. */
export function sortTasks(tasks: readonly DAGTask[], graph: TaskGraph): Sorted {
  const waits = new Map<string, number>()
  const followers = new Map<string, string[]>()
  for (const [index, task] of tasks.entries()) {
    if (waits.has(task.name)) return { ok: false, message: `duplicated nodeName ${task.name}`, index }
    waits.set(task.name, dependenciesOf(task.name, graph).size)
  }
  for (const [index, task] of tasks.entries()) {
    for (const name of dependenciesOf(task.name, graph).keys()) {
      if (!waits.has(name)) return { ok: false, message: `invalid dependency ${name}`, index }
      const list = followers.get(name)
      if (list === undefined) followers.set(name, [task.name])
      else list.push(task.name)
    }
  }
  const order = tasks.filter((t) => waits.get(t.name) === 0)
  for (let i = 0; i < order.length; i++) {
    for (const name of followers.get(order[i]?.name ?? '') ?? []) {
      const left = (waits.get(name) ?? 0) - 1
      waits.set(name, left)
      const task = graph.tasks.get(name)
      if (left === 0 && task !== undefined) order.push(task)
    }
  }
  if (order.length === tasks.length) return { ok: true, tasks: order }
  return { ok: false, message: 'graph with cycle', index: tasks.findIndex((t) => (waits.get(t.name) ?? 0) > 0) }
}
