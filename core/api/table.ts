// Owns tables: how a list of objects is told to clients that print columns.
import { type JsonObject, isJsonObject } from '@tiphys/core/kube'
import type { Column } from './columns.ts'
import { textAt } from './columns.ts'
import type { ApiResource } from './resource.ts'

export interface TableInput {
  readonly resource: ApiResource
  readonly objects: readonly JsonObject[]
  /** Of the list; `resourceVersion`, `continue`. */
  readonly metadata: JsonObject
  readonly includeObject: 'Metadata' | 'Object' | 'None'
  /** Unix milliseconds, for ages. */
  readonly now: number
  readonly version: 'v1' | 'v1beta1'
}

const nameColumn: Column = { name: 'Name', type: 'string', format: 'name', description: 'Name of the object', cell: (object) => textAt(object, ['metadata', 'name']) }

export function tableOf({ resource, objects, metadata, includeObject, now, version }: TableInput): JsonObject {
  const columns = [nameColumn, ...resource.columns]
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${version}`,
    metadata,
    columnDefinitions: columns.map(({ name, type, format = '', description, priority = 0 }) => ({ name, type, format, description, priority })),
    rows: objects.map((object) => ({ cells: columns.map(({ cell }) => cell(object, now)), ...shown(object, includeObject, version) })),
  }
}

function shown(object: JsonObject, includeObject: TableInput['includeObject'], version: string): JsonObject {
  if (includeObject === 'None') return {}
  return { object: includeObject === 'Object' ? object : partialObject(object, version) }
}

/** An object of which only the metadata is told. */
export function partialObject(object: JsonObject, version = 'v1'): JsonObject {
  const { metadata } = object
  return { kind: 'PartialObjectMetadata', apiVersion: `meta.k8s.io/${version}`, metadata: isJsonObject(metadata) ? metadata : {} }
}
