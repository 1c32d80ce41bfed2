// Owns where an executor puts the artifacts that a step saves.
import type { StartPod } from '@tiphys/core/engine'
import { type Artifact, hasLocationOrKey } from '@tiphys/core/spec'

/** An artifact with a place or a key of its own keeps it; others go below the step's archive location, by their names. */
export function locateInArchive(artifact: Artifact, effect: Pick<StartPod, 'template'>): Artifact {
  if (hasLocationOrKey(artifact)) return artifact
  const s3 = effect.template.archiveLocation?.s3
  if (s3 === undefined) return artifact
  const file = artifact.archive?.none === undefined ? `${artifact.name}.tgz` : artifact.name
  return { ...artifact, s3: { key: `${s3.key ?? ''}/${file}` } }
}
