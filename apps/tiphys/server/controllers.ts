// Owns the controllers of the server: cron workflows, limits of running workflows, deletion of what is old, and the configuration that they follow.
import { resourceOfKind } from '@tiphys/core/api'
import { type ControllerConfig, type Submitted, engineConfigOf, isManaged } from '@tiphys/core/controllers'
import type { EngineConfig } from '@tiphys/core/engine'
import { isZone } from '@tiphys/core/kube'
import { type CronWorkflow, validateCronWorkflow } from '@tiphys/core/spec'
import type { State } from '@tiphys/shell/adapters/sqlite'
import type { KubeStore } from '@tiphys/shell/http'
import type { Clock, KubeObject } from '@tiphys/shell/ports'
import {
  Collector, type ConfigSource, CronController, type Meter, type ObjectCatalog, PodCollector, type RunHost, type Tell, type Throttled, type WorkflowActions, followObjects, followRuns,
} from '@tiphys/shell/runtime'
import type { ServerControl } from './control.ts'

const CRONS = resourceOfKind('CronWorkflow')
const NAMESPACES = resourceOfKind('Namespace')
const PODS = resourceOfKind('Pod')
const WORKFLOWS = resourceOfKind('Workflow')
const LIMIT_LABEL = 'workflows.argoproj.io/parallelism-limit'

export interface ControllerNeeds {
  readonly state: State
  readonly clock: Clock
  readonly config: ConfigSource
  readonly engineBase: Partial<EngineConfig>
  readonly host: RunHost
  readonly control: ServerControl
  readonly catalog: ObjectCatalog
  readonly throttle: Throttled
  /** Workflows as objects. */
  readonly workflows: KubeStore
  readonly meter: Meter
  readonly tell: Tell
}

export interface Controllers {
  /** Stops deciding; resolves once what was begun is done. */
  close(): Promise<void>
}

/** By its name in the database of zones; a machine that has none counts in UTC. */
function machineZone(): string {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  return isZone(zone) ? zone : 'UTC'
}

/** Limits are in force before any run is taken up. */
export async function limitRuns({ state, config, throttle }: Pick<ControllerNeeds, 'state' | 'config' | 'throttle'>, signal: AbortSignal): Promise<void> {
  const ofNamespace = new Map<string, number>()
  const apply = (): void => {
    const { parallelism, namespaceParallelism } = config.current()
    throttle.setLimits({ total: parallelism, perNamespace: namespaceParallelism, ofNamespace })
  }
  await followObjects(state.objects, NAMESPACES, {
    signal,
    listener: {
      put: ({ metadata }) => {
        const limit = Number(metadata.labels?.[LIMIT_LABEL])
        if (Number.isInteger(limit) && limit >= 0) ofNamespace.set(metadata.name, limit)
        else ofNamespace.delete(metadata.name)
        apply()
      },
      gone: ({ metadata }) => {
        ofNamespace.delete(metadata.name)
        apply()
      },
    },
  })
  apply()
  config.onChange(apply)
}

/** Starts deciding: runs of an earlier process have been taken up by now. */
export async function openControllers(needs: ControllerNeeds): Promise<Controllers> {
  const { state, clock, config, host, control, tell } = needs
  const stop = new AbortController()
  const actions = actionsOf(needs)
  const shared = { runs: state.runs, clock, actions, config: () => config.current(), tell }
  const cron = new CronController({
    ...shared, objects: state.objects, type: CRONS, localZone: machineZone(), specError: specErrorOf(needs), meter: needs.meter,
  })
  const collector = new Collector(shared)
  const pods = new PodCollector({
    ...shared, objects: state.objects, pods: PODS,
    podGCOf: (uid) => {
      const run = control.live(uid)
      return run === undefined ? undefined : { podGC: run.spec.podGC, phase: run.status.phase }
    },
  })
  config.onChange((changed) => {
    host.reconfigure(engineConfigOf(changed, needs.engineBase))
    collector.countAll()
    cron.wakeAll()
    needs.meter.configure(changed.metrics)
    tell('the configuration has changed')
  })
  followRuns(state.runs, {
    changed: (run) => {
      if (!isManaged(run.labels, config.current().instanceId)) return
      collector.changed(run)
      pods.runChanged(run)
      if (run.finishedAt !== undefined) cron.childChanged(run)
    },
    removed: (run) => {
      collector.removed(run)
      cron.childChanged(run)
    },
    missed: () => {
      collector.start()
      cron.wakeAll()
    },
  }, stop.signal)
  collector.start()
  await pods.start(stop.signal)
  await followObjects(state.objects, PODS, { signal: stop.signal, listener: { put: (pod) => needs.meter.podChanged(pod), gone: (pod) => needs.meter.podGone(pod) } })
  await cron.start(stop.signal)
  return {
    close: async () => {
      stop.abort()
      pods.close()
      await Promise.all([cron.close(), collector.close()])
    },
  }
}

/** Controllers go through the same doors as clients do. */
function actionsOf({ workflows, state, config }: Pick<ControllerNeeds, 'workflows' | 'state' | 'config'>): WorkflowActions {
  return {
    submit: async (workflow): Promise<Submitted> => {
      const made = await workflows.create(WORKFLOWS, workflow as unknown as KubeObject)
      if (!made.ok) return made.problem.code === 'already_exists' ? { ok: false, already: true } : { ok: false, already: false, message: made.problem.message }
      const { name, namespace = '', uid, resourceVersion } = made.value.metadata
      return { ok: true, child: { name, namespace, uid, resourceVersion } }
    },
    terminate: async (namespace, name) => {
      const found = await workflows.get({ type: WORKFLOWS, namespace, name })
      if (!found.ok) return
      const { resourceVersion: _, ...metadata } = found.value.metadata
      const spec = { ...(found.value as unknown as { readonly spec: object }).spec, shutdown: 'Terminate' }
      await workflows.update(WORKFLOWS, { ...found.value, metadata, spec } as KubeObject)
    },
    remove: async ({ namespace, name, uid }) => {
      const found = await state.runs.find(namespace, name)
      if (!found.ok || found.value.uid !== uid || !isManaged(found.value.labels, config.current().instanceId)) return
      const removed = await workflows.delete({ type: WORKFLOWS, namespace, name }, { preconditions: { uid } })
      if (!removed.ok && removed.problem.code !== 'not_found' && removed.problem.code !== 'conflict') throw new Error(removed.problem.message)
    },
  }
}

function specErrorOf({ catalog, config }: Pick<ControllerNeeds, 'catalog' | 'config'>): (cron: CronWorkflow) => string | undefined {
  return (cron) => {
    const defaults: ControllerConfig['workflowDefaults'] = config.current().workflowDefaults
    return validateCronWorkflow(cron, { catalog, namespace: cron.metadata.namespace, defaults })?.message
  }
}
