// Owns the choice of the driver for an artifact: by its location, or the default repository where only a key is given.
import type { Artifact } from '@tiphys/core/spec'
import type { ArtifactResult, ArtifactStore } from '@tiphys/shell/ports'
import { isKeyOnly, locationKind, type LocationKind } from './location.ts'

export interface ArtifactDrivers {
  /** Where artifacts go that name no place of their own. */
  readonly repository: ArtifactStore
  readonly drivers: Partial<Readonly<Record<LocationKind, ArtifactStore>>>
}

export function routeArtifacts(parts: ArtifactDrivers): ArtifactStore {
  const call = <T>(artifact: Artifact, work: (store: ArtifactStore) => Promise<ArtifactResult<T>>): Promise<ArtifactResult<T>> => {
    const kind = locationKind(artifact)
    const store = kind === undefined || isKeyOnly(artifact) ? parts.repository : parts.drivers[kind]
    if (store !== undefined) return work(store)
    const message = `artifact "${artifact.name}" is kept in ${kind}, for which this installation has no driver`
    return Promise.resolve({ ok: false, problem: { code: 'artifact_unsupported', message } })
  }
  return {
    load: (request, context) => call(request.artifact, (store) => store.load(request, context)),
    save: (request, context) => call(request.artifact, (store) => store.save(request, context)),
    open: (artifact, context) => call(artifact, (store) => store.open(artifact, context)),
    remove: (artifact, context) => call(artifact, (store) => store.remove(artifact, context)),
    list: (artifact, context) => call(artifact, (store) => store.list(artifact, context)),
    isDirectory: (artifact, context) => call(artifact, (store) => store.isDirectory(artifact, context)),
  }
}
