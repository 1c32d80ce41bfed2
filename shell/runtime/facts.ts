// From what a runner reports to what the engine understands.
import type { PodChanged, PodState } from '@tiphys/core/engine'
import type { PodFact } from '@tiphys/shell/ports'

/** The event that a fact makes. Facts are level-triggered, so the engine ignores what it knows already. */
export function podEvent(fact: PodFact, at: number): PodChanged {
  return { type: 'podChanged', at, node: fact.key.nodeId, pod: podState(fact) }
}

function podState(fact: PodFact): PodState {
  const { phase, message, pendingReason, ip, hostNodeName, initContainers, containers, outputs, progress } = fact
  return {
    phase, message, pendingReason, ip, hostNodeName, initContainers, containers, progress,
    outputs: outputs === undefined ? undefined : { result: outputs.result, parameters: outputs.parameters, artifacts: outputs.artifacts },
  }
}
