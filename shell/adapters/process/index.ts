// Owns making a process runner out of its parts, and what programs may use of it.
import { randomBytes } from 'node:crypto'
import { accessSync, constants, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, homedir, hostname, userInfo } from 'node:os'
import { join, resolve } from 'node:path'
import type { ArtifactStore, LogStore, PodFact, PodLookup, PodRunner } from '@tiphys/shell/ports'
import { ProgramFinder } from './command.ts'
import { HostCapacity, hostResources, type HostResources } from './host-capacity.ts'
import { hostLabels, ignoredTeller } from './ignored.ts'
import { ImageMap, type ImageMapping } from './image-map.ts'
import { Journal } from './journal.ts'
import { createLogStore } from './log-reader.ts'
import { LogWriter } from './log-writer.ts'
import { Orphans } from './orphans.ts'
import { isAlive, startOf } from './process-table.ts'
import { ProcessRunner } from './runner.ts'
import { systemPath } from './launch.ts'
import type { Folders, Services } from './services.ts'
import { Strays } from './strays.ts'
import { SupervisorPool } from './supervisor-pool.ts'
import { detectViews, type ViewDetection } from './view-detection.ts'
import { WorkFolders } from './work-folders.ts'

export { HostCapacity, demandOf, hostResources, type HostResources, type PodDemand } from './host-capacity.ts'
export { parseImageMapping, type ImageMapping } from './image-map.ts'
export { createLogStore } from './log-reader.ts'
export { expandReferences } from './expansion.ts'
export { hostLabels, type HostLabels } from './ignored.ts'
export { startOf } from './process-table.ts'

export interface ProcessRunnerOptions {
  /** Folder for everything that must outlive this process: one per runner. Not inside a folder that steps use. */
  readonly stateFolder: string
  /** Folder of logs; they stay when pods are discarded. */
  readonly logFolder: string
  readonly artifacts?: ArtifactStore
  readonly lookup?: (namespace: string) => PodLookup
  readonly imageMap?: readonly ImageMapping[]
  readonly resources?: Partial<HostResources>
  /** Variables of this process that steps get; a small set of harmless ones when absent. */
  readonly inheritedVariables?: readonly string[]
  readonly hostNodeName?: string
  readonly now?: () => number
  /** Hears of what steps ask for and plain processes do not have, each kind once. */
  readonly onIgnored?: ((message: string) => void) | undefined
}

export interface ProcessRunnerParts {
  readonly runner: PodRunner
  readonly logs: LogStore
  readonly capacity: HostCapacity
}

/** How steps can get a private view of the files on this host, found by trying it in a folder, or why they cannot. */
export function privateViewsIn(folder: string): { readonly kind: string } | { readonly problem: string } {
  const programs = new ProgramFinder()
  const tool = (name: string): string => programs.find(name, `${process.env['PATH'] ?? ''}:${systemPath}`, '/') ?? ''
  const found = detectViews(folder, { shell: shellPath(), unshare: tool('unshare'), mount: tool('mount'), bwrap: tool('bwrap') })
  return 'problem' in found ? found : { kind: found.tools.kind }
}

/** Says whether a bare name of a program is found nowhere that a container of an image looks. A root file system in the place of an image is not looked into. */
export function hostLacks(imageMap: readonly ImageMapping[]): (program: string, image: string) => boolean {
  const programs = new ProgramFinder()
  const images = new ImageMap(imageMap)
  const path = process.env['PATH'] ?? systemPath
  return (program, image) => {
    const standIn = images.find(image)
    if (standIn?.kind === 'rootfs') return false
    const places = standIn === undefined ? path : `${standIn.folder}:${standIn.config.environment['PATH'] ?? path}`
    return programs.find(program, places, '/') === undefined
  }
}

/** What a shell of one's own would have, without anything that opens doors elsewhere. */
const inheritedByDefault: readonly string[] = ['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'LANG', 'LC_ALL', 'LC_CTYPE', 'TZ', 'TMPDIR']

const nothing: PodLookup = { configMap: () => Promise.resolve(undefined), secret: () => Promise.resolve(undefined) }

/** Throws when the state folder belongs to a process that lives. */
export function createProcessRunner(options: ProcessRunnerOptions): ProcessRunnerParts {
  const folders = makeFolders(resolve(options.stateFolder))
  lock(folders.state)
  const listeners = new Set<(fact: PodFact) => void>()
  const { services, close } = makeServices(options, folders, (fact) => tellAll(listeners, fact))
  const runner = new ProcessRunner({ services, listeners, close: () => { close(); unlock(folders.state) } })
  const { logs, capacity } = services
  const store = createLogStore({ directory: logs.directory, isLive: (key) => logs.isLive(key), forget: (workflowUid) => logs.forget(workflowUid) })
  return { runner, logs: store, capacity }
}

function makeFolders(state: string): Folders {
  const folders = { state, status: join(state, 'status'), pods: join(state, 'pods'), claims: join(state, 'claims'), scripts: join(state, 'scripts') }
  for (const folder of Object.values(folders)) mkdirSync(folder, { recursive: true, mode: 0o700 })
  return folders
}

function makeServices(options: ProcessRunnerOptions, folders: Folders, emit: (fact: PodFact) => void): { services: Services; close: () => void } {
  const now = options.now ?? Date.now
  const baseEnvironment = inherited(options.inheritedVariables ?? inheritedByDefault)
  const programs = new ProgramFinder()
  const tool = (name: string): string => programs.find(name, `${process.env['PATH'] ?? ''}:${systemPath}`, '/') ?? ''
  const journal = new Journal(folders.state)
  const work = new WorkFolders(join(folders.state, 'work'))
  const orphans = new Orphans(folders.status, now)
  const instance = randomBytes(5).toString('hex')
  const strays: Strays = new Strays(() => new Map([...pool.runsByPid(), ...orphans.runsByPid()]))
  const pool = new SupervisorPool({
    shell: shellPath(),
    environment: Object.fromEntries(baseEnvironment),
    statusFolder: folders.status,
    instance,
    briskMax: Math.max(4, availableParallelism() * 3),
    beforeFeed: () => journal.flush(),
    afterJob: (run, supervisor) => {
      strays.note(run)
      work.release(supervisor.statusName)
    },
  })
  const logs = new LogWriter(resolve(options.logFolder), now)
  let views: ViewDetection | undefined
  let runs = 0
  const nodeName = options.hostNodeName ?? hostname()
  const services: Services = {
    folders, journal, pool, orphans, strays, logs, programs, work, baseEnvironment, now, emit,
    hostNodeName: nodeName,
    tellIgnored: ignoredTeller(hostLabels(nodeName), options.onIgnored ?? (() => undefined)),
    capacity: new HostCapacity(hostResources(options.resources)),
    images: new ImageMap(options.imageMap ?? []),
    artifacts: options.artifacts,
    unshare: tool('unshare'),
    lookup: options.lookup ?? (() => nothing),
    views: () => (views ??= detectViews(folders.state, { shell: shellPath(), unshare: tool('unshare'), mount: tool('mount'), bwrap: tool('bwrap') })),
    nextRun: () => `${instance}.${runs++}`,
    flushed: flusher(journal),
  }
  const close = (): void => {
    pool.close()
    orphans.close()
    strays.close()
    logs.close()
    journal.close()
  }
  return { services, close }
}

/** A listener that throws is a bug of its own: it must not stop the pod that it was told of. */
function tellAll(listeners: ReadonlySet<(fact: PodFact) => void>, fact: PodFact): void {
  for (const listener of listeners) {
    try {
      listener(fact)
    } catch (error) {
      queueMicrotask(() => {
        throw error
      })
    }
  }
}

/** One flush per turn of the event loop for all who wait. */
function flusher(journal: Journal): () => Promise<void> {
  let next: Promise<void> | undefined
  return () =>
    (next ??= new Promise((done) => {
      setImmediate(() => {
        next = undefined
        journal.flush()
        done()
      })
    }))
}

function inherited(names: readonly string[]): Map<string, string> {
  const variables = new Map([['PATH', systemPath], ['HOME', homedir()], ['USER', userName()], ['LOGNAME', userName()]])
  for (const name of names) {
    const value = process.env[name]
    if (value !== undefined) variables.set(name, value)
  }
  return variables
}

function userName(): string {
  try {
    return userInfo().username
  } catch {
    return 'root'
  }
}

/** The smallest shell there is: it forks fastest. */
function shellPath(): string {
  for (const path of ['/bin/dash', '/usr/bin/dash', '/bin/sh']) {
    try {
      accessSync(path, constants.X_OK)
      return path
    } catch {
      continue
    }
  }
  return 'sh'
}

/** Two runners on one folder would start one pod twice. */
function lock(state: string): void {
  const path = join(state, 'lock')
  const [pid, ...since] = readLock(path).split(' ')
  const holder = { pid: Number(pid), since: since.join(' ') }
  if (holder.pid > 0 && isAlive(holder)) throw new Error(`${state} is in use by process ${holder.pid}`)
  writeFileSync(path, `${process.pid} ${startOf(process.pid) ?? ''}`, { mode: 0o600 })
}

function readLock(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function unlock(state: string): void {
  rmSync(join(state, 'lock'), { force: true })
}
