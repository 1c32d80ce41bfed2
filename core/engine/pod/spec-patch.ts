// Owns podSpecPatch: the workflow's and then the template's patch, in JSON or YAML, laid over the finished pod spec.
import { type JsonObject, POD_SPEC_MERGE, type Result, bad, jsonProblem, ok, strategicMerge } from '@tiphys/core/kube'
import { type Json, type PodSpec, composeYaml, decode, formatPath, isObject, podSpecSchema } from '@tiphys/core/spec'
import type { OpenPodSpec, PodDraft } from './draft.ts'
import { lateText } from './late-text.ts'
import { withCanonicalPodQuantities } from './quantities.ts'

const patchesMax = 256
// A patch without variables is the same for every pod of its template.
const patches = new Map<string, Result<JsonObject>>()

/** What a node says; clients compare it with the reference's words. Lint tells what is wrong with a patch that has no variables. */
const REFUSED = 'Error applying PodSpecPatch'

/** Applies both patches to the draft's spec. A failure is the message of the node. */
export function patchPodSpec(draft: PodDraft): string | undefined {
  const own = draft.template.podSpecPatch ?? ''
  const common = draft.input.spec.podSpecPatch ?? ''
  if (own === '' && common === '') return undefined
  const texts = [common.includes('{{') ? lateText(draft, common) : common, own].filter((text) => text !== '')
  if (draft.problem !== undefined) return 'Failed to substitute the PodSpecPatch variables'
  let patched: JsonObject = draft.spec as unknown as JsonObject
  for (const text of texts) {
    const patch = readPatch(text)
    if (!patch.ok) return REFUSED
    const merged = strategicMerge(patched, patch.value, POD_SPEC_MERGE)
    if (!merged.ok) return REFUSED
    patched = merged.value
  }
  draft.spec = opened(decode(podSpecSchema, withoutUndefined(patched), { dropUnknown: true }).value as PodSpec)
  return undefined
}

function opened(spec: PodSpec): OpenPodSpec {
  const { volumes, containers, initContainers, ...rest } = withCanonicalPodQuantities(spec)
  return { ...rest, volumes: [...(volumes ?? [])], containers: [...containers], initContainers: [...(initContainers ?? [])] }
}

function readPatch(text: string): Result<JsonObject> {
  const known = patches.get(text)
  if (known !== undefined) return known
  const read = checkedPatch(text)
  if (patches.size >= patchesMax) patches.clear()
  patches.set(text, read)
  return read
}

function checkedPatch(text: string): Result<JsonObject> {
  const json = text.trimStart().startsWith('{') ? readJson(text) : readYaml(text)
  if (!json.ok) return json
  if (json.value === null) return ok({})
  const refused = decode(podSpecSchema, json.value, { foldCase: true }).problems.find((problem) => problem.severity === 'refused')
  if (refused !== undefined) return bad('patch_invalid', `invalid podSpecPatch ${JSON.stringify(text)}: ${formatPath(refused.path)}: ${refused.message}`)
  if (!isObject(json.value)) return bad('patch_invalid', `invalid podSpecPatch ${JSON.stringify(text)}: it is no mapping`)
  return ok(json.value)
}

function readJson(text: string): Result<Json> {
  const problem = jsonProblem(text)
  if (problem !== undefined) return bad('patch_invalid', `invalid podSpecPatch ${JSON.stringify(text)}: ${problem}`)
  return ok(JSON.parse(text) as Json)
}

function readYaml(text: string): Result<Json> {
  const composed = composeYaml(text)
  if (composed.failure === undefined) return ok(composed.value ?? null)
  return bad('patch_invalid', `Failed to convert the PodSpecPatch yaml to json: ${composed.failure.message}`)
}

/** Optional fields of an object under construction may be there as undefined; JSON knows no such thing. */
function withoutUndefined(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(withoutUndefined)
  if (!isObject(value)) return value
  const entries = Object.entries(value).filter(([, inner]) => (inner as Json | undefined) !== undefined)
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutUndefined(inner)]))
}
