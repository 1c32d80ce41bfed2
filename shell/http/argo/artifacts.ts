// Owns files of the Argo REST API: artifacts that nodes of live and archived workflows took in or left behind.
import { needsOf, valueAt } from '@tiphys/core/api'
import { type JsonObject, isJsonArray, isJsonObject } from '@tiphys/core/kube'
import { type Artifact, locationKey } from '@tiphys/core/spec'
import { BAD_REQUEST, NOT_FOUND, type Place, fileAnswer, folderAnswer, slashRedirect } from './artifact-answers.ts'
import { artifactContext, withKey } from './artifact-place.ts'
import { type RawAnswer, plainError } from './answer.ts'
import { forbidden } from './access.ts'
import { plain } from './objects.ts'
import type { ArgoFileHandler, ArgoFiles, ArgoServices, FileCall } from './services.ts'
import { uploadArtifact } from './uploads.ts'

/** The path as it was meant: an escaped slash is a slash. */
function decoded({ segments }: FileCall): readonly string[] | undefined {
  try {
    return decodeURIComponent(segments.join('/')).split('/')
  } catch {
    return undefined
  }
}

type Direction = 'inputs' | 'outputs'

/** An artifact of a node, by the place that the workflow recorded. */
function artifactOf(workflow: JsonObject, nodeId: string, { direction, name }: { readonly direction: Direction; readonly name: string }): Artifact | undefined {
  const nodes = valueAt(workflow, ['status', 'nodes'])
  const node = isJsonObject(nodes) && Object.hasOwn(nodes, nodeId) ? nodes[nodeId] : undefined
  const artifacts = valueAt(node, [direction, 'artifacts'])
  const found = isJsonArray(artifacts) ? artifacts.find((artifact) => isJsonObject(artifact) && artifact['name'] === name) : undefined
  return found as unknown as Artifact | undefined
}

/** The latest moment at which whoever asks can be refused: only now it is known whose workflow it is. */
async function isForeign({ caller, operation }: FileCall, workflow: JsonObject): Promise<boolean> {
  const needs = needsOf({ service: 'ArtifactService', operation })
  return (await forbidden(caller, { access: 'read', needs, namespace: namespaceOf(workflow), name: '' })) !== undefined
}

const namespaceOf = (workflow: JsonObject): string => {
  const namespace = valueAt(workflow, ['metadata', 'namespace'])
  return typeof namespace === 'string' ? namespace : ''
}

async function live({ workflows }: ArgoServices, namespace: string, name: string): Promise<JsonObject | undefined> {
  const summary = await workflows.summary(namespace, name)
  const whole = summary.ok ? await workflows.whole(summary.value) : summary
  return whole.ok ? plain(whole.value) : undefined
}

async function archived({ archive }: ArgoServices, uid: string): Promise<JsonObject | undefined> {
  const text = await archive.get(uid)
  return text === undefined ? undefined : (JSON.parse(text) as JsonObject)
}

function placeOf(call: FileCall, services: ArgoServices, found: { readonly workflow: JsonObject; readonly artifact: Artifact }): Place {
  return { store: services.artifacts, artifact: found.artifact, context: artifactContext(services, namespaceOf(found.workflow), call.signal), mayPack: call.query.get('folder') === 'tgz' }
}

function byName(direction: Direction): ArgoFileHandler {
  return async (call, services) => {
    const [namespace = '', name = '', nodeId = '', ...rest] = decoded(call) ?? []
    if (rest.length === 0) return BAD_REQUEST
    const workflow = await live(services, namespace, name)
    const artifact = workflow === undefined ? undefined : artifactOf(workflow, nodeId, { direction, name: rest.join('/') })
    return workflow === undefined || artifact === undefined ? NOT_FOUND : fileAnswer(placeOf(call, services, { workflow, artifact }))
  }
}

function byUid(direction: Direction): ArgoFileHandler {
  return async (call, services) => {
    const [uid = '', nodeId = '', ...rest] = decoded(call) ?? []
    if (rest.length === 0) return BAD_REQUEST
    const workflow = await archived(services, uid)
    if (workflow === undefined) return NOT_FOUND
    if (await isForeign(call, workflow)) return plainError(401, 'Unauthorized')
    const artifact = artifactOf(workflow, nodeId, { direction, name: rest.join('/') })
    return artifact === undefined ? NOT_FOUND : fileAnswer(placeOf(call, services, { workflow, artifact }))
  }
}

/** Files and folders, also those inside an artifact that is a folder. */
const anyFile: ArgoFileHandler = async (call, services) => {
  const [namespace = '', kind = '', id = '', nodeId = '', direction = '', name, ...inside] = decoded(call) ?? []
  if (name === undefined || (direction !== 'inputs' && direction !== 'outputs') || (kind !== 'workflows' && kind !== 'archived-workflows')) return BAD_REQUEST
  const below = innerPath(inside)
  if (below === undefined) return BAD_REQUEST
  const workflow = await (kind === 'workflows' ? live(services, namespace, id) : archived(services, id))
  if (workflow === undefined) return NOT_FOUND
  if (namespaceOf(workflow) !== namespace) return BAD_REQUEST
  const artifact = artifactOf(workflow, nodeId, { direction, name })
  const located = artifact === undefined ? undefined : below === '' ? artifact : within(artifact, below)
  return located === undefined ? NOT_FOUND : shown(call, placeOf(call, services, { workflow, artifact: located }))
}

/** Undefined for a path that leads out of the artifact. */
function innerPath(parts: readonly string[]): string | undefined {
  const kept = parts.filter((part) => part !== '' && part !== '.')
  return kept.includes('..') || kept.some((part) => part.includes('\0')) ? undefined : kept.join('/')
}

/** Undefined for storages without keys: what they have is one file. */
function within(artifact: Artifact, path: string): Artifact | undefined {
  const key = locationKey(artifact)
  return key === '' ? undefined : withKey(artifact, `${key.replace(/\/+$/, '')}/${path}`)
}

async function shown({ request, query }: FileCall, place: Place): Promise<RawAnswer> {
  const [path = ''] = (request.url ?? '').split('?')
  if (path.endsWith('/')) return folderAnswer(place, path)
  const isFolder = await place.store.isDirectory(place.artifact, place.context)
  if (isFolder.ok && isFolder.value) return slashRedirect(path, query.size === 0 ? '' : `?${query.toString()}`)
  return fileAnswer(place)
}

export const artifactFiles: ArgoFiles = {
  GetOutputArtifact: byName('outputs'), GetInputArtifact: byName('inputs'), GetOutputArtifactByUID: byUid('outputs'), GetInputArtifactByUID: byUid('inputs'),
  GetArtifactFile: anyFile, UploadInputArtifact: uploadArtifact,
}
