// A dag template compiled once: its tasks, who depends on whom, and under which condition each runs.
import type { Arguments, Template } from '@tiphys/core/spec'
import { type Depends, compileDepends } from '@tiphys/core/expr'
import { type CompiledCall, compileCall } from './compiled-call.ts'
import type { StepsPlan } from './steps-group.ts'

export interface DagPlan {
  readonly kind: 'dag'
  readonly tasks: readonly PlannedTask[]
  readonly indexOf: ReadonlyMap<string, number>
  /** Tasks that nobody depends on, by name: the default targets. */
  readonly leaves: readonly number[]
}

export interface PlannedTask {
  readonly call: CompiledCall
  readonly dependencies: readonly number[]
  readonly dependents: readonly number[]
  readonly depends: Depends | undefined
  /** Why the condition cannot be evaluated at all. */
  readonly problem: string | undefined
}

export type Plan = StepsPlan | DagPlan

export function planDag(template: Template, args: Arguments | undefined): DagPlan {
  const sources = template.dag?.tasks ?? []
  const indexOf = new Map(sources.map((task, index) => [task.name, index]))
  const byName = (name: string): { name: string; continueOn?: unknown; hasItems: boolean } | undefined => {
    const source = sources[indexOf.get(name) ?? -1]
    if (source === undefined) return undefined
    const hasItems = (source.withItems?.length ?? 0) > 0 || Boolean(source.withParam) || source.withSequence !== undefined
    return { name, continueOn: source.continueOn, hasItems }
  }
  const dependents: number[][] = sources.map(() => [])
  const parsed = sources.map((source, index) => {
    const depends = compileDepends({ depends: source.depends, dependencies: source.dependencies }, byName as Parameters<typeof compileDepends>[1])
    const names = depends.ok ? depends.value.dependencies : []
    const dependencies = names.map((name) => indexOf.get(name)).filter((at) => at !== undefined)
    for (const at of dependencies) dependents[at]?.push(index)
    return { depends: depends.ok ? depends.value : undefined, problem: depends.ok ? undefined : depends.problem.message, dependencies }
  })
  const tasks = sources.map((source, index): PlannedTask => ({
    call: compileCall(source, args), ...(parsed[index] as (typeof parsed)[number]), dependents: dependents[index] as number[],
  }))
  const leaves = tasks.flatMap((task, index) => (task.dependents.length === 0 ? [index] : []))
  leaves.sort((a, b) => ((tasks[a] as PlannedTask).call.name < (tasks[b] as PlannedTask).call.name ? -1 : 1))
  return { kind: 'dag', tasks, indexOf, leaves }
}

/** The tasks that targets need, dependencies before dependents. */
export function neededTasks(plan: DagPlan, targets: readonly number[]): readonly number[] {
  const order: number[] = []
  const state = new Uint8Array(plan.tasks.length)
  const work: number[] = []
  for (const target of targets) {
    work.push(target)
    while (work.length > 0) {
      const at = work[work.length - 1] as number
      if (state[at] === 2) {
        work.pop()
        continue
      }
      if (state[at] === 1) {
        state[at] = 2
        order.push(at)
        work.pop()
        continue
      }
      state[at] = 1
      const { dependencies } = plan.tasks[at] as PlannedTask
      for (let i = dependencies.length - 1; i >= 0; i--) if (state[dependencies[i] as number] === 0) work.push(dependencies[i] as number)
    }
  }
  return order
}
