// Owns the reasons why a run is where it is: what it waits for, who holds the locks it wants, whether anybody carries it out, why it failed.
import { type RunNode, type Wait, isFinished, waitsOf } from '@tiphys/core/engine'
import type { NodeStatus, Workflow } from '@tiphys/core/spec'
import { createLogStore } from '@tiphys/shell/adapters/process'
import type { State } from '@tiphys/shell/adapters/sqlite'
import { failureCauses } from '../terminal/index.ts'
import { isCalled } from './log-lines.ts'
import { isAlive } from './owner.ts'
import { tailsOf } from './result.ts'
import { type StoredWorkflow, listRuns, loadRun, workflowOf } from './runs.ts'
import type { LocalSession } from './session.ts'

export interface Reasons {
  readonly workflow: Workflow
  readonly stored: StoredWorkflow
  /** Whether a process that lives carries the run out; a run that has ended needs none. */
  readonly carried: boolean
  readonly waits: readonly Wait[]
  readonly causes: readonly Cause[]
}

export interface Cause {
  readonly node: NodeStatus
  /** The last lines that it printed. */
  readonly lines: readonly string[]
}

export async function reasonsOf(session: LocalSession, stored: StoredWorkflow, now: number): Promise<Reasons> {
  const { state, folders } = session
  const { run, summary } = stored
  const workflow = workflowOf(stored)
  const ended = run.status.completed
  const carried = ended || (await isCarried(state, summary.uid, now))
  const waits = await withHolders(state, waitsOf(run, now))
  const causes = failureCauses(workflow)
  const logs = createLogStore({ directory: folders.logs, isLive: () => false })
  const tails = await tailsOf(workflow, { run, attempts: stored.stored.attempts, logs })
  return { workflow, stored, carried, waits, causes: causes.map((node) => ({ node, lines: tails.get(node.id) ?? [] })) }
}

/** Whether the run's lease is with a process that lives. */
async function isCarried(state: State, uid: string, now: number): Promise<boolean> {
  for (const holder of await state.log.holders()) {
    if (!isAlive(holder, now)) continue
    const page = await state.runs.list({ uids: [uid], leasedBy: holder.owner })
    if (page.ok && page.value.runs.length > 0) return true
  }
  return false
}

const RUNS_SEARCHED_MAX = 200

/** Locks may be held by other runs: their own logs tell. */
async function withHolders(state: State, waits: readonly Wait[]): Promise<readonly Wait[]> {
  const wanted = new Set(waits.flatMap(({ waitsFor }) => (waitsFor.kind === 'lock' ? [waitsFor.lock] : [])))
  if (wanted.size === 0) return waits
  const holders = new Map<string, Set<string>>()
  for (const summary of (await listRuns(state, { finished: false })).slice(0, RUNS_SEARCHED_MAX)) {
    const loaded = await loadRun(state, summary.uid)
    for (const [holder, names] of loaded.ok ? loaded.value.run.locksHeld : []) {
      for (const name of names) if (wanted.has(name)) holders.set(name, (holders.get(name) ?? new Set()).add(holder))
    }
  }
  return waits.map((wait) => (wait.waitsFor.kind === 'lock' ? { ...wait, waitsFor: { ...wait.waitsFor, holders: [...(holders.get(wait.waitsFor.lock) ?? [])] } } : wait))
}

/** The reasons of some nodes and of what they wait for in turn. */
export function reasonsBelow(reasons: Reasons, nodes: readonly RunNode[]): Reasons {
  const wanted = new Set<string>()
  const work = nodes.map(({ id }) => id)
  for (let id = work.pop(); id !== undefined; id = work.pop()) {
    if (wanted.has(id)) continue
    wanted.add(id)
    for (const { node, waitsFor } of reasons.waits) if (node === id && 'nodes' in waitsFor) work.push(...waitsFor.nodes)
  }
  const isInside = (node: NodeStatus): boolean => nodes.some(({ id, name }) => node.id === id || node.name.startsWith(`${name}.`) || node.name.startsWith(`${name}(`) || node.name.startsWith(`${name}[`))
  return {
    ...reasons,
    waits: reasons.waits.filter(({ node }) => node !== undefined && wanted.has(node)),
    causes: reasons.causes.filter(({ node }) => isInside(node)),
  }
}

/** The nodes that a person may mean by a name. */
export function nodesCalled({ run }: StoredWorkflow, name: string): readonly RunNode[] {
  return [...run.nodes.values()].filter((node) => isCalled(run, node, name))
}

/** Why a step or task has no node yet: a sentence for each template that has one of that name; none when nothing is called so. */
export function notBegun({ spec, status }: Workflow, name: string): readonly string[] {
  const stored = [...Object.values(status?.storedTemplates ?? {}), ...(status?.storedWorkflowTemplateSpec?.templates ?? [])]
  const templates = new Map([...(spec.templates ?? []), ...stored].map((template) => [template.name ?? '', template]))
  const sentences: string[] = []
  for (const [of, template] of templates) {
    const task = template.dag?.tasks?.find((each) => each.name === name)
    const after = task?.depends || (task?.dependencies ?? []).join(' && ')
    if (task !== undefined) sentences.push(`${name} has not begun: in template ${JSON.stringify(of)} it ${after === '' ? 'depends on nothing' : `depends on ${after}`}`)
    const group = (template.steps ?? []).findIndex((steps) => steps.some((each) => each.name === name))
    if (group >= 0) sentences.push(`${name} has not begun: in template ${JSON.stringify(of)} it ${group === 0 ? 'is one of the first steps' : `comes after ${(template.steps?.[group - 1] ?? []).map((each) => each.name).join(', ')}`}`)
  }
  return sentences
}

export const nodeHasEnded = isFinished
