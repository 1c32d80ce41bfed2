// How a dag ended: decided from its targets alone, by walking its graph with the phase of each branch (DAG-9 … DAG-12).
import type { NodePhase } from '@tiphys/core/spec'
import type { Frame, Run, RunNode } from './model.ts'
import type { DagBody } from './dag.ts'
import type { PlannedTask } from './dag-plan.ts'
import { idOf, isCompleted, isFulfilled } from './nodes.ts'

type Verdict = 'Running' | 'Succeeded' | 'Failed' | 'Error'

/** A branch starts as succeeded, takes the phase of every node that completed, and is inherited by nodes that did not run. */
export function branchVerdict(run: Run, frame: Frame, body: DagBody): Verdict {
  const targets = new Map<string, NodePhase | undefined>()
  for (const index of body.targets) targets.set(idOf(run, taskName(frame, body, index)), undefined)
  const inside = `${frame.name}.`
  const seen = new Set<string>()
  const queue: { id: string; phase: NodePhase }[] = []
  const add = (ids: readonly string[], phase: NodePhase): void => {
    for (const id of ids) {
      const key = `${id} ${phase}`
      if (seen.has(key)) continue
      seen.add(key)
      queue.push({ id, phase })
    }
  }
  add((frame.node as RunNode).children, 'Succeeded')
  for (let i = 0; i < queue.length; i++) {
    const { id, phase } = queue[i] as { id: string; phase: NodePhase }
    const node = run.nodes.get(id)
    if (node === undefined) return 'Running'
    // What follows the dag hangs below its last nodes, and its exit handler below itself. After a manual retry they are there before the dag has ended, and wait for it (DAG-15).
    if (!node.name.startsWith(inside) || node.name === `${inside}onExit`) continue
    if (!isFulfilled(node)) return 'Running'
    const branch = isCompleted(node) ? node.phase : phase
    const previous = targets.get(id)
    if (targets.has(id) && previous !== 'Failed' && previous !== 'Error') targets.set(id, branch)
    add(node.type === 'Retry' ? beyondRetry(run, node) : node.children, branch)
  }
  return verdictOfTargets(frame, body, targets, run)
}

function taskName(frame: Frame, body: DagBody, index: number): string {
  return `${frame.name}.${(body.plan.tasks[index] as PlannedTask).call.name}`
}

/** A finished Retry stands for its attempts; the walk goes on with what hangs below them, and with what hangs below itself: hooks, or all that follows where it has no attempt. */
function beyondRetry(run: Run, node: RunNode): string[] {
  return node.children.flatMap((id) => {
    const child = run.nodes.get(id)
    if (child === undefined) return []
    return child.flag?.retried === true && child.name.startsWith(`${node.name}(`) ? child.children : [id]
  })
}

/** Of a target that nothing leads to: what comes before it ended without a trace, as empty steps do. */
function ownPhase(run: Run, name: string): NodePhase | undefined {
  const node = run.nodes.get(idOf(run, name))
  return node === undefined || !isFulfilled(node) ? undefined : node.phase
}

function verdictOfTargets(frame: Frame, body: DagBody, phases: ReadonlyMap<string, NodePhase | undefined>, run: Run): Verdict {
  const failFast = frame.compiled.source.dag?.failFast !== false
  let verdict: Verdict = 'Succeeded'
  for (const index of body.targets) {
    const phase = phases.get(idOf(run, taskName(frame, body, index))) ?? ownPhase(run, taskName(frame, body, index))
    if (phase === undefined) {
      verdict = 'Running'
      if (!failFast) break
    } else if (phase === 'Failed' || phase === 'Error') {
      const { continueOn } = (body.plan.tasks[index] as PlannedTask).call
      if (phase === 'Error' ? continueOn?.error === true : continueOn?.failed === true) continue
      verdict = phase
      if (failFast) break
    }
  }
  return verdict
}

