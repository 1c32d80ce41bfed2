// What a steps template keeps while it runs: its plan, and the group under way.
import type { Template, WorkflowStep } from '@tiphys/core/spec'
import type { LoopItems } from '@tiphys/core/expr'
import type { RunNode, Turn } from './model.ts'
import { isFinished, setPhase } from './nodes.ts'
import { type CompiledCall, type Resolution, compileCall } from './compiled-call.ts'
import type { Scope } from './scope.ts'
import type { Hookable } from './hooks.ts'
import type { NodeView } from './results.ts'

/** The groups of a steps template, compiled once. */
export interface StepsPlan {
  readonly kind: 'steps'
  readonly groups: readonly (readonly CompiledCall[])[]
  /** In which group a step is. */
  readonly groupOf: ReadonlyMap<string, number>
}

export interface StepsBody {
  readonly kind: 'steps'
  readonly plan: StepsPlan
  current: Group | undefined
  readonly views: Map<string, NodeView | undefined>
}

/** The group under way. */
export interface Group {
  readonly index: number
  readonly node: RunNode
  readonly scope: Scope
  /** Calls that are still to be made, in order. */
  readonly queue: Pending[]
  readonly members: Map<string, Member>
  /** Members with hooks that wait for a limit of parallelism. */
  readonly delayed: Set<Member>
  /** Members that are not done: unfinished, or with hooks under way. */
  open: number
  /** The earliest member that failed without `continueOn`, by its place among the children. */
  failed: { readonly order: number; readonly id: string } | undefined
  failure: string | undefined
}

export interface Pending {
  readonly call: CompiledCall
  readonly resolution: Resolution | undefined
  readonly items: LoopItems | undefined
  readonly lenient: boolean
  /** Items that a stored run had under way. */
  readonly takenUp: Set<number>
  at: number
}

export interface Member extends Hookable { readonly order: number; done: boolean }

export function planSteps(template: Template, args: Parameters<typeof compileCall>[1]): StepsPlan {
  const groups = (template.steps ?? []).map((group) => (group as readonly WorkflowStep[]).map((step) => compileCall(step, args)))
  const groupOf = new Map<string, number>()
  groups.forEach((group, index) => group.forEach((step) => groupOf.set(step.name, index)))
  return { kind: 'steps', groups, groupOf }
}

/** Ends a group that cannot go on. */
export function failGroup(turn: Turn, group: Group, message: string): void {
  if (isFinished(group.node) && group.node.phase !== 'Error') return
  group.queue.length = 0
  group.failure = message
  setPhase(turn, group.node, 'Error', message)
}
