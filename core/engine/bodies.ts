// What a call does once it may start, by the type of its template.
import type { Frame, Turn } from './model.ts'
import type { Outcome } from './call.ts'
import { ensureNode } from './call.ts'
import { startPod } from './pods.ts'
import { startSteps } from './steps.ts'
import { startDag } from './dag.ts'
import { startSuspend } from './suspend.ts'

export function startBody(turn: Turn, frame: Frame): Outcome {
  switch (frame.compiled.kind) {
    case 'container':
    case 'containerSet':
    case 'script':
    case 'resource':
    case 'data':
      return startPod(turn, frame)
    case 'steps': return startSteps(turn, frame)
    case 'dag': return startDag(turn, frame)
    case 'suspend': return startSuspend(turn, frame)
    case 'http':
    case 'plugin':
      return startTask(turn, frame)
  }
}

/** HTTP and plugin templates are carried out by the runtime itself; the node is Pending until it reports. */
function startTask(turn: Turn, frame: Frame): Outcome {
  const node = ensureNode(turn, frame, 'Pending')
  frame.body = { kind: 'leaf' }
  if (!node.podStarted || turn.run.asked.delete(node.id)) {
    node.podStarted = true
    turn.effects.push({ type: 'startTask', key: `task ${node.id}`, node: node.id, template: frame.template })
  }
  return { kind: 'entered', node, frame }
}
