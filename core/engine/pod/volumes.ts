// Owns the volumes of a pod: those that its containers mount, secrets of artifact stores, and room for inputs and scripts.
import { type Artifact, type ArtifactLocation, type SecretKeySelector, type Volume, type VolumeMount, hasLocationOrKey } from '@tiphys/core/spec'
import { artifactsOf } from './artifact-location.ts'
import { overlappingMount, safeArtifactPath } from './artifact-path.ts'
import { type PodDraft, mainContainerName, mountsOf } from './draft.ts'
import { lateValue } from './late-text.ts'

const inputArtifactsVolume: Volume = { name: 'input-artifacts', emptyDir: {} }
const stagingVolume: Volume = { name: 'argo-staging', emptyDir: {} }
const stagingMount: VolumeMount = { name: 'argo-staging', mountPath: '/argo/staging' }
/** Where an executor puts the source of a script. */
export const scriptPath = '/argo/staging/script'

/** Adds every volume that a mount of the template names, and the secrets that its artifacts need. */
export function addReferencedVolumes(draft: PodDraft): void {
  const { template } = draft
  addMounted(draft, mountsOf(template))
  for (const container of template.initContainers ?? []) addMounted(draft, container.volumeMounts ?? [])
  for (const container of template.sidecars ?? []) addMounted(draft, container.volumeMounts ?? [])
  const artifacts = artifactsOf(template)
  if (template.archiveLocation !== undefined || artifacts.length > 0) draft.spec.volumes.push(...secretVolumes(template.archiveLocation, artifacts))
}

function addMounted(draft: PodDraft, mounts: readonly VolumeMount[]): void {
  const { volumes } = draft.spec
  for (const mount of mounts) {
    if (volumes.some((volume) => volume.name === mount.name)) continue
    const volume = findVolume(draft, mount.name)
    if (volume === undefined) draft.problem ??= `volume '${mount.name}' not found in workflow spec`
    else volumes.push(lateValue(draft, volume))
  }
}

/** The template's own volumes are in the pod already. */
function findVolume(draft: PodDraft, name: string): Volume | undefined {
  const named = (volume: Volume): boolean => volume.name === name
  return draft.input.volumes.find(named) ?? draft.input.claims.find(named)
}

/** One volume for each secret that an artifact store needs, with the keys that are used. */
function secretVolumes(archive: ArtifactLocation | undefined, artifacts: readonly Artifact[]): Volume[] {
  const keys = new Map<string, Set<string>>()
  for (const location of archive === undefined ? artifacts : [archive, ...artifacts]) {
    for (const secret of secretsOf(location)) {
      if (!secret?.name || !secret.key) continue
      const known = keys.get(secret.name)
      if (known === undefined) keys.set(secret.name, new Set([secret.key]))
      else known.add(secret.key)
    }
  }
  return [...keys].map(([name, used]) => ({ name, secret: { secretName: name, items: [...used].map((key) => ({ key, path: key })) } }))
}

function secretsOf(location: ArtifactLocation): readonly (SecretKeySelector | undefined)[] {
  const { artifactory, azure, gcs, git, hdfs, http, oss, s3 } = location
  if (s3 !== undefined) {
    const encryption = s3.encryptionOptions?.enableEncryption === true ? s3.encryptionOptions.serverSideCustomerKeySecret : undefined
    return [s3.accessKeySecret, s3.secretKeySecret, s3.sessionTokenSecret, encryption, s3.caSecret]
  }
  if (git !== undefined) return [git.usernameSecret, git.passwordSecret, git.sshPrivateKeySecret]
  if (artifactory !== undefined) return [artifactory.usernameSecret, artifactory.passwordSecret]
  if (hdfs !== undefined) return [hdfs.krbCCacheSecret, hdfs.krbKeytabSecret]
  if (oss !== undefined) return [oss.accessKeySecret, oss.secretKeySecret]
  if (gcs !== undefined) return [gcs.serviceAccountKeySecret]
  if (http !== undefined) {
    const { basicAuth, clientCert, oauth2 } = http.auth ?? {}
    return [
      basicAuth?.usernameSecret, basicAuth?.passwordSecret, clientCert?.clientCertSecret, clientCert?.clientKeySecret,
      oauth2?.clientIDSecret, oauth2?.clientSecretSecret, oauth2?.tokenURLSecret,
    ]
  }
  return [azure?.accountKeySecret]
}

/** Mounts each input artifact at its path, unless the path lies in a mount of the user's: there the executor puts it itself. */
export function addInputArtifacts(draft: PodDraft): void {
  const artifacts = draft.template.inputs?.artifacts ?? []
  if (artifacts.length === 0) return
  draft.spec.volumes.push(inputArtifactsVolume)
  const main = draft.spec.containers.findIndex((container) => container.name === mainContainerName)
  if (main < 0) return
  const userMounts = mountsOf(draft.template)
  const mounts: VolumeMount[] = []
  for (const artifact of artifacts) {
    const path = artifact.path ? safeArtifactPath(artifact.path) : undefined
    if (path === undefined) {
      const reason = artifact.path ? "attempted to use a path containing '..'. Directory traversal is not permitted" : 'did not specify a path'
      draft.problem ??= `error in inputs.artifacts.${artifact.name}: Artifact '${artifact.name}' ${reason}`
      return
    }
    const absent = artifact.optional === true && !hasLocationOrKey(artifact)
    if (absent || overlappingMount(userMounts, path) !== undefined) continue
    mounts.push({ name: inputArtifactsVolume.name, mountPath: path, subPath: artifact.name })
  }
  addMounts(draft, main, mounts)
}

/** Gives a script's container the folder in which its source lies. */
export function addScriptStaging(draft: PodDraft): void {
  if (draft.template.script === undefined) return
  draft.spec.volumes.push(stagingVolume)
  addMounts(draft, draft.spec.containers.findIndex((container) => container.name === mainContainerName), [stagingMount])
}

function addMounts(draft: PodDraft, index: number, mounts: readonly VolumeMount[]): void {
  const container = draft.spec.containers[index]
  if (container === undefined || mounts.length === 0) return
  draft.spec.containers[index] = { ...container, volumeMounts: [...(container.volumeMounts ?? []), ...mounts] }
}
