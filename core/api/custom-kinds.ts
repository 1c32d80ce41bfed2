// Owns kinds that are defined while the server runs: from a CustomResourceDefinition to rows of the API, and what its status says.
import { type Json, type JsonObject, findJsonPath, isJsonArray, isJsonObject, rfc3339 } from '@tiphys/core/kube'
import { type Column, ageColumn, ageOf, textAt, valueAt } from './columns.ts'
import { type ApiResource, customResource } from './resource.ts'
import { scalePathsOf } from './scale.ts'
import { unsupportedIn } from './unsupported.ts'
import { compareVersions } from './version-order.ts'

/** The rows that a definition brings: one for each version that is served, the best first. */
export function customKinds(definition: JsonObject): readonly ApiResource[] {
  const names = valueAt(definition, ['spec', 'names'])
  const [group, kind, plural] = [textAt(definition, ['spec', 'group']), textAt(names, ['kind']), textAt(names, ['plural'])]
  return listAt(definition, ['spec', 'versions']).filter((version) => valueAt(version, ['served']) === true).map((version) => customResource({
    group, kind, plural, version: textAt(version, ['name']), singular: textAt(names, ['singular']) || kind.toLowerCase(), shortNames: textsAt(names, ['shortNames']),
    categories: textsAt(names, ['categories']), namespaced: textAt(definition, ['spec', 'scope']) === 'Namespaced', generation: true,
    statusSubresource: isJsonObject(valueAt(version, ['subresources', 'status'])), columns: columnsOf(version), jsonSchema: schemaOf(version),
    scale: scalePathsOf(isJsonObject(version) ? version : undefined), deprecation: deprecationOf(version, { group, kind }),
    selectable: listAt(version, ['selectableFields']).map((field) => textAt(field, ['jsonPath']).replace(/^\./, '')),
  })).toSorted((a, b) => compareVersions(a.version, b.version))
}

function listAt(object: Json | undefined, path: readonly string[]): readonly Json[] {
  const list = valueAt(object, path)
  return isJsonArray(list) ? list : []
}

function textsAt(object: Json | undefined, path: readonly string[]): readonly string[] {
  return listAt(object, path).map(String)
}

function deprecationOf(version: Json, { group, kind }: { readonly group: string; readonly kind: string }): string | undefined {
  if (valueAt(version, ['deprecated']) !== true) return undefined
  return textAt(version, ['deprecationWarning']) || `${group}/${textAt(version, ['name'])} ${kind} is deprecated`
}

function schemaOf(version: Json): JsonObject {
  const schema = valueAt(version, ['schema', 'openAPIV3Schema'])
  return isJsonObject(schema) ? schema : {}
}

function columnsOf(version: Json): readonly Column[] {
  const given = listAt(version, ['additionalPrinterColumns'])
  return given.length === 0 ? [ageColumn] : given.map(columnOf)
}

function columnOf(given: Json): Column {
  const [type, path] = [textAt(given, ['type']), textAt(given, ['jsonPath'])]
  const priority = Number(textAt(given, ['priority']) || 0)
  return {
    name: textAt(given, ['name']), type: type === 'integer' || type === 'date' ? type : 'string', description: textAt(given, ['description']), format: textAt(given, ['format']),
    ...(priority > 0 && { priority }), cell: (object, now) => cellOf(object, { type, path, now }),
  }
}

function cellOf(object: JsonObject, { type, path, now }: { readonly type: string; readonly path: string; readonly now: number }): string | number {
  const found = findJsonPath(path, object)
  const value = found.ok ? found.value[0] : undefined
  if (value === undefined || value === null) return ''
  if (type === 'date') return typeof value === 'string' ? ageOf(value, now) || '<invalid>' : '<invalid>'
  if (type === 'integer' && typeof value === 'number') return Math.trunc(value)
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

export interface Acceptance {
  readonly definition: JsonObject
  /** Kinds that others have defined, or that are built in. */
  readonly others: readonly ApiResource[]
  /** Unix milliseconds. */
  readonly now: number
}

/** What the status of a definition says: whether its names are free, and so whether it is served. */
export function definitionStatus({ definition, others, now }: Acceptance): JsonObject {
  const clash = clashOf(definition, others)
  const names = valueAt(definition, ['spec', 'names'])
  const storage = listAt(definition, ['spec', 'versions']).filter((version) => valueAt(version, ['storage']) === true).map((version) => textAt(version, ['name']))
  const accepted = clash === undefined
  const unsupported = unsupportedIn(definition)
  return {
    conditions: [
      condition('NamesAccepted', accepted, { reason: accepted ? 'NoConflicts' : 'ListKindConflict', message: clash ?? 'no conflicts found', now }),
      condition('Established', accepted, { reason: accepted ? 'InitialNamesAccepted' : 'NotAccepted', message: accepted ? 'the initial names have been accepted' : 'not all names are accepted', now }),
      ...(unsupported.length === 0 ? [] : [condition('FullySupported', false, { reason: 'NotSupportedHere', message: unsupported.join('; '), now })]),
    ],
    acceptedNames: accepted && isJsonObject(names) ? { listKind: `${textAt(names, ['kind'])}List`, singular: textAt(names, ['kind']).toLowerCase(), ...names } : { kind: '', plural: '' },
    storedVersions: [...new Set([...textsAt(definition, ['status', 'storedVersions']), ...storage])],
  }
}

function condition(type: string, status: boolean, { reason, message, now }: { readonly reason: string; readonly message: string; readonly now: number }): JsonObject {
  return { type, status: status ? 'True' : 'False', lastTransitionTime: rfc3339(now), reason, message }
}

/** Which name of a definition another kind of its group has already. */
function clashOf(definition: JsonObject, others: readonly ApiResource[]): string | undefined {
  const [group, plural, kind] = [textAt(definition, ['spec', 'group']), textAt(definition, ['spec', 'names', 'plural']), textAt(definition, ['spec', 'names', 'kind'])]
  const taken = others.find((other) => other.group === group && other.plural !== plural && (other.kind === kind || other.singular === textAt(definition, ['spec', 'names', 'singular'])))
  return taken === undefined ? undefined : `${JSON.stringify(kind)} is already in use`
}

/** Whether a definition was accepted, so that its kind is served. */
export function isEstablished(definition: JsonObject): boolean {
  return listAt(definition, ['status', 'conditions']).some((one) => textAt(one, ['type']) === 'Established' && textAt(one, ['status']) === 'True')
}

/** What is listed as the definition of a kind of Argo's, which is there without one. */
export function definitionOf({ group, version, kind, plural, singular, shortNames, namespaced, statusSubresource, columns }: ApiResource): JsonObject {
  const printed = columns === undefined || columns.length < 2 ? {} : { additionalPrinterColumns: workflowColumns }
  return {
    apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: `${plural}.${group}` },
    spec: {
      group, scope: namespaced ? 'Namespaced' : 'Cluster', names: { kind, listKind: `${kind}List`, plural, singular, ...(shortNames.length > 0 && { shortNames }) }, conversion: { strategy: 'None' },
      versions: [{
        name: version, served: true, storage: true, ...printed, ...(statusSubresource && { subresources: { status: {} } }),
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      }],
    },
  }
}

const workflowColumns: readonly Json[] = [
  { name: 'Status', type: 'string', jsonPath: '.status.phase', description: 'Status of the workflow' },
  { name: 'Age', type: 'date', format: 'date-time', jsonPath: '.status.startedAt', description: 'When the workflow was started' },
  { name: 'Message', type: 'string', jsonPath: '.status.message', description: 'Why the workflow is in this condition' },
]
