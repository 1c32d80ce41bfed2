// Owns the simulation of HTTP and plugin templates, and the rule by which an HTTP answer succeeds.
import type { StartTask, TaskReported } from '@tiphys/core/engine'
import { compileExpression, envOf, evaluateBool } from '@tiphys/core/expr'
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
  schedule(sim.agenda, at, { type: 'event', event: { type: 'taskReported', at, node: effect.node, ...answerOf(effect.template, stub) } })
}

type Answer = Pick<TaskReported, 'phase' | 'message' | 'outputs'>

function answerOf(template: Template, stub: ResolvedStub): Answer {
  if (template.http !== undefined) return httpAnswer(template.http, stub)
  if (stub.fail) return { phase: 'Failed', message: 'received non-2xx response code: 500' }
  const outputs = pluginOutputs(stub)
  return { phase: 'Succeeded', ...(outputs !== undefined && { outputs }) }
}

function pluginOutputs(stub: ResolvedStub): Outputs | undefined {
  const parameters = [...stub.parameters].flatMap(([name, value]) => (value === null ? [] : [{ name, value }]))
  if (parameters.length === 0 && stub.result === undefined) return undefined
  return { ...(parameters.length > 0 && { parameters }), ...(stub.result !== undefined && { result: stub.result }) }
}

function httpAnswer(http: NonNullable<Template['http']>, stub: ResolvedStub): Answer {
  const { status, body } = stub
  const outputs = { result: body }
  if (!http.successCondition) {
    if (status >= 200 && status < 300) return { phase: 'Succeeded', outputs }
    return { phase: 'Failed', message: `received non-2xx response code: ${status}`, outputs }
  }
  const program = compileExpression(http.successCondition)
  if (!program.ok) return { phase: 'Error', message: program.error.message }
  const verdict = evaluateBool(program.value, envOf({
    request: { method: http.method ?? '', url: http.url, body: http.body ?? '' },
    response: { statusCode: status, body },
  }))
  if (!verdict.ok) return { phase: 'Error', message: verdict.error.message }
  if (verdict.value) return { phase: 'Succeeded', outputs }
  return { phase: 'Failed', message: `successCondition '${http.successCondition}' evaluated false`, outputs }
}
