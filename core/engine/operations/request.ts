// Owns what people ask of a run under way, and the event that carries it out.
import { type Result, ok } from '@tiphys/core/kube'
import type { Workflow } from '@tiphys/core/spec'
import type { EngineEvent } from '../events.ts'
import { type Person, personText } from './actor.ts'
import { type NodeChange, planResume, planSet, planStopNodes, shutdownWorkflow, suspendWorkflow } from './suspension.ts'

/** Plain data, so that it can be sent to whoever carries the run out. Selectors choose suspended nodes by their fields. */
export type RunRequest =
  | { readonly kind: 'stop'; readonly selector?: string | undefined; readonly message?: string | undefined }
  | { readonly kind: 'terminate' }
  | { readonly kind: 'suspend' }
  | { readonly kind: 'resume'; readonly selector?: string | undefined; readonly by?: Person | undefined }
  | {
    readonly kind: 'set'
    readonly selector: string
    readonly phase?: string | undefined
    readonly message?: string | undefined
    readonly outputParameters?: Readonly<Record<string, string>> | undefined
  }

/** The event of a request; undefined where there is nothing to do. Errors are those of the operations, in the reference's words. */
export function requestedEvent(workflow: Workflow, request: RunRequest, at: number): Result<EngineEvent | undefined> {
  switch (request.kind) {
    case 'stop':
      if (request.selector) return changed(planStopNodes(workflow, request.selector, request.message), { at, message: request.message })
      return allowed(shutdownWorkflow(workflow, 'Stop'), { type: 'shutdownRequested', at, strategy: 'Stop' })
    case 'terminate': return allowed(shutdownWorkflow(workflow, 'Terminate'), { type: 'shutdownRequested', at, strategy: 'Terminate' })
    case 'suspend': return allowed(suspendWorkflow(workflow), { type: 'suspended', at })
    case 'resume': return resumed(workflow, request, at)
    case 'set': {
      const { selector, ...values } = request
      return changed(planSet(workflow, selector, values), { at, message: request.message, outputParameters: request.outputParameters })
    }
  }
}

function allowed(check: Result<Workflow>, event: EngineEvent): Result<EngineEvent> {
  return check.ok ? ok(event) : check
}

interface Setting {
  readonly at: number
  readonly message: string | undefined
  readonly outputParameters?: Readonly<Record<string, string>> | undefined
}

function changed(planned: Result<readonly NodeChange[]>, { at, message, outputParameters }: Setting): Result<EngineEvent> {
  if (!planned.ok) return planned
  const phase = planned.value[0]?.phase
  return ok({ type: 'nodesSet', at, nodes: planned.value.map(({ id }) => id), phase, message: message === '' ? undefined : message, outputParameters })
}

/** By a selector, nodes are set; else the whole workflow goes on. */
function resumed(workflow: Workflow, request: Extract<RunRequest, { kind: 'resume' }>, at: number): Result<EngineEvent | undefined> {
  const planned = planResume(workflow, request)
  if (!planned.ok) return planned
  const person = personText(request.by)
  const message = person === undefined ? undefined : `Resumed by: ${person}`
  if (request.selector) return changed(planned, { at, message })
  if (workflow.spec.suspend !== true && planned.value.length === 0) return ok(undefined)
  return ok({ type: 'resumed', at, message })
}
