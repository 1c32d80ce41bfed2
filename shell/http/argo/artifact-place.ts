// Owns where artifacts are looked for: with whose secrets, and under which key of their storage.
import { resourceOfKind, valueAt } from '@tiphys/core/api'
import { type Artifact, hasLocationOrKey } from '@tiphys/core/spec'
import type { ArtifactContext } from '@tiphys/shell/ports'
import { plain } from './objects.ts'
import type { ArgoServices } from './services.ts'

const SECRETS = resourceOfKind('Secret')

/** Secrets that locations refer to are those of the workflow's namespace. */
export function artifactContext({ storeOf }: ArgoServices, namespace: string, signal: AbortSignal): ArtifactContext {
  return {
    namespace, signal,
    secret: async (name, key) => {
      const found = await storeOf(SECRETS).get({ type: SECRETS, namespace, name })
      const value = found.ok ? valueAt(plain(found.value), ['data', key]) : undefined
      return typeof value === 'string' ? Buffer.from(value, 'base64').toString('utf8') : undefined
    },
  }
}

/** An artifact that is nowhere yet belongs to the default repository, which knows it by its key alone. */
export function inRepository(artifact: Artifact): Artifact {
  return hasLocationOrKey(artifact) ? artifact : { ...artifact, s3: { key: '' } }
}

/** The same place under another key. Undefined for storages without keys. */
export function withKey(artifact: Artifact, key: string): Artifact | undefined {
  const { s3, gcs, oss, azure, hdfs, plugin } = artifact
  if (s3 !== undefined) return { ...artifact, s3: { ...s3, key } }
  if (gcs !== undefined) return { ...artifact, gcs: { ...gcs, key } }
  if (oss !== undefined) return { ...artifact, oss: { ...oss, key } }
  if (azure !== undefined) return { ...artifact, azure: { ...azure, blob: key } }
  if (hdfs !== undefined) return { ...artifact, hdfs: { ...hdfs, path: key } }
  return plugin === undefined ? undefined : { ...artifact, plugin: { ...plugin, key } }
}
