// Owns uploads by the Argo REST API: files that people give to a template's artifacts before they submit it.
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { resourceOfKind, valueAt } from '@tiphys/core/api'
import { isJsonArray, isJsonObject } from '@tiphys/core/kube'
import { type Artifact, hasLocation } from '@tiphys/core/spec'
import { type RawAnswer, plainError } from './answer.ts'
import { artifactContext, withKey } from './artifact-place.ts'
import { type FormFile, readForm } from './multipart.ts'
import { getObject, plain } from './objects.ts'
import type { ArgoFileHandler, ArgoServices, FileCall } from './services.ts'

const TEMPLATES = resourceOfKind('WorkflowTemplate')
const BYTES_MAX = 1024 ** 3

interface Target {
  readonly namespace: string
  readonly template: string
  readonly name: string
}

export const uploadArtifact: ArgoFileHandler = async (call, services) => {
  if (call.request.method !== 'POST') return plainError(405, 'Method not allowed')
  const target = targetOf(call)
  if (target === undefined) return plainError(400, 'Invalid path. Expected: /upload-artifacts/{namespace}/{workflowTemplateName}/{artifactName}')
  const template = await getObject(services, { resource: TEMPLATES, namespace: target.namespace }, target.template)
  if (!template.ok) return plainError(404, `Failed to get WorkflowTemplate ${target.namespace}/${target.template}: ${template.failure.message}`)
  const folder = await mkdtemp(join(tmpdir(), 'tiphys-upload-'))
  try {
    const content = join(folder, 'file')
    const read = await readForm({
      contentType: call.request.headers['content-type'] ?? '', body: call.request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>, field: 'file', to: content, bytesMax: BYTES_MAX,
    })
    if (!read.ok) return read.code === 'too_large' ? plainError(413, 'Request Entity Too Large') : plainError(400, `Failed to parse multipart form: ${read.message}`)
    if (read.file === undefined) return plainError(400, 'Failed to get file from form: http: no such file')
    const declared = declaredIn(plain(template.value), target.name)
    if (declared === undefined) return plainError(404, `Artifact '${target.name}' not found in WorkflowTemplate ${target.namespace}/${target.template} arguments.artifacts`)
    return await keep(services, { call, target, declared, file: read.file, content })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function targetOf({ segments }: FileCall): Target | undefined {
  try {
    const [namespace = '', template = '', ...rest] = decodeURIComponent(segments.join('/')).split('/')
    return rest.length === 0 ? undefined : { namespace, template, name: rest.join('/') }
  } catch {
    return undefined
  }
}

function declaredIn(template: Parameters<typeof valueAt>[0], name: string): Artifact | undefined {
  const artifacts = valueAt(template, ['spec', 'arguments', 'artifacts'])
  const found = isJsonArray(artifacts) ? artifacts.find((artifact) => isJsonObject(artifact) && artifact['name'] === name) : undefined
  return found as unknown as Artifact | undefined
}

interface Kept {
  readonly call: FileCall
  readonly target: Target
  readonly declared: Artifact
  readonly file: FormFile
  /** Path of what was sent. */
  readonly content: string
}

/** Under a key that nobody can guess and that says where it came from; the name is that of the file alone. */
async function keep(services: ArgoServices, { call, target, declared, file, content }: Kept): Promise<RawAnswer> {
  const fileName = file.fileName.replaceAll('\\', '/').split('/').findLast((part) => part !== '') ?? ''
  if (fileName === '' || fileName === '.' || fileName.includes('..') || fileName.includes('\0')) return plainError(400, 'Invalid filename')
  const key = `uploads/${target.namespace}/${randomUUID()}/${fileName}`
  const located = hasLocation(declared) ? withKey(declared, key) : { name: declared.name, s3: { key } }
  if (located === undefined) return plainError(400, `Failed to set artifact key: the artifact '${target.name}' lies where there are no keys`)
  const saved = await services.artifacts.save({ artifact: { ...located, archive: { none: {} } }, from: content, mayLink: true }, artifactContext(services, target.namespace, call.signal))
  if (!saved.ok) return plainError(500, `Failed to save artifact: ${saved.problem.message}`)
  return { type: 'raw', status: 200, headers: { 'Content-Type': 'application/json' }, body: `${JSON.stringify({ key, name: target.name })}\n` }
}
