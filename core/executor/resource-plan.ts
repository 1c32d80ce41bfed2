// Owns what a resource template asks for: one action on one object, read from its manifest and its flags.
import { type Json, type JsonObject, type Result, bad, isJsonObject, ok } from '@tiphys/core/kube'
import { type ResourceTemplate, composeYaml } from '@tiphys/core/spec'
import { type ResourceFlags, readFlags } from './resource-flags.ts'

/** Which object is meant. The kind may be any name that kubectl understands where no manifest tells more. */
export interface ResourceTarget {
  /** Such as `batch/v1`; undefined where only flags name the kind. */
  readonly apiVersion: string | undefined
  readonly kind: string
  /** Undefined for an object that gets its name when it is made. */
  readonly name: string | undefined
  /** Of the manifest or the flags; undefined: that of the pod. */
  readonly namespace: string | undefined
}

type Common = { readonly target: ResourceTarget; readonly flags: ResourceFlags }

export type ResourcePlan =
  | ({ readonly action: 'get' | 'delete' } & Common)
  | ({ readonly action: 'create' | 'apply' | 'replace'; readonly object: JsonObject } & Common)
  | ({ readonly action: 'patch'; readonly strategy: 'strategic' | 'merge' | 'json'; readonly patch: Json } & Common)

/** Reads what a template wants done, with every tag in it resolved. `manifest` is the text that it names, its own or an artifact's. */
export function planResource(template: ResourceTemplate, manifest: string): Result<ResourcePlan> {
  const flags = readFlags(template.flags ?? [])
  if (!flags.ok) return flags
  const read = readObject(manifest)
  if (!read.ok) return read
  if (read.value === undefined && (template.flags ?? []).length === 0) return bad('resource_manifest', 'Must provide at least one of flags or manifest.')
  return template.action === 'patch' ? planPatch(template, flags.value, read.value) : planWhole(template, flags.value, read.value)
}

function planWhole({ action }: ResourceTemplate, flags: ResourceFlags, document: Json | undefined): Result<ResourcePlan> {
  if (document !== undefined && !isJsonObject(document)) return bad('resource_manifest', 'the manifest is no object')
  const target = targetOf(flags, document)
  if (!target.ok) return target
  if (action === 'get' || action === 'delete') {
    if (target.value.name === undefined) return bad('resource_name', `to ${action} an object, say its name`, 'set metadata.name in the manifest, or KIND NAME in flags')
    return ok({ action: action as 'get' | 'delete', target: target.value, flags })
  }
  if (action !== 'create' && action !== 'apply' && action !== 'replace') return bad('resource_action', `the action ${JSON.stringify(action)} is not known`, 'one of get, create, apply, delete, replace, patch')
  if (document === undefined) return bad('resource_manifest', `to ${action} an object, give its manifest`)
  return ok({ action: action as 'create' | 'apply' | 'replace', target: target.value, flags, object: document })
}

/** A patch names its object itself, unless flags do or it is a list of operations. */
function planPatch({ mergeStrategy }: ResourceTemplate, flags: ResourceFlags, document: Json | undefined): Result<ResourcePlan> {
  const strategy = mergeStrategy === undefined || mergeStrategy === '' ? 'strategic' : mergeStrategy
  if (strategy !== 'strategic' && strategy !== 'merge' && strategy !== 'json') return bad('resource_strategy', `the merge strategy ${JSON.stringify(strategy)} is not known`, 'one of strategic, merge, json')
  if (document === undefined) return bad('resource_manifest', 'a patch needs a manifest')
  const speaks = strategy !== 'json' && isJsonObject(document) && (flags.kind === undefined || document['kind'] !== undefined)
  const target = targetOf(flags, speaks ? document : undefined)
  if (!target.ok) return target
  if (target.value.name === undefined) return bad('resource_name', 'to patch an object, say its name', 'set metadata.name in the manifest, or KIND NAME in flags')
  return ok({ action: 'patch', strategy: strategy as 'strategic' | 'merge' | 'json', patch: document, target: target.value, flags })
}

function targetOf(flags: ResourceFlags, document: JsonObject | undefined): Result<ResourceTarget> {
  const metadata = isJsonObject(document?.['metadata']) ? document['metadata'] : {}
  const kind = textOf(document?.['kind']) ?? flags.kind
  if (kind === undefined) return bad('resource_kind', 'Kind and name are both required but at least one of them is missing from the manifest')
  return ok({
    apiVersion: document === undefined ? undefined : textOf(document['apiVersion']), kind, name: textOf(metadata['name']) ?? flags.name,
    namespace: flags.namespace ?? textOf(metadata['namespace']),
  })
}

const textOf = (value: Json | undefined): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

/** The one document of a manifest; undefined when it is empty. */
function readObject(manifest: string): Result<Json | undefined> {
  const documents = manifest.split(/^---(?:\s.*)?$/m).filter((text) => text.trim() !== '')
  if (documents.length > 1) return bad('resource_manifest', `the manifest holds ${documents.length} documents, and a resource template is for one object`, 'use a template for each of them')
  const [text] = documents
  if (text === undefined) return ok(undefined)
  const composed = composeYaml(text)
  return composed.failure === undefined ? ok(composed.value) : bad('resource_manifest', `the manifest is no YAML: ${composed.failure.message}`)
}
