// Owns where artifacts lie on one machine: a folder stands for every object store, all else is reached as it is.
import type { ArtifactStore } from '@tiphys/shell/ports'
import type { DataFolders } from './home.ts'

/** Most runs have no artifacts, and what unpacks and fetches them is slow to load: it is loaded with the first one. */
export function lazyArtifacts(folders: DataFolders): ArtifactStore {
  let opened: Promise<ArtifactStore> | undefined
  const store = (): Promise<ArtifactStore> => (opened ??= openArtifacts(folders))
  return {
    load: async (request, context) => (await store()).load(request, context),
    save: async (request, context) => (await store()).save(request, context),
    open: async (artifact, context) => (await store()).open(artifact, context),
    remove: async (artifact, context) => (await store()).remove(artifact, context),
    list: async (artifact, context) => (await store()).list(artifact, context),
    isDirectory: async (artifact, context) => (await store()).isDirectory(artifact, context),
  }
}

async function openArtifacts(folders: DataFolders): Promise<ArtifactStore> {
  const kit = await import('@tiphys/shell/adapters/artifacts')
  const folder = kit.createLocalArtifactStore(folders.artifacts)
  return kit.routeArtifacts({
    repository: folder,
    drivers: { s3: folder, raw: kit.withArchives(kit.createRawArtifactStore()), http: kit.withArchives(kit.createHttpArtifactStore()), git: kit.createGitArtifactStore() },
  })
}
