// Owns the manifest of a resource template that is to be deleted with its workflow.
import { type Json, type JsonObject, type OwnerReference, type ResourceTemplate, composeYaml, emitYaml, isObject } from '@tiphys/core/spec'
import type { PodDraft } from './draft.ts'

/** Adds the workflow to the owners of the manifest's object, where the template asks for it. */
export function addOwner(draft: PodDraft, owner: OwnerReference): void {
  const resource = draft.template.resource
  if (resource?.setOwnerReference !== true) return
  const composed = composeYaml(resource.manifest ?? '')
  const object = composed.value
  if (object === undefined || !isObject(object)) {
    draft.problem ??= composed.failure?.message ?? 'the manifest of the resource is no object'
    return
  }
  const owned: ResourceTemplate = { ...resource, manifest: emitYaml(withOwner(object, owner)) }
  draft.template = { ...draft.template, resource: owned }
}

function withOwner(object: JsonObject, owner: OwnerReference): Json {
  const metadata = isObject(object['metadata'] ?? null) ? (object['metadata'] as JsonObject) : {}
  const owners = Array.isArray(metadata['ownerReferences']) ? (metadata['ownerReferences'] as readonly Json[]) : []
  return { ...object, metadata: { ...metadata, ownerReferences: [...owners, owner as unknown as Json] } }
}
