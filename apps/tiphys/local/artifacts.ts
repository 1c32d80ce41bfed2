// Owns where artifacts lie on one machine: a folder stands for every object store, all else is reached as it is.
import type { StandIn } from '@tiphys/shell/adapters/artifacts'
import type { ArtifactContext, ArtifactStore, PodLookup } from '@tiphys/shell/ports'
import type { DataFolders } from './home.ts'

/** Most runs have no artifacts, and what unpacks and fetches them is slow to load: it is loaded with the first one. */
export function lazyArtifacts(folders: DataFolders, tell: (message: string) => void = () => undefined): ArtifactStore {
  let opened: Promise<ArtifactStore> | undefined
  const store = (): Promise<ArtifactStore> => (opened ??= openArtifacts(folders, tell))
  return {
    load: async (request, context) => (await store()).load(request, context),
    save: async (request, context) => (await store()).save(request, context),
    open: async (artifact, context) => (await store()).open(artifact, context),
    remove: async (artifact, context) => (await store()).remove(artifact, context),
    list: async (artifact, context) => (await store()).list(artifact, context),
    isDirectory: async (artifact, context) => (await store()).isDirectory(artifact, context),
  }
}

async function openArtifacts(folders: DataFolders, tell: (message: string) => void): Promise<ArtifactStore> {
  const kit = await import('@tiphys/shell/adapters/artifacts')
  const onStandIn = (standIn: StandIn): void => tell(kit.standInText(standIn))
  const repository = kit.createLocalArtifactStore(folders.artifacts)
  const buckets = kit.createBucketStore({ folder: folders.artifacts, repository, onStandIn })
  const raw = kit.withArchives(kit.createRawArtifactStore())
  const http = kit.withArchives(kit.createHttpArtifactStore())
  const drivers = { ...Object.fromEntries(kit.bucketKinds.map((kind) => [kind, buckets])), raw, http, git: kit.createGitArtifactStore() }
  return kit.tellingOfRepository(kit.routeArtifacts({ repository, drivers }), folders.artifacts, onStandIn)
}

/** What drivers need that remove artifacts of a namespace: secrets are those of the catalog. */
export function removingContext(namespace: string, lookup: (namespace: string) => PodLookup): ArtifactContext {
  return { namespace, secret: async (name, key) => (await lookup(namespace).secret(name))?.[key] }
}
