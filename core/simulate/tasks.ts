// Owns the simulation of HTTP and plugin templates.
import type { StartTask } from '@tiphys/core/engine'
import { schedule } from './due.ts'
import { behaviourOf, templateNameOf } from './kubelet.ts'
import { openLane } from './lanes.ts'
import { taskAnswer } from './life.ts'
import type { Simulation } from './state.ts'

/** Plays an HTTP or plugin task: one answer at the end of its duration. */
export function playTask(sim: Simulation, effect: StartTask): void {
  const templateName = templateNameOf(sim, effect.node, effect.template.name)
  const nodeName = sim.run.nodes.get(effect.node)?.name ?? effect.node
  const stub = behaviourOf(sim, effect.node, templateName)
  sim.started.push(nodeName)
  openLane(sim, { node: nodeName, template: templateName, kind: 'task' })
  if (stub.hang) return
  const at = sim.now + stub.pendingMs + stub.durationMs
  schedule(sim.agenda, at, { type: 'event', event: { type: 'taskReported', at, node: effect.node, ...taskAnswer(effect.template, stub, sim.judgeHttp) } })
}
