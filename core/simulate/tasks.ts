// Owns the simulation of HTTP and plugin templates.
import type { StartTask, TaskReported } from '@tiphys/core/engine'
import type { Outputs, Template } from '@tiphys/core/spec'
import { schedule } from './due.ts'
import { behaviourOf, templateNameOf } from './kubelet.ts'
import { openLane } from './lanes.ts'
import type { ResolvedStub } from './resolve.ts'
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
  schedule(sim.agenda, at, { type: 'event', event: { type: 'taskReported', at, node: effect.node, ...answerOf(sim, effect.template, stub) } })
}

type Answer = Pick<TaskReported, 'phase' | 'message' | 'outputs'>

function answerOf(sim: Simulation, template: Template, stub: ResolvedStub): Answer {
  if (template.http !== undefined) return httpAnswer(sim, template, stub)
  if (stub.fail) return { phase: 'Failed', message: 'received non-2xx response code: 500' }
  const outputs = pluginOutputs(stub)
  return { phase: 'Succeeded', ...(outputs !== undefined && { outputs }) }
}

function pluginOutputs(stub: ResolvedStub): Outputs | undefined {
  const parameters = [...stub.parameters].flatMap(([name, value]) => (value === null ? [] : [{ name, value }]))
  if (parameters.length === 0 && stub.result === undefined) return undefined
  return { ...(parameters.length > 0 && { parameters }), ...(stub.result !== undefined && { result: stub.result }) }
}

/** The rule of real answers, for an answer that the stub gives. */
function httpAnswer(sim: Simulation, template: Template, stub: ResolvedStub): Answer {
  const { http } = template
  const verdict = sim.judgeHttp(template, {
    request: { method: http?.method ?? '', url: http?.url ?? '', body: http?.body ?? '', headers: {} },
    response: { statusCode: stub.status, body: stub.body, headers: {} },
  })
  return { phase: verdict.phase, message: verdict.message, outputs: verdict.outputs }
}
