// Which repository a run's artifacts go to: the one it names, its namespace's default, or the configured one.
import { type ArtifactRepository, type ArtifactRepositoryRefStatus, artifactRepositorySchema, decode, readDocuments } from '@tiphys/core/spec'
import type { Run } from './model.ts'
import type { World } from './world.ts'

type Chosen = { readonly ok: true; readonly ref: ArtifactRepositoryRefStatus } | { readonly ok: false; readonly message: string }

const CONFIG_MAP = 'artifact-repositories'
const DEFAULT_KEY = 'workflows.argoproj.io/default-artifact-repository'

/** Chosen once, when the run begins, and kept in its status: later edits of the config map do not move artifacts of a run. */
export function chooseRepository(run: Run, world: World): Chosen {
  const wanted = run.spec.artifactRepositoryRef
  const configMap = wanted?.configMap || CONFIG_MAP
  const map = world.catalog.configMap(run.namespace, configMap)
  const key = wanted?.key || map?.metadata?.annotations?.[DEFAULT_KEY] || ''
  const text = map?.data?.[key]
  if (text !== undefined) return fromText(text, { configMap, key, namespace: run.namespace })
  if (wanted !== undefined) return { ok: false, message: `failed to find any artifact repository for artifact repository ref "${wanted.configMap ?? ''}#${wanted.key ?? ''}"` }
  const { artifactRepository } = world.config.pods
  return { ok: true, ref: { default: true, ...(artifactRepository !== undefined && { artifactRepository }) } }
}

function fromText(text: string, ref: { readonly configMap: string; readonly key: string; readonly namespace: string }): Chosen {
  const document = readDocuments(text)[0]
  const decoded = document?.value === undefined ? undefined : decode(artifactRepositorySchema, document.value)
  const refused = document?.problem?.message ?? decoded?.problems.find(({ severity }) => severity === 'refused')?.message
  if (decoded === undefined || refused !== undefined) {
    const shown = `${ref.namespace}/${ref.configMap}#${ref.key}`
    const reason = `failed to unmarshall config map key "${ref.key}" for artifact repository ref "${shown}": ${refused ?? 'it is empty'}`
    return { ok: false, message: `error getting config map for artifact repository ref "${shown}": ${reason}` }
  }
  return { ok: true, ref: { ...ref, artifactRepository: decoded.value as ArtifactRepository } }
}
