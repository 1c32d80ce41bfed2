// A runtime on this machine: steps as processes, artifacts in a folder, HTTP from this process.
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import type { LogStore, PodLookup } from '@tiphys/shell/ports'
import { ObjectCatalog, RunHost, type RunUpdate } from '@tiphys/shell/runtime'
import { createProcessRunner, type ImageMapping } from '@tiphys/shell/adapters/process'
import {
  createGitArtifactStore, createHttpArtifactStore, createLocalArtifactStore, createRawArtifactStore, routeArtifacts, withArchives,
} from '@tiphys/shell/adapters/artifacts'
import { nodeHttpClient, systemClock } from '@tiphys/shell/adapters/system'
import type { State } from '@tiphys/shell/adapters/sqlite'
import type { DataFolders } from './home.ts'
import { LOCAL_CONFIG } from './session.ts'

export interface LocalHost {
  readonly host: RunHost
  readonly logs: LogStore
  readonly catalog: ObjectCatalog
}

export interface LocalHostOptions {
  readonly folders: DataFolders
  readonly state: State
  /** The run whose steps this process carries out. */
  readonly uid: string
  readonly catalog: ObjectCatalog
  readonly imageMap: readonly ImageMapping[]
  readonly onUpdate: (update: RunUpdate) => void
  readonly onTrouble: (message: string | undefined) => void
}

export function openLocalHost(options: LocalHostOptions): LocalHost {
  const { folders, catalog } = options
  const lookup = lookupIn(catalog)
  const artifacts = routeArtifacts({
    repository: createLocalArtifactStore(folders.artifacts),
    drivers: {
      s3: createLocalArtifactStore(folders.artifacts),
      raw: withArchives(createRawArtifactStore()),
      http: withArchives(createHttpArtifactStore()),
      git: createGitArtifactStore(),
    },
  })
  const { runner, logs } = createProcessRunner({
    stateFolder: join(folders.runner(options.uid), 'runner'), logFolder: folders.logs, artifacts, lookup, imageMap: options.imageMap,
  })
  const host = new RunHost({
    log: options.state.log, runner, http: nodeHttpClient, clock: systemClock, catalog, lookup: lookup('default'), config: LOCAL_CONFIG,
    random: (length) => randomBytes(length), onUpdate: options.onUpdate, onTrouble: options.onTrouble,
  })
  return { host, logs, catalog }
}

/** ConfigMaps and Secrets that steps mount or read, from the objects that were given. */
function lookupIn(catalog: ObjectCatalog): (namespace: string) => PodLookup {
  return (namespace) => ({
    configMap: (name) => Promise.resolve(catalog.configMap(namespace, name)?.data),
    secret: (name) => Promise.resolve(catalog.secret(namespace, name)),
  })
}
