// Owns collecting what a step leaves behind: its result, output parameters and output artifacts.
import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from 'node:fs'
import { basename, posix } from 'node:path'
import type { Artifact, Template } from '@tiphys/core/spec'
import type { ArtifactContext, ArtifactStore } from '@tiphys/shell/ports'
import { placeOf, type ViewLayout } from './view-layout.ts'

/** The last so many bytes of standard output become the result. */
export const resultBytesMax = 256 * 1024
/** A parameter travels in objects and command lines: beyond this it must be an artifact. */
export const parameterBytesMax = 1024 * 1024

export interface OutputPlan {
  readonly template: Template
  readonly podName: string
  readonly workflowName: string
  readonly store: ArtifactStore | undefined
  readonly context: ArtifactContext
  /** View of the main container; absent when nothing was declared. */
  readonly layout: ViewLayout | undefined
  /** Host folders that others may still use: what lies there is copied, not linked. */
  readonly shared: readonly string[]
}

export interface Collected {
  readonly parameters: readonly { readonly name: string; readonly value: string }[]
  readonly artifacts: readonly Artifact[]
  /** Errors as the reference words them, in order. */
  readonly errors: readonly string[]
}

export async function collectOutputs(plan: OutputPlan): Promise<Collected> {
  const parameters: { name: string; value: string }[] = []
  const artifacts: Artifact[] = []
  const errors: string[] = []
  for (const parameter of plan.template.outputs?.parameters ?? []) {
    const path = parameter.valueFrom?.path
    if (path === undefined || path === '') continue
    const read = readParameter(plan.layout, path)
    const value = 'value' in read ? read.value : parameter.valueFrom?.default
    if (value !== undefined) parameters.push({ name: parameter.name, value })
    else if ('error' in read) return { parameters, artifacts, errors: [read.error] }
  }
  for (const artifact of plan.template.outputs?.artifacts ?? []) {
    if (artifact.path === undefined || artifact.path === '') continue
    const saved = await saveArtifact(artifact, artifact.path, plan)
    if ('error' in saved) errors.push(saved.error)
    else if (saved.artifact !== undefined) artifacts.push(saved.artifact)
  }
  return { parameters, artifacts, errors: errors.length === 0 ? [] : [errors.map((text) => `${text}; `).join('')] }
}

/** The text of a file without the newline at its end. */
function readParameter(layout: ViewLayout | undefined, path: string): { value: string } | { error: string } {
  const host = layout === undefined ? undefined : placeOf(layout, path).host
  if (host === undefined) return { error: `open /var/run/argo/outputs/parameters${posix.normalize(`/${path}`)}: no such file or directory` }
  try {
    // Without O_NONBLOCK a named pipe with this name would hold us for ever.
    const fd = openSync(host, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    try {
      const { size } = fstatSync(fd)
      if (!fstatSync(fd).isFile()) return { error: `read ${path}: is a directory` }
      if (size > parameterBytesMax) return { error: `output parameter file ${path} has ${size} bytes, the limit is ${parameterBytesMax}: use an output artifact` }
      return { value: trimNewline(readBytes(fd, 0, size).toString('utf8')) }
    } finally {
      closeSync(fd)
    }
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) }
  }
}

async function saveArtifact(artifact: Artifact, path: string, plan: OutputPlan): Promise<{ artifact: Artifact | undefined } | { error: string }> {
  const host = plan.layout === undefined ? undefined : placeOf(plan.layout, path).host
  if (host === undefined) {
    if (artifact.optional === true) return { artifact: undefined }
    return { error: `open /var/run/argo/outputs/artifacts${posix.normalize(`/${path}`).replace(/\/$/, '')}.tgz: no such file or directory` }
  }
  if (plan.store === undefined) return { error: `artifact ${artifact.name} cannot be saved: no artifact store is configured` }
  const kind = lstatSync(host)
  if (!kind.isFile() && !kind.isDirectory()) return { error: `artifact ${artifact.name} at ${path} is neither a file nor a folder` }
  const located = withLocation(artifact, fileNameOf(artifact, path), plan)
  const mayLink = !plan.shared.some((folder) => host === folder || host.startsWith(`${folder}/`))
  const saved = await plan.store.save({ artifact: located, from: host, mayLink }, plan.context)
  return saved.ok ? { artifact: saved.value } : { error: saved.problem.message }
}

function fileNameOf(artifact: Artifact, path: string): string {
  if (artifact.archive?.none !== undefined) return basename(path)
  return `${artifact.name}.${artifact.archive?.zip !== undefined ? 'zip' : 'tgz'}`
}

/** An artifact that names its own key keeps it; others go where the template's archive location says, or to the default repository. */
export function withLocation(artifact: Artifact, fileName: string, plan: Pick<OutputPlan, 'template' | 'workflowName' | 'podName'>): Artifact {
  const { s3, gcs, oss, azure, hdfs, artifactory, http, plugin } = artifact
  const hasKey = [s3?.key, gcs?.key, oss?.key, azure?.blob, hdfs?.path, artifactory?.url, http?.url, plugin?.key].some((key) => key !== undefined && key !== '')
  if (hasKey) return artifact
  const archive = plan.template.archiveLocation
  const rest = withoutLocation(artifact)
  const under = (key: string | undefined): string => posix.join(key ?? '', fileName)
  // Only the key is recorded: whose it is, the template or the repository of the run says.
  if (archive?.artifactory !== undefined) return { ...rest, artifactory: { ...archive.artifactory, url: `${archive.artifactory.url.replace(/\/$/, '')}/${fileName}` } }
  if (archive?.azure !== undefined) return { ...rest, azure: { blob: under(archive.azure.blob) } as NonNullable<Artifact['azure']> }
  if (archive?.gcs !== undefined) return { ...rest, gcs: { key: under(archive.gcs.key) } }
  if (archive?.hdfs !== undefined) return { ...rest, hdfs: { path: under(archive.hdfs.path) } }
  if (archive?.oss !== undefined) return { ...rest, oss: { key: under(archive.oss.key) } }
  if (archive?.plugin !== undefined) return { ...rest, plugin: { ...archive.plugin, key: under(archive.plugin.key) } }
  return { ...rest, s3: { key: archive?.s3 === undefined ? posix.join(plan.workflowName, plan.podName, fileName) : under(archive.s3.key) } }
}

function withoutLocation(artifact: Artifact): Artifact {
  const { s3: _s3, gcs: _gcs, oss: _oss, azure: _azure, hdfs: _hdfs, artifactory: _artifactory, plugin: _plugin, ...rest } = artifact
  return rest
}

/** Standard output as a result: without one newline at the end, then its last part. `undefined` when there is no such file. */
export function readResult(path: string): string | undefined {
  let fd: number
  try {
    fd = openSync(path, constants.O_RDONLY)
  } catch {
    return undefined
  }
  try {
    const { size } = fstatSync(fd)
    const from = Math.max(0, size - resultBytesMax - 1)
    const text = readBytes(fd, from, size - from)
    const trimmed = text.at(-1) === 10 ? text.subarray(0, -1) : text
    return trimmed.subarray(Math.max(0, trimmed.length - resultBytesMax)).toString('utf8')
  } finally {
    closeSync(fd)
  }
}


function readBytes(fd: number, from: number, count: number): Buffer {
  const buffer = Buffer.alloc(count)
  let done = 0
  while (done < count) {
    const read = readSync(fd, buffer, done, count - done, from + done)
    if (read === 0) break
    done += read
  }
  return buffer.subarray(0, done)
}

function trimNewline(text: string): string {
  return text.endsWith('\n') ? text.slice(0, -1) : text
}
