// Owns the people of a simulation: who resumes suspended nodes, when, and with which values.
import type { EngineEvent, NodeId, RunNode } from '@tiphys/core/engine'
import { durationMs } from './clock-text.ts'
import { nextTime, schedule } from './due.ts'
import { closeLane, openLane } from './lanes.ts'
import { stubFor } from './rules.ts'
import type { Simulation } from './state.ts'
import { templateNameOf } from './kubelet.ts'

/** Whether a node waits for a person. */
function waitsForPerson(node: RunNode): boolean {
  return node.type === 'Suspend' && node.phase === 'Running'
}

/** Looks at changed nodes: a stub may say when a suspended one is resumed. */
export function noteSuspended(sim: Simulation, changed: Iterable<RunNode>): void {
  for (const node of changed) {
    if (node.type !== 'Suspend') continue
    if (!waitsForPerson(node)) {
      closeLane(sim, node.name, node.phase)
      sim.suspended.delete(node.id)
    } else if (!sim.openLanes.has(node.name)) onSuspended(sim, node)
  }
}

function onSuspended(sim: Simulation, node: RunNode): void {
  const templateName = templateNameOf(sim, node.id, undefined)
  openLane(sim, { node: node.name, template: templateName, kind: 'suspend' })
  const stub = stubFor(sim.rules, { name: node.name, displayName: node.displayName, templateName })
  if (stub.resumeAfter === undefined) return void sim.suspended.add(node.id)
  const ms = durationMs(String(stub.resumeAfter))
  if (ms === undefined) {
    sim.problems.push({ code: 'stub_invalid', message: `stub of ${node.name}: resumeAfter: ${JSON.stringify(stub.resumeAfter)} is not a duration` })
    return
  }
  schedule(sim.agenda, sim.now + ms, { type: 'resume', node: node.id, supply: stub.supply ?? sim.rules.stubs.supply ?? {} })
}

/** Suspended nodes that nothing but a person ends. One that ends at its own time is left to it, unless values are asked for. */
function awaiting(sim: Simulation): RunNode[] {
  return [...sim.suspended].flatMap((id) => {
    const node = sim.run.nodes.get(id)
    return node !== undefined && waitsForPerson(node) && (!sim.timers.has(`suspend ${id}`) || node.outputs !== undefined) ? [node] : []
  })
}

/** Plans the next look of the person who resumes whatever waits. While nothing does, there is no need to look before something else happens. */
export function planPerson(sim: Simulation): void {
  const { attendance } = sim
  if (attendance === undefined || sim.personDue || sim.resumed >= attendance.timesMax) return
  const from = awaiting(sim).length > 0 || sim.run.suspended ? sim.now : nextTime(sim.agenda)
  if (from === undefined) return
  const looks = Math.floor((from - sim.startedAt) / attendance.everyMs) + 1
  sim.personDue = true
  schedule(sim.agenda, sim.startedAt + looks * attendance.everyMs, { type: 'person' })
}

/** The person looks: everything that waits is given its values and resumed. */
export function attend(sim: Simulation): readonly EngineEvent[] {
  sim.personDue = false
  const waiting = awaiting(sim)
  if (waiting.length === 0 && !sim.run.suspended) return []
  sim.resumed += 1
  const events = waiting.flatMap((node) => supplied(sim, node, sim.rules.stubs.supply ?? {}))
  return [...events, { type: 'resumed', at: sim.now, ...(!sim.run.suspended && { nodes: waiting.map(({ id }) => id) }) }]
}

/** One node is resumed by its stub. */
export function resumeNode(sim: Simulation, due: { node: NodeId; supply: Readonly<Record<string, string>> }): readonly EngineEvent[] {
  const node = sim.run.nodes.get(due.node)
  if (node === undefined || !waitsForPerson(node)) return []
  return [...supplied(sim, node, due.supply), { type: 'resumed', at: sim.now, nodes: [node.id] }]
}

function supplied(sim: Simulation, node: RunNode, supply: Readonly<Record<string, string>>): readonly EngineEvent[] {
  const names = (node.outputs?.parameters ?? []).flatMap(({ name, valueFrom }) => (valueFrom?.supplied !== undefined && Object.hasOwn(supply, name) ? [name] : []))
  if (names.length === 0) return []
  return [{ type: 'nodesSet', at: sim.now, nodes: [node.id], outputParameters: Object.fromEntries(names.map((name) => [name, supply[name] ?? ''])) }]
}
