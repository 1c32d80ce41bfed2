// Owns where a step's artifacts and logs go: when a template needs a location, and the one that a repository gives it.
import { compileDocument, tagsOfDocument } from '@tiphys/core/expr'
import { type Artifact, type ArtifactLocation, type ArtifactRepository, type Template, hasLocation } from '@tiphys/core/spec'
import type { PodDraft } from './draft.ts'
import { lateValue } from './late-text.ts'

const defaultPattern = '{{workflow.name}}/{{pod.name}}'

// One location a repository: the object is what late substitution recognises as compiled.
const locations = new WeakMap<ArtifactRepository, { readonly quiet: ArtifactLocation; readonly logging: ArtifactLocation }>()

/** The location that a repository gives to a step, with its key pattern not yet filled in. */
export function repositoryLocation(repository: ArtifactRepository | undefined, archiveLogs: boolean): ArtifactLocation {
  if (repository === undefined) return { archiveLogs }
  let known = locations.get(repository)
  if (known === undefined) {
    const location = locationIn(repository)
    known = { quiet: { archiveLogs: false, ...location }, logging: { archiveLogs: true, ...location } }
    locations.set(repository, known)
  }
  return archiveLogs ? known.logging : known.quiet
}

function locationIn(repository: ArtifactRepository): ArtifactLocation {
  const { artifactory, azure, gcs, hdfs, oss, plugin, s3 } = repository
  if (artifactory !== undefined) {
    const { repoURL = '', keyFormat, ...auth } = artifactory
    return { artifactory: { ...auth, url: (repoURL.endsWith('/') ? repoURL : `${repoURL}/`) + (keyFormat || defaultPattern) } }
  }
  if (azure !== undefined) {
    const { blobNameFormat, ...container } = azure
    return { azure: { ...container, blob: blobNameFormat || defaultPattern } }
  }
  if (gcs !== undefined) return { gcs: withKey(gcs) }
  if (hdfs !== undefined) {
    const { pathFormat, ...config } = hdfs
    return { hdfs: { ...config, path: pathFormat || defaultPattern } }
  }
  if (oss !== undefined) return { oss: withKey(oss) }
  if (plugin !== undefined) return { plugin: withKey(plugin) }
  if (s3 === undefined) return {}
  const { keyPrefix, ...bucket } = s3
  const prefix = (keyPrefix ?? '').replace(/\/+$/, '')
  return { s3: withKey({ ...bucket, keyFormat: bucket.keyFormat || (prefix === '' ? defaultPattern : `${prefix}/${defaultPattern}`) }) }
}

function withKey<T extends { readonly keyFormat?: string | undefined }>(store: T): Omit<T, 'keyFormat'> & { key: string } {
  const { keyFormat, ...rest } = store
  return { ...rest, key: keyFormat || defaultPattern }
}

/** Gives the template the repository's location if something of it needs one and it has none of its own. */
export function addArchiveLocation(draft: PodDraft): void {
  const { template } = draft
  const own = template.archiveLocation
  if (own === undefined || !hasLocation(own)) {
    const archiveLogs = archivesLogs(draft)
    if (!archiveLogs && !artifactsOf(template).some((artifact) => !hasLocation(artifact))) return
    const location = repositoryLocation(repositoryOf(draft), archiveLogs)
    draft.template = { ...template, archiveLocation: lateValue(draft, location) }
  }
  const unresolved = draft.template.archiveLocation === undefined ? undefined : tagsOfDocument(compileDocument(draft.template.archiveLocation))[0]
  if (unresolved !== undefined) draft.problem ??= `failed to resolve {{${unresolved}}}`
}

/** The controller may force archiving of logs; else the template decides, else the workflow. */
function archivesLogs(draft: PodDraft): boolean {
  if (repositoryOf(draft)?.archiveLogs === true) return true
  return draft.template.archiveLocation?.archiveLogs ?? draft.input.spec.archiveLogs ?? false
}

function repositoryOf(draft: PodDraft): ArtifactRepository | undefined {
  return draft.input.artifactRepository ?? draft.input.config.artifactRepository
}

const none: readonly Artifact[] = []

/** All artifacts that an executor of the template loads or saves. */
export function artifactsOf(template: Template): readonly Artifact[] {
  const inputs = template.inputs?.artifacts ?? none
  const outputs = template.outputs?.artifacts ?? none
  const source = template.data?.source.artifactPaths
  if (source !== undefined) return [...inputs, ...outputs, source]
  return outputs.length === 0 ? inputs : [...inputs, ...outputs]
}

/** Output artifacts can be saved only by plugins that are configured. */
export function requirePluginDrivers(draft: PodDraft): void {
  const { template } = draft
  const byDefault = template.archiveLocation?.plugin?.name || repositoryOf(draft)?.plugin?.name
  for (const artifact of template.outputs?.artifacts ?? []) {
    const name = artifact.plugin?.name || byDefault
    if (!name || draft.input.config.artifactDrivers?.some((driver) => driver.name === name) === true) continue
    draft.problem ??= `artifact driver ${name} not found`
  }
}

/** Gives plugin artifacts that name no timeout the one of their configured driver. */
export function addPluginTimeouts(draft: PodDraft): void {
  const drivers = draft.input.config.artifactDrivers
  if (drivers === undefined || drivers.length === 0) return
  const timed = <T extends ArtifactLocation>(location: T): T => {
    const plugin = location.plugin
    if (plugin === undefined || (plugin.connectionTimeoutSeconds ?? 0) !== 0) return location
    const seconds = drivers.find((driver) => driver.name === plugin.name)?.connectionTimeoutSeconds
    return seconds === undefined ? location : { ...location, plugin: { ...plugin, connectionTimeoutSeconds: seconds } }
  }
  const { template } = draft
  draft.template = {
    ...template,
    archiveLocation: template.archiveLocation === undefined ? undefined : timed(template.archiveLocation),
    inputs: template.inputs?.artifacts === undefined ? template.inputs : { ...template.inputs, artifacts: template.inputs.artifacts.map(timed) },
    outputs: template.outputs?.artifacts === undefined ? template.outputs : { ...template.outputs, artifacts: template.outputs.artifacts.map(timed) },
  }
}
