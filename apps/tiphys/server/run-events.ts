// Owns Events about workflows and their nodes: each change of a phase, for those who ask what happened.
import { resourceOfKind } from '@tiphys/core/api'
import { type Run, type RunNode, podNameOfNode } from '@tiphys/core/engine'
import type { State } from '@tiphys/shell/adapters/sqlite'
import { systemClock } from '@tiphys/shell/adapters/system'
import type { KubeObject, ObjectStore, StoredObject } from '@tiphys/shell/ports'
import type { RunUpdate } from '@tiphys/shell/runtime'

const EVENTS = resourceOfKind('Event')
const PODS = resourceOfKind('Pod')
const LABEL = 'workflows.argoproj.io/'

/** Of the nodes of one workflow: what is larger is looked at in its status. */
const NODE_EVENTS_MAX = 1000

export interface EventsWanted {
  readonly workflows: boolean
  readonly nodes: boolean
  /** Whether events of nodes are about their pods, where they have one. */
  readonly asPods: boolean
}

export interface EventRecorder {
  note(update: RunUpdate, wanted: EventsWanted): void
  /** Resolves once everything noted so far is stored, or has failed. */
  saved(): Promise<void>
}

/** What is told of a change; the rest follows from the run. */
interface Happening {
  readonly reason: string
  readonly message: string
  readonly isBad: boolean
  readonly at: number
  readonly annotations?: Readonly<Record<string, string>>
  /** What it is about, if not about the workflow. */
  readonly pod?: string
}

interface Followed {
  phase: string
  /** Phases of nodes by their ids. */
  readonly nodes: Map<string, string>
  told: number
}

/** An event is worth no failure of a run: trouble with it is only told. */
export function eventRecorder({ objects, runs }: Pick<State, 'objects' | 'runs'>, onTrouble: (error: unknown) => void): EventRecorder {
  const followed = new Map<string, Followed>()
  /** What happens to the artifacts of an ended run is no step of it. */
  const ended = new WeakSet<Run>()
  const writing = new Set<Promise<unknown>>()
  let last = 0n
  /** Names that sort by time, as Kubernetes makes them: nanoseconds, never the same twice. */
  const nextName = (workflow: string): string => {
    const now = BigInt(systemClock.now()) * 1_000_000n
    last = now > last ? now : last + 1n
    return `${workflow}.${last.toString(16)}`
  }
  const record = (run: Run, happening: Happening): void => {
    const name = nextName(run.name)
    const write = async (): Promise<void> => {
      const [found, pod] = await Promise.all([runs.get(run.uid), podOf(objects, run, happening)])
      await objects.create(EVENTS, eventOf(run, happening, { name, resourceVersion: found.ok ? found.value.resourceVersion : undefined, pod }))
    }
    const written: Promise<unknown> = write().catch(onTrouble).finally(() => writing.delete(written))
    writing.add(written)
  }
  return {
    note: ({ run, changed, statusChanged }, wanted) => {
      if (ended.has(run)) return
      const known = followed.get(run.uid) ?? { phase: '', nodes: new Map<string, string>(), told: 0 }
      followed.set(run.uid, known)
      const { phase, completed } = run.status
      const begins = statusChanged && phase !== known.phase && phase === 'Running'
      if (begins && wanted.workflows) record(run, workflowHappening(run))
      if (wanted.nodes) for (const happening of nodeHappenings(run, changed, known)) record(run, wanted.asPods ? happening : { ...happening, pod: '' })
      if (statusChanged && phase !== known.phase && completed && wanted.workflows) record(run, workflowHappening(run))
      known.phase = phase
      if (!completed) return
      followed.delete(run.uid)
      ended.add(run)
    },
    saved: async () => void (await Promise.all(writing)),
  }
}

function workflowHappening({ status }: Run): Happening {
  const { phase, message, startedAt, finishedAt } = status
  const usual = phase === 'Running' ? 'Workflow Running' : phase === 'Succeeded' ? 'Workflow completed' : ''
  return { reason: phase === 'Error' ? 'WorkflowFailed' : `Workflow${phase}`, message: message ?? usual, isBad: phase === 'Failed' || phase === 'Error', at: finishedAt ?? startedAt ?? 0 }
}

const COMPLETED: ReadonlySet<string> = new Set(['Succeeded', 'Failed', 'Error'])

/** A node that is seen only when it has ended already was under way before. */
function nodeHappenings(run: Run, changed: ReadonlySet<RunNode>, known: Followed): readonly Happening[] {
  const happenings: Happening[] = []
  for (const node of changed) {
    const before = known.nodes.get(node.id)
    if (before === node.phase || known.told >= NODE_EVENTS_MAX) continue
    known.nodes.set(node.id, node.phase)
    if (before === undefined && node.phase !== 'Running' && !COMPLETED.has(node.phase)) continue
    const phases = (before === undefined || before === 'Pending') && COMPLETED.has(node.phase) ? ['Running', node.phase] : [node.phase]
    happenings.push(...phases.map((phase) => ({ ...nodeHappening(node, phase), pod: node.type === 'Pod' ? podNameOfNode(run, node) : '' })))
    known.told += phases.length
  }
  return happenings
}

function nodeHappening({ id, name, type, message, startedAt, finishedAt }: RunNode, phase: string): Happening {
  return {
    reason: `WorkflowNode${phase}`, message: `${phase} node ${name}${message === undefined ? '' : `: ${message}`}`, isBad: phase !== 'Succeeded' && phase !== 'Running',
    at: (phase === 'Running' ? undefined : finishedAt) ?? startedAt,
    // Nodes that run again are told apart by their start.
    annotations: { [`${LABEL}node-id`]: id, [`${LABEL}node-name`]: name, [`${LABEL}node-type`]: type, [`${LABEL}node-start-time`]: `${startedAt}000000` },
  }
}

/** The pod as it is told of; undefined where there is none, as of a node that never got so far. */
async function podOf(objects: ObjectStore, { namespace }: Run, { pod = '' }: Happening): Promise<StoredObject | undefined> {
  const found = pod === '' ? undefined : await objects.get({ type: PODS, namespace, name: pod })
  return found?.ok === true ? found.value : undefined
}

interface EventParts {
  readonly name: string
  readonly resourceVersion: string | undefined
  readonly pod: StoredObject | undefined
}

function involved({ name, namespace, uid }: Run, { resourceVersion, pod }: EventParts): object {
  if (pod !== undefined) return { apiVersion: 'v1', kind: 'Pod', name: pod.metadata.name, namespace, uid: pod.metadata.uid, resourceVersion: pod.metadata.resourceVersion }
  return { apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', name, namespace, uid, ...(resourceVersion !== undefined && { resourceVersion }) }
}

/** Whoever sees an event about a pod learns of its workflow by annotations. */
function annotationsOf({ name, uid }: Run, { annotations }: Happening, { pod }: EventParts): Happening['annotations'] {
  return pod === undefined ? annotations : { ...annotations, [`${LABEL}workflow-name`]: name, [`${LABEL}workflow-uid`]: uid }
}

function eventOf(run: Run, happening: Happening, own: EventParts): KubeObject {
  const { name, namespace, uid } = run
  const { reason, message, isBad, at } = happening
  const annotations = annotationsOf(run, happening, own)
  const time = `${new Date(at).toISOString().slice(0, 19)}Z`
  return {
    apiVersion: 'v1', kind: 'Event',
    metadata: { name: own.name, namespace, ...(annotations !== undefined && { annotations }), ownerReferences: [{ apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', name, uid }] },
    involvedObject: involved(run, own),
    reason, message, type: isBad ? 'Warning' : 'Normal', source: { component: 'workflow-controller' }, firstTimestamp: time, lastTimestamp: time, count: 1,
    reportingComponent: 'workflow-controller', reportingInstance: '',
  } as KubeObject
}
