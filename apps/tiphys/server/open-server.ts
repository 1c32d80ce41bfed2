// Owns putting the server together: state, runner, controllers and APIs in one process.
import { randomBytes, randomUUID } from 'node:crypto'
import { createServer, type Server } from 'node:https'
import { resourceOfKind } from '@tiphys/core/api'
import { ARCHIVING_LABEL, engineConfigOf, isManaged } from '@tiphys/core/controllers'
import type { EngineConfig } from '@tiphys/core/engine'
import type { ImageMapping } from '@tiphys/shell/adapters/process'
import { createProcessRunner } from '@tiphys/shell/adapters/process'
import { sprigOfHost } from '@tiphys/shell/adapters/sprig'
import { nodeHttpClient, systemClock } from '@tiphys/shell/adapters/system'
import { serverCertificates } from '@tiphys/shell/adapters/tls'
import { type ArgoServices, type InfoSettings, WorkflowStore } from '@tiphys/shell/http'
import type { Clock, LogStore, PodRunner, SyncLimitStore, TaskRunner } from '@tiphys/shell/ports'
import { type Archiver, ENGINE_FAILED, type HostOptions, type ConfigSource, JobController, Meter, ObjectCatalog, RunHost, type Throttled, collectEnded, rateLimited, sharedThrottle, throttled } from '@tiphys/shell/runtime'
import { VERSION } from '../release.ts'
import { lazyArtifacts, removingContext } from '../local/artifacts.ts'
import { cacheKeeper } from '../local/caches.ts'
import { isAlive } from '../local/owner.ts'
import type { DataFolders } from '../local/home.ts'
import { lookupIn } from '../local/host.ts'
import { type LocalSession, LOCAL_CONFIG, SIMULATED_CONFIG, openSession, randomSuffix } from '../local/session.ts'
import { archiveEnded, openArchiver, tidyArchive } from './archive.ts'
import { type ConfigPlace, configDefaults, openConfiguration } from './configuration.ts'
import { type Relief, openSharedSession, relieveOthers } from './database.ts'
import { serverControl, type ServerControl } from './control.ts'
import { limitRuns, openControllers } from './controllers.ts'
import { drained } from './drain.ts'
import { measured } from './measured.ts'
import { openMetricsDoor } from './metrics-port.ts'
import { claimObjects, followClaims } from './claims.ts'
import { openDeletions } from './deletions.ts'
import { openKube } from './kube.ts'
import { followRequests, listenForRuns } from './listen.ts'
import { mirrorObjects, mirroring } from './mirror.ts'
import { makeNamespace } from './namespaces.ts'
import { eventRecorder } from './run-events.ts'
import { withOwnedRuns } from './owned-runs.ts'
import { type Address, keepAddress, serverName, serverPlace, serverToken, type ServerPlace } from './place.ts'
import { withPodObjects } from './pod-objects.ts'
import { type RestOptions, identifyBy, openRest } from './rest.ts'
import { withResources } from './resources.ts'
import { resumeRuns } from './resume.ts'
import { openStores } from './stores.ts'
import { pendingWork } from './pending-work.ts'
import { followLimits } from './sync-limits.ts'
import { type Simulation, clockOfPlay, openSimulation } from './simulated.ts'

export interface ServerOptions {
  readonly folders: DataFolders
  readonly images: readonly ImageMapping[]
  /** What steps do instead of running. */
  readonly simulation?: Simulation | undefined
  /** 0 for any free one. */
  readonly kubePort: number
  readonly rest: RestOptions
  readonly config?: ConfigPlace | undefined
  /** URL of a database that holds the state, perhaps for several servers; absent for one of this data directory alone. */
  readonly database?: string
  /** A port of its own for metrics; 0 for any free one, undefined for none. */
  readonly metricsPort?: number | undefined
  /** How many messages of each level were told. */
  readonly logged?: (() => Readonly<Record<'error' | 'warn' | 'info', number>>) | undefined
  readonly onTrouble: (message: string) => void
}

export interface RunningServer {
  readonly address: Address
  /** Where metrics are told on a port of their own. */
  readonly metrics: string | undefined
  readonly token: string
  /** What operations of the Argo REST API work with, for further doors to it. */
  readonly services: ArgoServices
  /** Stops answering and lets go of the runs; their steps go on. */
  close(): Promise<void>
}

export type Opened = { readonly ok: true; readonly server: RunningServer } | { readonly ok: false; readonly message: string }

const HEARTBEAT_MS = 5000
const LOOPBACK = '127.0.0.1'
const HOSTS = ['localhost', LOOPBACK, '[::1]']

export async function openServer(options: ServerOptions): Promise<Opened> {
  const session = options.database === undefined ? openSession(options.folders, 'carry') : await openSharedSession(options.folders, options.database)
  try {
    return await openOn(session, options)
  } catch (error) {
    await session.state.close()
    return { ok: false, message: `the server cannot start: ${messageOf(error)}` }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

async function openOn(session: LocalSession, options: ServerOptions): Promise<Opened> {
  const { state } = session
  const place = serverPlace(options.folders)
  const token = serverToken(place)
  const certificates = await serverCertificates(place.tls, systemClock.now())
  const engine = await openEngine(session, { options, place })
  for (const name of new Set(['default', options.rest.managedNamespace || 'default'])) await makeNamespace(state.objects, name)
  const { workflows } = engine
  const objects = withOwnedRuns(mirroring(state.objects, engine.catalog), { runs: state.runs, workflows })
  const following = new AbortController()
  const endPod = async (uid: string, node: string): Promise<boolean> => (await engine.host.deletePod(uid, node)) || (await engine.jobs.endPod(uid, node))
  const stores = { workflows, ...(await openStores({ state: state.objects, objects, workflows, endPod, server: serverName(place), signal: following.signal })) }
  const hasNamespace = async (name: string): Promise<boolean> => (await state.objects.get({ type: NAMESPACES, namespace: '', name })).ok
  const { handler, access } = await openKube({
    place, token, objects: state.objects, storeOf: stores.storeOf, kinds: stores.kinds, logs: engine.logs, authority: certificates.authority, hosts: HOSTS,
    hasNamespace, onTrouble: (error) => options.onTrouble(`a request could not be answered: ${messageOf(error)}`),
  })
  const server = createServer({ key: certificates.key, cert: certificates.certificate, minVersion: 'TLSv1.2' }, measured(handler, engine.meter))
  const port = await listenOn(server, options.kubePort)
  const services: ArgoServices = {
    ...stores, logs: engine.logs, archive: tidyArchive(session, (uid) => engine.control.label(uid, { [ARCHIVING_LABEL]: 'Removed' })), limits: engine.limits, artifacts: lazyArtifacts(options.folders), templates: engine.catalog, instanceId: () => engine.config.current().instanceId, version: VERSION, now: () => engine.clock.now(), newSuffix: randomSuffix, hasNamespace, info: () => infoOf(engine.config), workflowDefaults: () => engine.config.current().workflowDefaults, metrics: () => engine.meter.text(), observe: (call) => engine.meter.served(call),
  }
  const rest = await openRest(options.rest, {
    services, identify: identifyBy(access), hosts: HOSTS, certificates, onTrouble: (error) => options.onTrouble(`a request could not be answered: ${messageOf(error)}`),
  })
  const address: Address = { kube: `https://${LOOPBACK}:${port}`, rest: rest.address }
  keepAddress(place, address)
  await resumeRuns(session, engine.host, { manages: engine.manages, onTrouble: options.onTrouble })
  await engine.control.resumeDeletions()
  const controllers = await openControllers({ ...engine, state, tell: options.onTrouble })
  void engine.archiver.start().catch((error: unknown) => options.onTrouble(messageOf(error)))
  const { meter, config } = engine
  const metrics = options.metricsPort === undefined ? undefined : await openMetricsDoor({
    port: options.metricsPort, path: () => config.current().metrics.path, text: () => meter.text(), isReady: async () => hasNamespace('default'), onTrouble: (error) => options.onTrouble(messageOf(error)),
  })
  const heartbeat = setInterval(() => void state.log.heartbeat(systemClock.now()).catch(() => undefined), HEARTBEAT_MS)
  const asked = listenForRuns(session, engine.host, options.onTrouble)
  const requests = followRequests(session, (uid, request) => engine.control.apply(uid, request), options.onTrouble)
  const relief: Relief | undefined = options.database === undefined ? undefined : relieveOthers(session, engine.host, { now: () => systemClock.now(), manages: engine.manages, onTrouble: options.onTrouble })
  const close = async (): Promise<void> => {
    await asked?.close()
    await Promise.all([rest.close(), drained(server), metrics?.close()])
    clearInterval(heartbeat)
    relief?.close()
    requests.close()
    following.abort()
    await controllers.close()
    await engine.close()
    await state.close()
  }
  return { ok: true, server: { address, metrics: metrics?.address, token, services, close } }
}

const NAMESPACES = resourceOfKind('Namespace')
/** The labels of the metric `version`. */
const BUILD = { version: VERSION, platform: `${process.platform}/${process.arch}`, go_version: '', build_date: '', compiler: 'node', git_commit: '', git_tree_state: '', git_tag: `v${VERSION}` }

function infoOf(config: ConfigSource): InfoSettings {
  const { links, columns, navColor, namespace } = config.current()
  return { links, columns, navColor, managedNamespace: namespace }
}

interface Engine {
  readonly clock: Clock
  readonly config: ConfigSource
  /** Whether a workflow with these labels is this server's to carry out. */
  readonly manages: (labels: Readonly<Record<string, string>> | undefined) => boolean
  /** What the engine is configured with where nothing else is said. */
  readonly engineBase: Partial<EngineConfig>
  readonly throttle: Throttled
  readonly meter: Meter
  readonly host: RunHost
  readonly jobs: JobController
  readonly control: ServerControl
  readonly catalog: ObjectCatalog
  readonly logs: LogStore
  readonly workflows: WorkflowStore
  readonly archiver: Archiver
  readonly limits: SyncLimitStore
  close(): Promise<void>
}

async function openEngine(session: LocalSession, { options, place }: { readonly options: ServerOptions; readonly place: ServerPlace }): Promise<Engine> {
  const { state } = session
  const trouble = (error: unknown): void => options.onTrouble(messageOf(error))
  const catalog = new ObjectCatalog()
  const stop = new AbortController()
  await mirrorObjects(state.objects, catalog, stop.signal)
  const sharing: NonNullable<HostOptions['locks']> = { store: state.locks, isAlive: (holder) => isAlive(holder, systemClock.now()) }
  const limits = await followLimits(state.limits, catalog, () => host)
  if (options.database !== undefined) limits.follow(state.locks, stop.signal)
  const clock = options.simulation === undefined ? systemClock : clockOfPlay(options.simulation, { place, signal: stop.signal })
  const { runner, logs, tasks } = openRunner({ options, place, catalog, clock, hostOf: () => host })
  const engineBase = options.simulation === undefined ? LOCAL_CONFIG : SIMULATED_CONFIG
  const configuration = await openConfiguration(options.config ?? configDefaults, state.objects, options.onTrouble)
  const config = configuration.source
  const manages: Engine['manages'] = (labels) => isManaged(labels, config.current().instanceId)
  const begin = (uid: string): void => host.admit(uid)
  const throttle = options.database === undefined ? throttled(begin) : sharedThrottle({ ...sharing, clock, begin, hold: (uid, message) => host.hold(uid, message), onTrouble: options.onTrouble })
  const meter = new Meter({ clock, runs: state.runs, live: () => host.runs(), config: () => config.current().metrics, build: BUILD, logged: options.logged, tell: options.onTrouble })
  const caches = cacheKeeper(state, '')
  const recorder = eventRecorder(state, trouble)
  const claims = claimObjects(state.objects, trouble)
  void followClaims(state.objects, runner, stop.signal).catch(trouble)
  const control = serverControl({ session, hostOf: () => host, forgetRun: (uid) => logs.remove(uid), deletions: await openDeletions(state.objects), manages, onTrouble: trouble })
  const workflows = new WorkflowStore({ log: state.log, runs: state.runs, control, now: () => clock.now(), newUid: randomUUID, newSuffix: randomSuffix })
  const archiver = openArchiver({ session, control, workflows, clock, config: () => config.current().archive, onTrouble: trouble })
  const endings = pendingWork(trouble)
  const slowly = (fast: PodRunner): PodRunner => rateLimited(fast, { clock, limit: () => config.current().resourceRateLimit, onDelay: (ms) => meter.delayed(ms) })
  const pods = withPodObjects(slowly(claims.runner(runner)), state.objects, trouble)
  const jobs = new JobController({ objects: state.objects, runner: pods, clock, jobs: resourceOfKind('Job'), pods: resourceOfKind('Pod'), server: serverName(place), onTrouble: trouble })
  const host: RunHost = new RunHost({
    log: state.log, runner: pods, http: meter.measuring(nodeHttpClient), tasks, clock, catalog, config: engineConfigOf(config.current(), engineBase), admission: throttle,
    onClaims: claims.note, random: (length) => randomBytes(length), sprig: sprigOfHost, saveObject: caches.save,
    locks: sharing,
    onUpdate: (update) => {
      const { workflowEvents, nodeEvents } = config.current()
      recorder.note(update, { workflows: workflowEvents.enabled, nodes: nodeEvents.enabled, asPods: nodeEvents.sendAsPod })
      control.onUpdate(update)
      meter.updated(update)
    },
    onEnded: (run, amend, tell) => endings.add(control.ending(run.uid, async () => {
      // One that is being deleted takes along what is left of it.
      if (control.deletingSince(run.uid) === undefined) await collectEnded(run, { clock, artifacts: lazyArtifacts(options.folders), context: removingContext(run.namespace, lookupIn(catalog)), tell })
      await archiveEnded({ run, amend }, { session, control, workflows, archiver })
    })),
    onTrouble: (message) => message !== undefined && options.onTrouble(message),
    onTurn: ({ waitedMs, tookMs }) => meter.turned(waitedMs, tookMs),
    onMetric: (run, metric) => meter.recorded(run, metric),
    onLost: (run, message) => {
      if (message.startsWith(ENGINE_FAILED)) meter.panicked()
      options.onTrouble(`${run.name} is no longer this server's to carry out: ${message}`)
    },
  })
  await limitRuns({ state, config, throttle }, stop.signal)
  await jobs.open(stop.signal)
  const close = async (): Promise<void> => {
    stop.abort()
    configuration.close()
    throttle.close()
    await host.close()
    await endings.done()
    await archiver.close()
    // Whoever is next need not find out first that this process is gone.
    await Promise.all([...host.runs()].map(({ uid }) => state.log.release(uid)))
    await Promise.all([caches.saved(), recorder.saved()])
  }
  return { clock, config, manages, engineBase, throttle, meter, host, jobs, control, catalog, logs, workflows, archiver, limits, close }
}

interface RunnerNeeds {
  readonly options: ServerOptions
  readonly place: ServerPlace
  readonly catalog: ObjectCatalog
  readonly clock: Clock
  readonly hostOf: () => RunHost
}

function openRunner({ options, place, catalog, clock, hostOf }: RunnerNeeds): { readonly runner: PodRunner; readonly logs: LogStore; readonly tasks?: TaskRunner } {
  const { folders, images, simulation } = options
  if (simulation !== undefined) return openSimulation(simulation, { place, clock, hostOf })
  const [artifacts, lookup] = [lazyArtifacts(folders, options.onTrouble), lookupIn(catalog)]
  return withResources(createProcessRunner({ stateFolder: place.runner, logFolder: folders.logs, artifacts, lookup, imageMap: images, onIgnored: options.onTrouble }), { place, artifacts, lookup })
}

async function listenOn(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, LOOPBACK, () => resolve())
  })
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : port
}
