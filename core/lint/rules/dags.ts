// Owns rules for the order of tasks: dependencies that exist, conditions that can be read, no cycles, targets that need every task.
import { compileDepends, compileExpression } from '@tiphys/core/expr'
import { didYouMean, findCycle, type DAGTask, type Path, type WorkflowStep } from '@tiphys/core/spec'
import type { ObjectView, TemplateView } from '../object-view.ts'
import { loops } from '../scope.ts'
import { hasTag } from '../visit.ts'

export function checkDag(view: ObjectView, owner: TemplateView): void {
  const tasks = new Map((owner.template.dag?.tasks ?? []).map((t) => [t.name, t]))
  const taskOf = (name: string): { readonly hasItems: boolean; readonly continueOn?: { failed?: boolean | undefined; error?: boolean | undefined } | undefined } | undefined => {
    const task = tasks.get(name)
    return task === undefined ? undefined : { hasItems: loops(task), continueOn: task.continueOn }
  }
  for (const { call, path } of owner.calls) {
    if (!('depends' in call || 'dependencies' in call)) continue
    const { depends = '', dependencies = [] } = call as DAGTask
    checkDependencies(view, { dependencies: depends === '' ? dependencies : [], path, names: [...tasks.keys()] })
    if (depends === '') continue
    const compiled = compileDepends({ depends, dependencies }, taskOf)
    const problem = compiled.ok ? expressionProblem(compiled.value.expanded()) : compiled.problem.message
    if (problem !== undefined) view.remarks.error('depends_invalid', [...path, 'depends'], `depends cannot be read: ${problem}`, dependsHint(depends, [...tasks.keys()]))
  }
  checkCycle(view, owner)
  checkTargets(view, owner)
}

interface Dependencies {
  readonly dependencies: readonly string[]
  readonly path: Path
  readonly names: readonly string[]
}

function checkDependencies({ remarks }: ObjectView, { dependencies, path, names }: Dependencies): void {
  for (const [i, name] of dependencies.entries()) {
    const at = [...path, 'dependencies', i]
    if (dependencies.indexOf(name) < i) remarks.warning('dependency_twice', at, `"${name}" stands twice`)
    else if (!names.includes(name) && /^[a-zA-Z0-9][-a-zA-Z0-9]*$/.test(name)) remarks.error('dependency_unknown', at, `no task is called "${name}"`, didYouMean(name, names) ?? `the tasks are ${names.join(', ')}`)
  }
}

const results = ['Succeeded', 'Failed', 'Skipped', 'Omitted', 'Errored', 'Daemoned', 'AnySucceeded', 'AllFailed']

/** The word that was meant, when one of them is close. */
function dependsHint(depends: string, names: readonly string[]): string {
  for (const [, name = '', result] of depends.matchAll(/([a-zA-Z0-9_][-\w]*)(?:\.(\w+))?/g)) {
    const meant = names.includes(name) ? (result === undefined || results.includes(result) ? undefined : didYouMean(result, results)) : didYouMean(name, names)
    if (meant !== undefined) return meant
  }
  return 'join task names and results with &&, || and !: A.Succeeded && !B.Failed'
}

/** Tasks that wait for each other never start. */
function checkCycle(view: ObjectView, owner: TemplateView): void {
  const tasks = owner.calls.map(({ call, path }) => ({ name: call.name ?? '', dependencies: namesOf(call), path, field: 'depends' in call ? 'depends' : 'dependencies' }))
  const trail = findCycle(tasks)
  if (trail === undefined) return
  const cycle = trail.slice(trail.indexOf(trail[trail.length - 1] ?? ''))
  const members = cycle.length > 1 ? cycle : [...cycle, ...cycle]
  const first = tasks.find((task) => task.name === cycle[0])
  if (first === undefined) return
  const self = new Set(members).size === 1
  view.remarks.error('dag_cycle', [...first.path, first.field], self ? `task "${first.name}" depends on itself` : `these tasks wait for each other: ${members.join(' -> ')}`, 'take one of the dependencies away')
}

/** The reference reads names with "_" in the place of "-". */
function expressionProblem(expanded: string): string | undefined {
  const program = compileExpression(expanded.replaceAll('-', '_'))
  return program.ok ? undefined : program.error.message.split('\n')[0]
}

/** With targets given, only they and what they depend on run. */
function checkTargets(view: ObjectView, owner: TemplateView): void {
  const target = owner.template.dag?.target ?? ''
  if (target === '' || hasTag(target)) return
  const needed = new Set(target.split(' '))
  const pending = [...needed]
  const byName = new Map(owner.calls.map((c) => [c.call.name ?? '', c.call as DAGTask]))
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    for (const next of namesOf(byName.get(name))) {
      if (needed.has(next)) continue
      needed.add(next)
      pending.push(next)
    }
  }
  // A target that does not exist is told as such; what it would have needed is anyone's guess.
  if (target.split(' ').some((name) => !byName.has(name))) return
  for (const { call, path } of owner.calls) {
    if (!needed.has(call.name ?? '')) view.remarks.warning('task_unreachable', path, `no target needs task "${call.name ?? ''}", so it never runs`)
  }
}

export function namesOf(task: DAGTask | WorkflowStep | undefined): readonly string[] {
  if (task === undefined || !('depends' in task || 'dependencies' in task)) return []
  if ((task.depends ?? '') === '') return task.dependencies ?? []
  return [...(task.depends ?? '').matchAll(/[a-zA-Z0-9][-a-zA-Z0-9]*(?:\.[A-Z][a-zA-Z]+)?/g)].map((m) => m[0].split('.')[0] ?? '')
}
