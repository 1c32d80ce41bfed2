// Owns what people do to a simulated workflow while it runs or after it has ended.
import {
  type EngineEvent, type NodeId, type RetryOptions, planSet, restoreRun, retryWorkflow, toWorkflow,
} from '@tiphys/core/engine'
import type { Problem } from '@tiphys/core/kube'
import { durationMs } from './clock-text.ts'
import { schedule } from './due.ts'
import { forgetPod } from './kubelet.ts'
import { compileRules } from './rules.ts'
import type { Simulation } from './state.ts'
import type { StubOperation } from './stubs.ts'

/** A step that never ends by itself has started: the operation that waits for that is due a second later. */
export function noteHanging(sim: Simulation): void {
  const next = sim.operations[0]
  if (next?.when !== 'running' || next.after !== undefined || sim.operationDue) return
  sim.operationDue = true
  schedule(sim.agenda, sim.now + 1000, { type: 'operation' })
}

/** Gives the next operation its time, when that is known already. */
export function planOperation(sim: Simulation): void {
  const next = sim.operations[0]
  if (next === undefined || sim.operationDue) return
  if (next.after !== undefined) {
    const ms = durationMs(next.after)
    if (ms === undefined) {
      sim.problems.push({ code: 'stub_invalid', message: `operation ${next.op}: after: ${JSON.stringify(next.after)} is not a duration` })
      sim.operations.shift()
      return planOperation(sim)
    }
    sim.operationDue = true
    return schedule(sim.agenda, Math.max(sim.now, sim.startedAt + ms), { type: 'operation' })
  }
  if (next.when === 'running' && [...sim.pods.values()].some((pod) => pod.hangs && pod.startedAt !== undefined && pod.endedAt === undefined)) noteHanging(sim)
}

/** Carries out the next operation. Returns the events that it is for the engine. */
export function operate(sim: Simulation): readonly EngineEvent[] {
  const next = sim.operations.shift()
  sim.operationDue = false
  if (next === undefined) return []
  const events = eventsOf(sim, next)
  if (next.stubs !== undefined) {
    sim.rules = compileRules(next.stubs, sim.run.name)
    sim.allRules.push(sim.rules)
  }
  planOperation(sim)
  return events
}

function eventsOf(sim: Simulation, operation: StubOperation): readonly EngineEvent[] {
  const flags = readFlags(operation.flags ?? [])
  const at = sim.now
  switch (operation.op) {
    case 'retry': return retry(sim, flags)
    case 'suspend': return [{ type: 'suspended', at }]
    case 'terminate': return [{ type: 'shutdownRequested', at, strategy: 'Terminate' }]
    case 'stop': {
      if (flags.selector === undefined) return [{ type: 'shutdownRequested', at, strategy: 'Stop' }]
      return setNodes(sim, operation, { ...flags, phase: 'Failed' })
    }
    case 'resume': {
      if (flags.selector === undefined) return [{ type: 'resumed', at }]
      return resumeNodes(sim, operation, flags.selector)
    }
    case 'set': return setNodes(sim, operation, flags)
  }
}

interface Flags {
  readonly selector: string | undefined
  readonly restartSuccessful: boolean
  readonly parameters: readonly string[]
  readonly message: string | undefined
  readonly phase: string | undefined
  readonly outputParameters: Readonly<Record<string, string>>
}

/** Reads the flags of the command line that operations know; others have no meaning here. */
function readFlags(flags: readonly string[]): Flags {
  const values = new Map<string, string[]>()
  for (let i = 0; i < flags.length; i++) {
    const flag = flags[i] ?? ''
    const equals = flag.indexOf('=')
    const name = flag.startsWith('--') && equals > 0 ? flag.slice(0, equals) : flag
    const value = name !== flag ? flag.slice(equals + 1) : name === '--restart-successful' ? 'true' : flags[++i]
    values.set(name, [...(values.get(name) ?? []), value ?? ''])
  }
  const last = (...names: readonly string[]): string | undefined => names.map((name) => values.get(name)?.at(-1)).find((value) => value !== undefined)
  const outputs = (values.get('--output-parameter') ?? []).map((text): [string, string] => [text.split('=')[0] ?? '', text.slice(text.indexOf('=') + 1)])
  return {
    selector: last('--node-field-selector'),
    restartSuccessful: last('--restart-successful') === 'true',
    parameters: [...(values.get('--parameter') ?? []), ...(values.get('-p') ?? [])],
    message: last('--message', '-m'),
    phase: last('--phase'),
    outputParameters: Object.fromEntries(outputs),
  }
}

function retry(sim: Simulation, flags: Flags): readonly EngineEvent[] {
  const options: RetryOptions = { restartSuccessful: flags.restartSuccessful, nodeFieldSelector: flags.selector, parameters: flags.parameters, at: sim.now }
  const retried = retryWorkflow(toWorkflow(sim.run), options)
  if (!retried.ok) return refused(sim, 'retry', retried.problem)
  for (const pod of retried.value.podsToDelete) forgetPod(sim, pod)
  sim.timers.clear()
  sim.run = restoreRun(retried.value.workflow, sim.world)
  return [{ type: 'started', at: sim.now }]
}

function setNodes(sim: Simulation, operation: StubOperation, flags: Flags): readonly EngineEvent[] {
  const { phase, message, outputParameters } = flags
  const planned = planSet(toWorkflow(sim.run), flags.selector ?? '', { phase, message, outputParameters })
  if (!planned.ok) return refused(sim, operation.op, planned.problem)
  const nodes = planned.value.map(({ id }) => id)
  const settled = phase === 'Succeeded' || phase === 'Failed' || phase === 'Error' ? phase : undefined
  return [{ type: 'nodesSet', at: sim.now, nodes, phase: settled, message, outputParameters }]
}

function resumeNodes(sim: Simulation, operation: StubOperation, selector: string): readonly EngineEvent[] {
  const planned = planSet(toWorkflow(sim.run), selector, { phase: 'Succeeded' })
  if (!planned.ok) return refused(sim, operation.op, planned.problem)
  const nodes: readonly NodeId[] = planned.value.map(({ id }) => id)
  return [{ type: 'resumed', at: sim.now, nodes }]
}

function refused(sim: Simulation, operation: string, problem: Problem): readonly EngineEvent[] {
  sim.problems.push({ ...problem, code: 'operation_refused', message: `${operation}: ${problem.message}` })
  return []
}
