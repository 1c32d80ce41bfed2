// Owns Events about workflows: each change of their phase, for those who ask what happened.
import { resourceOfKind } from '@tiphys/core/api'
import type { Run } from '@tiphys/core/engine'
import { systemClock } from '@tiphys/shell/adapters/system'
import type { KubeObject, ObjectStore } from '@tiphys/shell/ports'
import type { RunUpdate } from '@tiphys/shell/runtime'

const EVENTS = resourceOfKind('Event')

export interface EventRecorder {
  note(update: RunUpdate): void
  /** Resolves once everything noted so far is stored, or has failed. */
  saved(): Promise<void>
}

/** An event is worth no failure of a run: trouble with it is only told. */
export function eventRecorder(objects: ObjectStore, onTrouble: (error: unknown) => void): EventRecorder {
  const phases = new Map<string, string>()
  const writing = new Set<Promise<unknown>>()
  let last = 0n
  /** Names that sort by time, as Kubernetes makes them: nanoseconds, never the same twice. */
  const nextName = (workflow: string): string => {
    const now = BigInt(systemClock.now()) * 1_000_000n
    last = now > last ? now : last + 1n
    return `${workflow}.${last.toString(16)}`
  }
  return {
    note: ({ run, statusChanged }) => {
      const { phase, completed } = run.status
      if (!statusChanged || phases.get(run.uid) === phase || phase === '' || phase === 'Pending') return
      if (completed) phases.delete(run.uid)
      else phases.set(run.uid, phase)
      const written: Promise<unknown> = objects.create(EVENTS, eventOf(run, nextName(run.name))).catch(onTrouble).finally(() => writing.delete(written))
      writing.add(written)
    },
    saved: async () => void (await Promise.all(writing)),
  }
}

function eventOf({ name, namespace, uid, status }: Run, eventName: string): KubeObject {
  const at = `${new Date(status.finishedAt ?? status.startedAt ?? 0).toISOString().slice(0, 19)}Z`
  const isBad = status.phase === 'Failed' || status.phase === 'Error'
  return {
    apiVersion: 'v1', kind: 'Event',
    metadata: { name: eventName, namespace, ownerReferences: [{ apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', name, uid }] },
    involvedObject: { apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', name, namespace, uid },
    reason: status.phase === 'Error' ? 'WorkflowFailed' : `Workflow${status.phase}`,
    message: messageOf(status), type: isBad ? 'Warning' : 'Normal', source: { component: 'workflow-controller' }, firstTimestamp: at, lastTimestamp: at, count: 1,
    reportingComponent: 'workflow-controller', reportingInstance: '',
  } as KubeObject
}

function messageOf({ phase, message }: Run['status']): string {
  if (message !== undefined) return message
  if (phase === 'Running') return 'Workflow Running'
  return phase === 'Succeeded' ? 'Workflow completed' : `Workflow ${phase}`
}
