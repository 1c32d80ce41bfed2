// Owns Events about workflows: each change of their phase, for those who ask what happened.
import { resourceOfKind } from '@tiphys/core/api'
import type { Run } from '@tiphys/core/engine'
import { systemClock } from '@tiphys/shell/adapters/system'
import type { State } from '@tiphys/shell/adapters/sqlite'
import type { KubeObject } from '@tiphys/shell/ports'
import type { RunUpdate } from '@tiphys/shell/runtime'

const EVENTS = resourceOfKind('Event')

export interface EventRecorder {
  note(update: RunUpdate): void
  /** Resolves once everything noted so far is stored, or has failed. */
  saved(): Promise<void>
}

/** An event is worth no failure of a run: trouble with it is only told. */
export function eventRecorder({ objects, runs }: Pick<State, 'objects' | 'runs'>, onTrouble: (error: unknown) => void): EventRecorder {
  const phases = new Map<string, string>()
  const writing = new Set<Promise<unknown>>()
  let last = 0n
  /** Names that sort by time, as Kubernetes makes them: nanoseconds, never the same twice. */
  const nextName = (workflow: string): string => {
    const now = BigInt(systemClock.now()) * 1_000_000n
    last = now > last ? now : last + 1n
    return `${workflow}.${last.toString(16)}`
  }
  const recorded = async (event: RunEvent, uid: string): Promise<void> => {
    const found = await runs.get(uid)
    const involvedObject = { ...event.involvedObject, ...(found.ok && { resourceVersion: found.value.resourceVersion }) }
    await objects.create(EVENTS, { ...event, involvedObject } as KubeObject)
  }
  return {
    note: ({ run, statusChanged }) => {
      const { phase, completed } = run.status
      if (!statusChanged || phases.get(run.uid) === phase || phase === '' || phase === 'Pending') return
      if (completed) phases.delete(run.uid)
      else phases.set(run.uid, phase)
      const event = eventOf(run, nextName(run.name))
      const written: Promise<unknown> = recorded(event, run.uid).catch(onTrouble).finally(() => writing.delete(written))
      writing.add(written)
    },
    saved: async () => void (await Promise.all(writing)),
  }
}

type RunEvent = KubeObject & { readonly involvedObject: Readonly<Record<string, string>> }

function eventOf({ name, namespace, uid, status }: Run, eventName: string): RunEvent {
  const at = `${new Date(status.finishedAt ?? status.startedAt ?? 0).toISOString().slice(0, 19)}Z`
  const isBad = status.phase === 'Failed' || status.phase === 'Error'
  return {
    apiVersion: 'v1', kind: 'Event',
    metadata: { name: eventName, namespace, ownerReferences: [{ apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', name, uid }] },
    involvedObject: { apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', name, namespace, uid },
    reason: status.phase === 'Error' ? 'WorkflowFailed' : `Workflow${status.phase}`,
    message: messageOf(status), type: isBad ? 'Warning' : 'Normal', source: { component: 'workflow-controller' }, firstTimestamp: at, lastTimestamp: at, count: 1,
    reportingComponent: 'workflow-controller', reportingInstance: '',
  } as RunEvent
}

function messageOf({ phase, message }: Run['status']): string {
  if (message !== undefined) return message
  if (phase === 'Running') return 'Workflow Running'
  return phase === 'Succeeded' ? 'Workflow completed' : ''
}
