// A runtime on this machine: steps as processes, artifacts in a folder, HTTP from this process.
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import type { Run } from '@tiphys/core/engine'
import type { LogStore, PodLookup } from '@tiphys/shell/ports'
import { type HostOptions, ObjectCatalog, RunHost, type RunUpdate, collectEnded } from '@tiphys/shell/runtime'
import { DataRunner } from '@tiphys/shell/adapters/resources'
import { createProcessRunner } from '@tiphys/shell/adapters/process'
import { sprigOfHost } from '@tiphys/shell/adapters/sprig'
import { nodeHttpClient, systemClock } from '@tiphys/shell/adapters/system'
import { type LocalSession, LOCAL_CONFIG } from './session.ts'
import { type RunSetup, catalogOf } from './setup.ts'
import { isAlive } from './owner.ts'
import { cacheKeeper } from './caches.ts'
import { lazyArtifacts, removingContext } from './artifacts.ts'

export interface LocalHost {
  readonly host: RunHost
  readonly logs: LogStore
  /** Resolves once everything that the end of the run brings about is done and stored. */
  ended(): Promise<void>
  /** Lets go of the run: what waits is written first. */
  close(): Promise<void>
}

export interface LocalHostOptions {
  readonly session: LocalSession
  /** The run whose steps this process carries out. */
  readonly uid: string
  readonly namespace: string
  readonly setup: RunSetup
  readonly onUpdate: (update: RunUpdate) => void
  readonly onTrouble: (message: string | undefined) => void
  /** What people should know, told once. */
  readonly onNote?: (message: string) => void
  readonly onLost: (run: Run, message: string) => void
}

export async function openLocalHost(options: LocalHostOptions): Promise<LocalHost> {
  const { session, setup, namespace } = options
  const { folders, state } = session
  const caches = cacheKeeper(state, namespace)
  const catalog = catalogOf({ ...setup, objects: [...(await caches.load()), ...setup.objects] }, namespace)
  const limits = await state.limits.all()
  if (limits.length > 0) catalog.databaseLimit = (home, key) => limits.find((limit) => limit.namespace === home && limit.key === key)?.size
  const lookup = lookupIn(catalog)
  const artifacts = lazyArtifacts(folders, options.onNote)
  const { runner, logs } = createProcessRunner({
    stateFolder: join(folders.runner(options.uid), 'runner'), logFolder: folders.logs, artifacts, lookup, imageMap: setup.images,
    now: () => systemClock.now(), onIgnored: options.onNote,
  })
  let ending: Promise<unknown> = Promise.resolve()
  const onEnded: HostOptions['onEnded'] = (run, _amend, tell) => {
    ending = collectEnded(run, { clock: systemClock, artifacts, context: removingContext(run.namespace, lookup), tell })
  }
  const host = new RunHost({
    log: state.log, runner: new DataRunner(runner, { clock: systemClock, artifacts, lookup }), http: nodeHttpClient, clock: systemClock, catalog, lookup: lookup(namespace), config: LOCAL_CONFIG,
    random: (length) => randomBytes(length), sprig: sprigOfHost, onUpdate: options.onUpdate, onTrouble: options.onTrouble, onLost: options.onLost,
    saveObject: caches.save, onEnded, locks: { store: state.locks, isAlive: (holder) => isAlive(holder, systemClock.now()) },
  })
  const close = async (): Promise<void> => {
    await ending
    await host.close()
    await caches.saved()
  }
  const ended = async (): Promise<void> => void (await ending)
  return { host, logs, ended, close }
}

/** ConfigMaps and Secrets that steps mount or read, from the objects that were given. */
export function lookupIn(catalog: ObjectCatalog): (namespace: string) => PodLookup {
  return (namespace) => ({
    configMap: (name) => Promise.resolve(catalog.configMap(namespace, name)?.data),
    secret: (name) => Promise.resolve(catalog.secret(namespace, name)),
  })
}
