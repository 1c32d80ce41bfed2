// Owns which branches of a workflow its simulations have taken: conditions, dependencies, retries, hooks, loops.
import type { LifecycleHook, NodeStatus, Workflow } from '@tiphys/core/spec'
import { type CallSite, type Definitions, definitionsOf } from './definitions.ts'

/** One decision of a workflow and how often each way was taken. */
export interface Branch {
  readonly template: string
  /** Such as `steps[1].notify`; empty for the template itself, `workflow` for the workflow as a whole. */
  readonly place: string
  readonly kind: 'when' | 'depends' | 'retry' | 'hook' | 'exit' | 'loop'
  readonly text: string
  /** Times by outcome: every outcome that is possible stands here, with 0 when it never came. */
  readonly taken: Readonly<Record<string, number>>
}

export interface Coverage {
  readonly branches: readonly Branch[]
  /** Outcomes that came at least once, and outcomes that are possible. */
  readonly covered: number
  readonly total: number
}

type Counts = Map<string, { branch: Omit<Branch, 'taken'>; taken: Record<string, number> }>

/** The branches taken by finished runs of one workflow. `objects` are the templates around it. */
export function coverageOf(runs: readonly Workflow[], objects: readonly object[] = []): Coverage {
  const counts: Counts = new Map()
  for (const workflow of runs) {
    const definitions = definitionsOf(workflow, objects)
    declare(counts, workflow, definitions)
    const names = new Set(Object.values(workflow.status?.nodes ?? {}).map(({ name }) => name))
    for (const node of Object.values(workflow.status?.nodes ?? {})) observe(counts, { node, definitions, names, workflow })
  }
  const branches = [...counts.values()].map(({ branch, taken }): Branch => ({ ...branch, taken }))
  const outcomes = branches.flatMap(({ taken }) => Object.values(taken))
  return { branches, covered: outcomes.filter((times) => times > 0).length, total: outcomes.length }
}

const keyOf = (branch: { template: string; place: string; kind: string; text: string }): string => `${branch.template} ${branch.place} ${branch.kind} ${branch.text}`

/** Every decision that the definitions hold, so that branches never reached are seen too. Only templates that something can call count. */
function declare(counts: Counts, workflow: Workflow, definitions: Definitions): void {
  const add = (branch: Omit<Branch, 'taken'>, outcomes: readonly string[]): void => {
    if (!counts.has(keyOf(branch))) counts.set(keyOf(branch), { branch, taken: Object.fromEntries(outcomes.map((outcome) => [outcome, 0])) })
  }
  for (const site of definitions.sites) for (const { branch, outcomes } of decisionsOf(site)) add(branch, outcomes)
  for (const [template, { retryStrategy }] of definitions.templates) {
    if (retryStrategy !== undefined) add({ template, place: '', kind: 'retry', text: retryText(retryStrategy) }, ['first', 'again', 'givenUp'])
  }
  for (const { kind, text } of hookDecisions(workflow.spec.hooks, workflow.spec.onExit)) add({ template: '', place: 'workflow', kind, text }, ['ran', 'notRun'])
}

interface Decision { readonly branch: Omit<Branch, 'taken'>; readonly outcomes: readonly string[] }

function decisionsOf(site: CallSite): Decision[] {
  const { template, place, call } = site
  const made: Decision[] = []
  const add = (kind: Branch['kind'], text: string, outcomes: readonly string[]): void => void made.push({ branch: { template, place, kind, text }, outcomes })
  if (call.when) add('when', call.when, ['true', 'false'])
  if ('depends' in call && call.depends) add('depends', call.depends, ['met', 'notMet'])
  if (isLoop(call)) add('loop', '', ['some', 'none'])
  for (const hook of hookDecisions(call.hooks, call.onExit)) add(hook.kind, hook.text, ['ran', 'notRun'])
  return made
}

const isLoop = (call: CallSite['call']): boolean => (call.withItems?.length ?? 0) > 0 || Boolean(call.withParam) || call.withSequence !== undefined

function hookDecisions(hooks: Readonly<Record<string, LifecycleHook>> | undefined, onExit: string | undefined): { kind: 'hook' | 'exit'; text: string }[] {
  const named = Object.keys(hooks ?? {}).filter((name) => name !== 'exit').map((text) => ({ kind: 'hook' as const, text }))
  return onExit || hooks?.['exit'] !== undefined ? [...named, { kind: 'exit', text: 'onExit' }] : named
}

const retryText = (strategy: { readonly limit?: string | number | undefined }): string => (strategy.limit === undefined ? 'no limit' : `limit ${strategy.limit}`)

interface Observed { readonly node: NodeStatus; readonly definitions: Definitions; readonly names: ReadonlySet<string>; readonly workflow: Workflow }

function observe(counts: Counts, at: Observed): void {
  const { node, definitions, workflow } = at
  if (node.nodeFlag?.retried === true && node.nodeFlag.hooked !== true) return
  const bump = (branch: { template: string; place: string; kind: Branch['kind']; text: string }, outcome: string): void => {
    const counted = counts.get(keyOf(branch))
    if (counted !== undefined) counted.taken[outcome] = (counted.taken[outcome] ?? 0) + 1
  }
  if (node.type === 'Retry') observeRetry(bump, at)
  if (node.name === workflow.metadata.name) {
    for (const { kind, text } of hookDecisions(workflow.spec.hooks, workflow.spec.onExit)) bump({ template: '', place: 'workflow', kind, text }, ranOf(at, kind, text))
    return
  }
  if (node.nodeFlag?.hooked === true || node.type === 'StepGroup' || node.type === 'Container') return
  const site = definitions.siteOf(node)
  if (site !== undefined) observeCall(bump, { ...at, site })
}

type Bump = (branch: { template: string; place: string; kind: Branch['kind']; text: string }, outcome: string) => void

function observeRetry(bump: Bump, { node, definitions, workflow }: Observed): void {
  const template = definitions.templateOf(node)
  const strategy = template === undefined ? undefined : definitions.templates.get(template)?.retryStrategy
  if (template === undefined || strategy === undefined) return
  const branch = { template, place: '', kind: 'retry' as const, text: retryText(strategy) }
  const nodes = workflow.status?.nodes ?? {}
  const attempts = (node.children ?? []).filter((id) => nodes[id]?.name.startsWith(`${node.name}(`) === true).length
  bump(branch, attempts > 1 ? 'again' : 'first')
  if (node.phase === 'Failed' || node.phase === 'Error') bump(branch, 'givenUp')
}

function observeCall(bump: Bump, at: Observed & { readonly site: CallSite }): void {
  const { node, site } = at
  const { template, place, call } = site
  const omitted = node.phase === 'Omitted'
  const noItems = node.phase === 'Skipped' && node.message === 'Skipped, empty params'
  const conditionFailed = node.phase === 'Skipped' && !noItems
  if ('depends' in call && call.depends) bump({ template, place, kind: 'depends', text: call.depends }, omitted ? 'notMet' : 'met')
  if (omitted) return
  if (isLoop(call) && (node.type === 'TaskGroup' || noItems)) return bump({ template, place, kind: 'loop', text: '' }, noItems ? 'none' : 'some')
  if (isLoop(call)) bump({ template, place, kind: 'loop', text: '' }, 'some')
  if (call.when) bump({ template, place, kind: 'when', text: call.when }, conditionFailed ? 'false' : 'true')
  if (conditionFailed) return
  for (const { kind, text } of hookDecisions(call.hooks, call.onExit)) bump({ template, place, kind, text }, ranOf(at, kind, text))
}

function ranOf({ node, names }: Observed, kind: 'hook' | 'exit', text: string): string {
  return names.has(kind === 'exit' ? `${node.name}.onExit` : `${node.name}.hooks.${text}`) ? 'ran' : 'notRun'
}
