// Owns walking a decoded object: struct by struct along its schema, or text by text.
import { isObject, schemaKit, type Json, type JsonObject, type Path, type SchemaNode, type StructNode } from '@tiphys/core/spec'

/** The path is the walker's own and changes as it goes on: copy it to keep it. */
export type VisitStruct = (struct: StructNode, value: JsonObject, path: Path) => void

/** Calls `visit` for every struct in the value, outer ones first. Depth is limited by what the readers accept. */
export function visitStructs(schema: SchemaNode, value: unknown, visit: VisitStruct): void {
  descend(schema, value as Json, { path: [], visit })
}

interface Walk {
  readonly path: (string | number)[]
  readonly visit: VisitStruct
}

function descend(schema: SchemaNode, value: Json, walk: Walk): void {
  const node = schemaKit.resolve(schema)
  switch (node.kind) {
    case 'struct':
      return isObject(value) ? descendStruct(node, value, walk) : undefined
    case 'list':
    case 'strictList':
      return Array.isArray(value) ? descendList(node.item, value, walk) : undefined
    case 'map':
      if (!isObject(value)) return
      for (const [key, member] of Object.entries(value)) descendInto(node.value, member, { key, walk })
  }
}

function descendStruct(node: StructNode, value: JsonObject, walk: Walk): void {
  walk.visit(node, value, walk.path)
  for (const key in value) {
    const field = node.fields.get(key)
    const member = value[key]
    if (field !== undefined && member !== undefined) descendInto(field.schema, member, { key, walk })
  }
}

function descendList(item: SchemaNode, values: readonly Json[], walk: Walk): void {
  for (let i = 0; i < values.length; i++) descendInto(item, values[i] ?? null, { key: i, walk })
}

function descendInto(schema: SchemaNode, value: Json, at: { readonly key: string | number; readonly walk: Walk }): void {
  if (typeof value !== 'object' || value === null) return
  at.walk.path.push(at.key)
  descend(schema, value, at.walk)
  at.walk.path.pop()
}

export type VisitText = (text: string, path: Path) => void

/** Every text in a value; keys of maps count as texts too. The path is the walker's own: copy it to keep it. */
export function visitTexts(value: unknown, path: Path, visit: VisitText): void {
  walkTexts(value, [...path], visit)
}

function walkTexts(value: unknown, path: (string | number)[], visit: VisitText): void {
  if (typeof value === 'string') return visit(value, path)
  if (typeof value !== 'object' || value === null) return
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      path.push(i)
      walkTexts(value[i], path, visit)
      path.pop()
    }
    return
  }
  const members = value as { readonly [key: string]: unknown }
  for (const key in members) {
    path.push(key)
    if (key.includes('{{')) visit(key, path)
    walkTexts(members[key], path, visit)
    path.pop()
  }
}

/** Does a text hold a tag, so that its value is known only later? */
export function hasTag(text: string | undefined): boolean {
  return text?.includes('{{') === true
}
