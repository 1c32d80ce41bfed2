// Owns walking a decoded object by its schema, struct by struct, with the path of each.
import { isObject, schemaKit, type Json, type JsonObject, type Path, type SchemaNode, type StructNode } from '@tiphys/core/spec'

export type VisitStruct = (struct: StructNode, value: JsonObject, path: Path) => void

/** Calls `visit` for every struct in the value, outer ones first. Depth is limited by what the readers accept. */
export function visitStructs(schema: SchemaNode, value: unknown, visit: VisitStruct): void {
  const pending: { readonly schema: SchemaNode; readonly value: Json; readonly path: Path }[] = [{ schema, value: value as Json, path: [] }]
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    const node = schemaKit.resolve(at.schema)
    const { value: here, path } = at
    if (node.kind === 'struct' && isObject(here)) {
      visit(node, here, path)
      for (const [key, field] of node.fields) {
        const member = here[key]
        if (typeof member === 'object' && member !== null) pending.push({ schema: field.schema, value: member, path: [...path, key] })
      }
    } else if ((node.kind === 'list' || node.kind === 'strictList') && Array.isArray(here)) {
      here.forEach((item: Json, i) => pending.push({ schema: node.item, value: item, path: [...path, i] }))
    } else if (node.kind === 'map' && isObject(here)) {
      for (const [key, member] of Object.entries(here)) pending.push({ schema: node.value, value: member, path: [...path, key] })
    }
  }
}

/** Every text in a value, with its path; keys of maps count as texts too. */
export function visitTexts(value: unknown, path: Path, visit: (text: string, path: Path) => void): void {
  const pending: { readonly value: unknown; readonly path: Path }[] = [{ value, path }]
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    const { value: here, path: place } = at
    if (typeof here === 'string') visit(here, place)
    else if (Array.isArray(here)) for (let i = here.length - 1; i >= 0; i--) pending.push({ value: here[i], path: [...place, i] })
    else if (typeof here === 'object' && here !== null) {
      for (const [key, member] of Object.entries(here)) {
        if (key.includes('{{')) visit(key, [...place, key])
        pending.push({ value: member, path: [...place, key] })
      }
    }
  }
}

/** Does a text hold a tag, so that its value is known only later? */
export function hasTag(text: string | undefined): boolean {
  return text?.includes('{{') === true
}
