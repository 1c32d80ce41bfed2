// Owns what a definition of a kind asks for that is not done here: told to whoever defines it, never silently dropped.
import { type Json, type JsonObject, isJsonArray, isJsonObject } from '@tiphys/core/kube'
import { textAt, valueAt } from './columns.ts'

const PLACES_MAX = 100_000
const TOLD_MAX = 10

/** A sentence for each thing, with its place. */
export function unsupportedIn(definition: JsonObject): readonly string[] {
  const found: string[] = []
  if (textAt(definition, ['spec', 'conversion', 'strategy']) === 'Webhook') {
    found.push('spec.conversion.strategy: Webhook: no webhook is called; objects are served in every version with the fields that they were written with')
  }
  const versions = valueAt(definition, ['spec', 'versions'])
  for (const [index, version] of (isJsonArray(versions) ? versions : []).entries()) {
    const rules = rulesIn(valueAt(version, ['schema', 'openAPIV3Schema']) ?? {}, `spec.versions[${index}].schema.openAPIV3Schema`)
    for (const place of rules.slice(0, TOLD_MAX)) found.push(`${place}.x-kubernetes-validations: rules in CEL are not checked: objects that break them are stored`)
    if (rules.length > TOLD_MAX) found.push(`spec.versions[${index}]: and ${rules.length - TOLD_MAX} more places with rules in CEL that are not checked`)
  }
  return found
}

/** Places of schemas with rules, by a work list: schemas nest as people like. */
function rulesIn(schema: Json, path: string): readonly string[] {
  const found: string[] = []
  const todo: { readonly value: Json; readonly path: string }[] = [{ value: schema, path }]
  let looked = 0
  for (let next = todo.pop(); next !== undefined && looked < PLACES_MAX; next = todo.pop(), looked += 1) {
    const { value } = next
    if (!isJsonObject(value)) continue
    const rules = value['x-kubernetes-validations']
    if (isJsonArray(rules) && rules.length > 0) found.push(next.path)
    for (const part of ['items', 'additionalProperties']) todo.push({ value: value[part] ?? null, path: `${next.path}.${part}` })
    const properties = value['properties']
    for (const [name, property] of Object.entries(isJsonObject(properties) ? properties : {}).reverse()) todo.push({ value: property, path: `${next.path}.properties[${name}]` })
  }
  return found
}
