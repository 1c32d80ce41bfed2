// Owns workflows made by chance: trees of steps and dags with whatever the engine knows, small enough to be played in milliseconds.
import type { DAGTask, Template, Workflow, WorkflowStep } from '@tiphys/core/spec'
import { type Chance, chanceOf } from './random.ts'

/** What may appear. All but `plain` are chances from 0 to 1. */
export interface Spices {
  readonly loops: number
  readonly conditions: number
  readonly retries: number
  readonly hooks: number
  readonly locks: number
  readonly memoize: number
  readonly suspends: number
  readonly daemons: number
  readonly parallelism: number
  readonly recursion: number
  readonly containerSets: number
  readonly tasks: number
  readonly results: number
  readonly deadlines: number
}

export const PLAIN: Spices = {
  loops: 0, conditions: 0, retries: 0, hooks: 0, locks: 0, memoize: 0, suspends: 0, daemons: 0, parallelism: 0, recursion: 0, containerSets: 0, tasks: 0, results: 0, deadlines: 0,
}
export const SPICY: Spices = {
  loops: 0.25, conditions: 0.15, retries: 0.25, hooks: 0.15, locks: 0.15, memoize: 0.1, suspends: 0.1, daemons: 0.07, parallelism: 0.2, recursion: 0.15, containerSets: 0.08,
  tasks: 0.07, results: 0.3, deadlines: 0.1,
}

interface Cook { readonly chance: Chance; readonly spices: Spices; readonly templates: Template[] }

/** The templates that a workflow of this seed has, and how it starts. */
export function generate(seed: string, options: { readonly name: string; readonly spices: Spices }): Workflow {
  const chance = chanceOf(`workflow ${seed}`)
  const { name } = options
  // A daemon takes a place until its group ends, and a person may never come: with few places nothing else would ever run.
  const crowded = chance.once(2)
  const spices = crowded ? { ...options.spices, daemons: 0 } : { ...options.spices, parallelism: 0 }
  const cook: Cook = { chance, spices, templates: [] }
  const depth = 1 + chance.integer(3)
  const main = makeGroup(cook, { name: 'main', depth })
  const exit = maybe(cook, spices.hooks) ? makeLeaf(cook, 'bye') : undefined
  const hook = maybe(cook, spices.hooks) ? makeLeaf(cook, 'seen') : undefined
  return {
    apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow',
    metadata: { name, namespace: 'default', uid: `uid-${name}`, creationTimestamp: '2030-01-01T00:00:00Z' },
    spec: {
      entrypoint: main,
      templates: cook.templates,
      ...(exit !== undefined && { onExit: exit }),
      ...(hook !== undefined && { hooks: { seen: { template: hook, expression: chance.pick(['workflow.status == "Running"', 'workflow.status == "Failed"', 'workflow.status == "Succeeded"']) } } }),
      ...(maybe(cook, spices.parallelism) && { parallelism: 1 + chance.integer(3) }),
      ...(maybe(cook, spices.locks * 0.3) && { synchronization: { mutexes: [{ name: 'whole' }] } }),
      ...(maybe(cook, spices.deadlines * 0.5) && { activeDeadlineSeconds: 5 + chance.integer(30) }),
    },
  } as Workflow
}

const maybe = ({ chance }: Cook, rate: number): boolean => chance.fraction() < rate

function add(cook: Cook, template: Template): string {
  cook.templates.push(template)
  return template.name ?? ''
}

function makeAny(cook: Cook, at: { readonly depth: number }): string {
  const { chance, templates, spices } = cook
  const known = templates.filter(({ name = '' }) => name.startsWith('leaf') || name.startsWith('group'))
  const name = chance.once(3) ? chance.pick(known)?.name : undefined
  if (name !== undefined) return name
  if (at.depth > 0 && chance.once(3)) return makeGroup(cook, { name: `group${templates.length}-${at.depth}`, depth: at.depth - 1 })
  if (maybe(cook, spices.recursion)) return makeRecursion(cook)
  return makeLeaf(cook, `leaf${templates.length}`)
}

const container = { name: '', image: 'busybox', command: ['true'] }

function makeLeaf(cook: Cook, name: string): string {
  const { chance, spices } = cook
  const extras = { ...retryOf(cook), ...lockOf(cook), ...timeoutOf(cook) }
  if (maybe(cook, spices.suspends)) return add(cook, { name, suspend: chance.once(2) ? {} : { duration: `${1 + chance.integer(9)}s` } } as Template)
  if (maybe(cook, spices.tasks)) return add(cook, { name, http: { url: 'http://localhost/' } } as Template)
  if (maybe(cook, spices.daemons)) return add(cook, { name, daemon: true, container } as Template)
  if (maybe(cook, spices.containerSets)) {
    const containers = [{ ...container, name: 'a' }, { ...container, name: 'b', dependencies: ['a'] }]
    return add(cook, { name, containerSet: { containers }, ...lockOf(cook) } as Template)
  }
  if (maybe(cook, spices.memoize)) {
    return add(cook, { name, container, memoize: { key: chance.pick(['one', 'two']), maxAge: '1h', cache: { configMap: { name: 'cache' } } }, ...extras } as Template)
  }
  return add(cook, { name, container, ...extras } as Template)
}

function retryOf(cook: Cook): Partial<Template> {
  const { chance, spices } = cook
  if (!maybe(cook, spices.retries)) return {}
  const backoff = { duration: `${1 + chance.integer(5)}s`, ...(chance.once(2) && { factor: '2' }), ...(chance.once(3) && { cap: '6s' }), ...(chance.once(4) && { maxDuration: '20s' }) }
  return {
    retryStrategy: {
      limit: String(chance.integer(4)), ...(chance.once(2) && { backoff }), ...(chance.once(2) && { retryPolicy: chance.pick(['Always', 'OnError', 'OnFailure', 'OnTransientError']) }),
      ...(chance.once(5) && { expression: 'asInt(lastRetry.exitCode) < 3' }),
    },
  } as Partial<Template>
}

function lockOf(cook: Cook): Partial<Template> {
  const { chance, spices } = cook
  if (!maybe(cook, spices.locks)) return {}
  if (chance.once(2)) return { synchronization: { mutexes: [{ name: chance.pick(['door', 'window']) }] } } as Partial<Template>
  return { synchronization: { semaphores: [{ configMapKeyRef: { name: 'limits', key: 'two' } }] } } as Partial<Template>
}

function timeoutOf(cook: Cook): Partial<Template> {
  const { chance, spices } = cook
  if (!maybe(cook, spices.deadlines)) return {}
  return chance.once(2) ? { timeout: `${3 + chance.integer(9)}s` } : { activeDeadlineSeconds: 2 + chance.integer(9) }
}

/** A template that calls itself until its counter is used up. */
function makeRecursion(cook: Cook): string {
  const name = `again${cook.templates.length}`
  const work = makeLeaf(cook, `leaf${cook.templates.length}`)
  const args = { parameters: [{ name: 'n', value: '{{=asInt(inputs.parameters.n) - 1}}' }] }
  return add(cook, {
    name, inputs: { parameters: [{ name: 'n', value: String(cook.chance.integer(4)) }] },
    steps: [[{ name: 'work', template: work }], [{ name: 'more', template: name, when: '{{inputs.parameters.n}} > 0', arguments: args }]],
  } as unknown as Template)
}

function makeGroup(cook: Cook, at: { readonly name: string; readonly depth: number }): string {
  const { chance, spices } = cook
  const limits = { ...(maybe(cook, spices.parallelism) && { parallelism: 1 + chance.integer(2) }), ...(maybe(cook, spices.parallelism * 0.5) && { failFast: true }) }
  // A group holds a lock while it waits for those of its steps, so it must not be one of them.
  const own = maybe(cook, spices.locks) ? { synchronization: { mutexes: [{ name: at.name }] } } : {}
  const extras = { ...limits, ...own, ...(maybe(cook, spices.retries * 0.3) && retryOf(cook)) }
  if (chance.once(2)) {
    const steps = Array.from({ length: 1 + chance.integer(3) }, (_, group) => Array.from({ length: 1 + chance.integer(3) }, (_none, i) => makeStep(cook, { name: `s${group}${i}`, depth: at.depth })))
    return add(cook, { name: at.name, steps, ...extras } as unknown as Template)
  }
  const tasks: DAGTask[] = []
  const condition = chance.once(2) ? 'depends' : 'dependencies'
  for (let i = 0; i < 1 + chance.integer(5); i++) tasks.push(makeTask(cook, { name: `t${i}`, depth: at.depth, before: tasks, condition }))
  return add(cook, { name: at.name, dag: { tasks, ...(chance.once(4) && { failFast: false }) }, ...extras } as Template)
}

function makeStep(cook: Cook, at: { readonly name: string; readonly depth: number }): WorkflowStep {
  const { chance } = cook
  const { name } = at
  return {
    name, template: makeAny(cook, at), ...loopOf(cook), ...whenOf(cook), ...hooksOf(cook, { name, kind: 'steps' }), ...(chance.once(4) && { continueOn: { failed: true, ...(chance.once(2) && { error: true }) } }),
  } as WorkflowStep
}

const RESULTS = ['Succeeded', 'Failed', 'Errored', 'Skipped', 'Omitted', 'Daemoned', 'AnySucceeded', 'AllFailed']

function makeTask(cook: Cook, at: { readonly name: string; readonly depth: number; readonly before: readonly DAGTask[]; readonly condition: 'depends' | 'dependencies' }): DAGTask {
  const { chance, spices } = cook
  const { name } = at
  const parents = at.before.filter(() => chance.once(2))
  const task = { name, template: makeAny(cook, at), ...loopOf(cook), ...whenOf(cook), ...hooksOf(cook, { name, kind: 'tasks' }) }
  if (parents.length === 0) return task as DAGTask
  if (at.condition === 'dependencies') return { ...task, dependencies: parents.map((parent) => parent.name) } as DAGTask
  const terms = parents.map((parent) => {
    const isLoop = parent.withItems !== undefined
    const results = isLoop && spices.conditions > 0 ? RESULTS : RESULTS.slice(0, 6)
    const plain = `${chance.once(6) ? '!' : ''}${parent.name}`
    return chance.once(2) ? plain : `${plain}.${chance.pick(results) ?? ''}`
  })
  return { ...task, depends: terms.reduce((left, right) => (chance.once(3) ? `(${left}) && ${right}` : `${left} || ${right}`)) } as DAGTask
}

function loopOf(cook: Cook): object {
  const { chance, spices } = cook
  if (!maybe(cook, spices.loops)) return {}
  return chance.once(3) ? { withSequence: { count: String(chance.integer(4)) } } : { withItems: Array.from({ length: 1 + chance.integer(3) }, (_, i) => `i${i}`) }
}

function whenOf(cook: Cook): object {
  return maybe(cook, cook.spices.conditions) ? { when: cook.chance.pick(['1 == 1', '1 == 2', 'true && false', '{{workflow.name}} != x']) } : {}
}

function hooksOf(cook: Cook, at: { readonly name: string; readonly kind: 'steps' | 'tasks' }): object {
  const { chance, spices } = cook
  if (!maybe(cook, spices.hooks)) return {}
  const template = makeLeaf(cook, `leaf${cook.templates.length}`)
  const status = `${at.kind}['${at.name}'].status`
  const hooks = {
    ...(chance.once(2) && { exit: { template } }),
    ...(chance.once(2) && { seen: { template, expression: `${status} == "${chance.pick(['Running', 'Succeeded', 'Failed']) ?? ''}"` } }),
  }
  return Object.keys(hooks).length === 0 ? { onExit: template } : { hooks }
}
