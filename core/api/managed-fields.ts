// Owns who manages which fields of an object: what managedFields say before a write, and what they say after it.
import { type Json, type JsonObject, isJsonArray, isJsonObject } from '@tiphys/core/kube'
import { textAt } from './columns.ts'
import { type FieldSet, compareFields, fieldsOf, fromFieldsV1, joined, toFieldsV1 } from './field-paths.ts'
import type { FieldShape } from './field-shape.ts'

/** One writer with the fields that are its own. `time` is RFC 3339. */
export interface FieldManager {
  readonly manager: string
  readonly operation: 'Apply' | 'Update'
  readonly apiVersion: string
  readonly subresource: string
  readonly time: string
  readonly fields: FieldSet
}

/** Who writes, and how. */
export type Writer = Omit<FieldManager, 'fields'>

const MANAGERS_MAX = 200
/** Writers that update are forgotten by name when they are too many: what was theirs is kept together. */
const UPDATERS_MAX = 10
const ANCIENT = 'ancient-changes'

export function readManagers(managedFields: Json | undefined): readonly FieldManager[] {
  const entries = isJsonArray(managedFields) ? managedFields.slice(0, MANAGERS_MAX) : []
  return entries.filter((entry) => isJsonObject(entry) && isJsonObject(entry['fieldsV1'])).map((entry) => ({
    manager: textAt(entry, ['manager']), operation: textAt(entry, ['operation']) === 'Apply' ? 'Apply' : 'Update', apiVersion: textAt(entry, ['apiVersion']),
    subresource: textAt(entry, ['subresource']), time: textAt(entry, ['time']), fields: fromFieldsV1((entry as JsonObject)['fieldsV1']),
  }))
}

export function writeManagers(managers: readonly FieldManager[]): Json {
  return gathered(managers.filter(({ fields }) => fields.size > 0)).map(({ manager, operation, apiVersion, subresource, time, fields }) => ({
    manager, operation, apiVersion, ...(time !== '' && { time }), fieldsType: 'FieldsV1', fieldsV1: toFieldsV1(fields), ...(subresource !== '' && { subresource }),
  }))
}

function gathered(managers: readonly FieldManager[]): readonly FieldManager[] {
  const updaters = managers.filter(({ operation, subresource }) => operation === 'Update' && subresource === '').toSorted((a, b) => (a.time < b.time ? -1 : 1))
  const old = new Set(updaters.slice(0, Math.max(0, updaters.length - UPDATERS_MAX)))
  const [first] = old
  if (first === undefined) return managers
  const fields = new Set([...old].flatMap((entry) => [...entry.fields]))
  return [{ ...first, manager: ANCIENT, fields }, ...managers.filter((entry) => !old.has(entry))]
}

export function isWriter(entry: FieldManager, { manager, operation, apiVersion, subresource }: Writer): boolean {
  return entry.manager === manager && entry.operation === operation && entry.subresource === subresource && (operation === 'Update' ? entry.apiVersion === apiVersion : true)
}

const OWN_METADATA = [
  'name', 'namespace', 'creationTimestamp', 'selfLink', 'uid', 'generation', 'managedFields', 'resourceVersion', 'deletionTimestamp', 'deletionGracePeriodSeconds',
]
const NOBODYS: readonly string[] = ['f:apiVersion', 'f:kind', 'f:metadata', ...OWN_METADATA.map((name) => joined('f:metadata', `f:${name}`))]

/** An object without what no writer owns: its identity, what the server keeps about it, and a status that is written apart. */
export function ownable(object: JsonObject, statusIsApart: boolean): JsonObject {
  const { apiVersion: _, kind: __, status, metadata, ...rest } = object
  const kept = Object.entries(isJsonObject(metadata) ? metadata : {}).filter(([name]) => !OWN_METADATA.includes(name))
  return { ...rest, ...(kept.length > 0 && { metadata: Object.fromEntries(kept) }), ...(!statusIsApart && status !== undefined && { status }) }
}

export interface Updating {
  /** Absent for a new object. */
  readonly before: JsonObject | undefined
  readonly after: JsonObject
  readonly shape: FieldShape
  readonly statusIsApart: boolean
  readonly writer: Writer
}

/** What managedFields say once `writer` has put `after` in the place of `before`: what it changed is its own, and no longer anybody else's. */
export function managersAfterUpdate({ before, after, shape, statusIsApart, writer }: Updating, managers: readonly FieldManager[]): readonly FieldManager[] {
  const { changed, removed } = compareFields(ownable(before ?? {}, statusIsApart), ownable(after, statusIsApart), shape)
  for (const path of NOBODYS) if (changed.has(path)) (changed as Set<string>).delete(path)
  if (changed.size === 0 && removed.size === 0) return managers
  const others = managers.filter((entry) => !isWriter(entry, writer)).map((entry) => ({ ...entry, fields: without(entry.fields, changed, removed) }))
  const own = managers.find((entry) => isWriter(entry, writer))
  const fields = new Set([...without(own?.fields ?? new Set(), removed), ...changed])
  return [...others, { ...writer, fields }]
}

export function without(fields: FieldSet, ...gone: readonly FieldSet[]): FieldSet {
  return new Set([...fields].filter((path) => !gone.some((set) => set.has(path))))
}

/** Who has the fields of an object that nobody was ever noted for. */
export function firstManagers(object: JsonObject, { shape, statusIsApart, writer }: Pick<Updating, 'shape' | 'statusIsApart' | 'writer'>): readonly FieldManager[] {
  const fields = fieldsOf(ownable(object, statusIsApart), shape)
  return [{ manager: 'before-first-apply', operation: 'Update', apiVersion: writer.apiVersion, subresource: '', time: writer.time, fields }]
}
