// Owns the subresource `scale`: reading it, and writing it through the object that it belongs to.
import { type ScalePaths, applyPatch, failure, patchKindOf, patchTypes, scaleOf, textAt, withScale } from '@tiphys/core/api'
import { type JsonObject, isJsonObject } from '@tiphys/core/kube'
import { type Answer, failed, invalid, json, problemAnswer } from './answer.ts'
import { type ObjectCall, OBJECT_TYPES, readBody, readObject } from './call.ts'
import { asJson } from './kube-read.ts'
import { type Writing, replaceObject } from './kube-write.ts'

const NONE = failed(failure('NotFound', 'the server could not find the requested resource'))

export async function getScale({ resource, store, namespace, name }: ObjectCall): Promise<Answer> {
  if (resource.scale === undefined) return NONE
  const found = await store.get({ type: resource, namespace, name })
  return found.ok ? json(200, scaleOf(asJson(found.value), resource.scale)) : problemAnswer(found.problem, resource, name)
}

export async function updateScale(call: ObjectCall, writing: Writing): Promise<Answer> {
  const read = await readObject(call.request, OBJECT_TYPES)
  return read.ok ? written(call, writing, () => ({ ok: true, scale: read.value })) : read.answer
}

export async function patchScale(call: ObjectCall, writing: Writing): Promise<Answer> {
  const kind = patchKindOf(call.request.headers['content-type'] ?? '')
  if (kind === undefined || kind === 'apply') return failed(failure('UnsupportedMediaType', 'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json'))
  const read = await readBody(call.request, patchTypes)
  if (!read.ok) return read.answer
  return written(call, writing, (scale) => {
    // The scale of every kind has one shape: merging it needs no more knowledge.
    const patched = applyPatch({ kind: kind === 'json' ? 'json' : 'merge', object: scale, patch: read.value, objectKind: 'Scale' })
    return patched.ok ? { ok: true, scale: withoutVersion(patched.value, scale) } : { ok: false, message: patched.problem.message }
  })
}

/** A version that the client did not name is no condition. */
function withoutVersion(after: JsonObject, before: JsonObject): JsonObject {
  if (textAt(after, ['metadata', 'resourceVersion']) !== textAt(before, ['metadata', 'resourceVersion'])) return after
  return { ...after, metadata: {} }
}

type Made = { readonly ok: true; readonly scale: JsonObject } | { readonly ok: false; readonly message: string }

async function written(call: ObjectCall, writing: Writing, make: (scale: JsonObject) => Made): Promise<Answer> {
  const { resource, name } = call
  const paths = resource.scale
  if (paths === undefined) return NONE
  const answer = await replaceObject(call, writing, (before) => {
    const made = make(scaleOf(before, paths))
    if (!made.ok) return { ok: false, answer: failed(failure('BadRequest', `the patch cannot be applied: ${made.message}`)) }
    const scaled = withScale(before, paths, made.scale)
    return scaled.ok ? { ok: true, after: scaled.value } : { ok: false, answer: failed(invalid(resource, name, { field: 'spec.replicas', message: scaled.problem.message })) }
  })
  return shownScale(answer, paths)
}

/** The answer is about the scale, whatever was written. */
function shownScale(answer: Answer, paths: ScalePaths): Answer {
  if (answer.type !== 'json' || answer.code !== 200 || !isJsonObject(answer.body)) return answer
  return { ...answer, body: scaleOf(answer.body, paths) }
}
