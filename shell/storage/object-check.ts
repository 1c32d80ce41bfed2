// Owns what the object store accepts, and the problems it answers with.
import { type KubeObject, type ObjectKey, objectLimits, type ObjectProblem, type ObjectResult, type ResourceType } from '@tiphys/shell/ports'

type Refusal = { readonly ok: false; readonly problem: ObjectProblem }

export function refusedObject(code: ObjectProblem['code'], message: string, more: { readonly path?: string; readonly hint?: string } = {}): Refusal {
  return { ok: false, problem: { code, message, ...more } }
}

export function doneObject<T>(value: T): ObjectResult<T> {
  return { ok: true, value }
}

/** `workflowtemplates.argoproj.io "build"`, as Kubernetes writes it. */
export function titleOf({ type, name }: ObjectKey): string {
  return `${type.plural}${type.group === '' ? '' : `.${type.group}`} ${JSON.stringify(name)}`
}

export function noSuchObject(key: ObjectKey): Refusal {
  return refusedObject('not_found', `${titleOf(key)} not found`)
}

export function modified(key: ObjectKey): Refusal {
  return refusedObject('conflict', `${titleOf(key)} has been modified`, { path: 'metadata.resourceVersion', hint: 'apply the change to the latest version and try again' })
}

/** Where an object belongs, or what is wrong with its place. */
export function placeOf(type: ResourceType, { metadata }: KubeObject, name: string): ObjectResult<ObjectKey> {
  const namespace = metadata.namespace ?? ''
  if (type.namespaced && namespace === '') return refusedObject('invalid', `${type.kind} objects belong to a namespace`, { path: 'metadata.namespace' })
  if (!type.namespaced && namespace !== '') return refusedObject('invalid', `${type.kind} objects belong to no namespace`, { path: 'metadata.namespace' })
  if (name === '' || name.length > objectLimits.nameCharsMax || /[\0/]/.test(name)) {
    return refusedObject('invalid', `${JSON.stringify(name.slice(0, 300))} is not a name`, { path: 'metadata.name', hint: `1 to ${objectLimits.nameCharsMax} characters` })
  }
  return doneObject({ type, namespace, name })
}

/** The first limit that the object breaks. */
export function refusalOfMeta({ metadata }: KubeObject): Refusal | undefined {
  const { labelsMax, ownersMax, finalizersMax } = objectLimits
  const lists = [
    ['labels', Object.keys(metadata.labels ?? {}), labelsMax],
    ['ownerReferences', metadata.ownerReferences ?? [], ownersMax],
    ['finalizers', metadata.finalizers ?? [], finalizersMax],
  ] as const
  for (const [field, entries, max] of lists) {
    if (entries.length > max) return refusedObject('too_large', `${entries.length} ${field}, at most ${max} are accepted`, { path: `metadata.${field}` })
  }
  const texts = [metadata.namespace, ...Object.entries(metadata.labels ?? {}).flat(), ...(metadata.ownerReferences ?? []).map(({ uid }) => uid)]
  const broken = texts.find((text) => typeof text !== 'string' ? text !== undefined : text.includes('\0'))
  return broken === undefined ? undefined : refusedObject('invalid', `metadata holds ${JSON.stringify(broken)}`, { path: 'metadata' })
}

export function refusalOfSize(body: string): Refusal | undefined {
  if (body.length <= objectLimits.objectCharsMax) return undefined
  return refusedObject('too_large', `the object has ${body.length} characters, at most ${objectLimits.objectCharsMax} are accepted`)
}
