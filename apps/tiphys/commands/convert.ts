// Owns the command `tiphys convert`.
import { typeProblem } from '@tiphys/core/api'
import { type Json, type SchemaNode, convertLegacy, emitYaml, isManifestKind, isObject, readDocuments, schemaKit, schemaOfKind, sortKeys } from '@tiphys/core/spec'
import { Mistake } from '../remote/failure.ts'
import { guarded } from '../remote/guard.ts'
import { misfit, yamlFailure } from '../remote/manifests.ts'
import { sourcesOf } from '../remote/walk.ts'
import { toJson } from '../print/index.ts'

export const run = guarded(async ({ flags, args, streams }) => {
  for (const root of args) {
    for await (const { path, text } of sourcesOf(root, streams)) {
      for (const { problem, value = null } of readDocuments(text)) {
        if (problem !== undefined) throw new Mistake(`error converting ${path}: failed to parse TypeMeta: ${yamlFailure(problem, text)}`)
        if (value !== null && !isObject(value)) throw new Mistake(`error converting ${path}: failed to parse TypeMeta: error unmarshaling JSON: while decoding JSON: ${misfit(value, 'v1.TypeMeta')}`)
        const current = convertedAt(path, value)
        streams.stdout(flags.text('output') === 'json' ? `${toJson(current, 0)}\n` : `---\n${emitYaml(current)}`)
      }
    }
  }
  return undefined
})

function convertedAt(path: string, value: Json): Json {
  try {
    return converted(value)
  } catch (error) {
    throw error instanceof Mistake ? new Mistake(`error converting ${path}: ${error.message}`) : error
  }
}

/** What is no manifest of ours is written again as it is, its keys in order. */
function converted(value: Json): Json {
  const kind = isObject(value) ? value['kind'] : undefined
  if (typeof kind !== 'string' || !isManifestKind(kind)) return sortKeys(value)
  const read = asText(schemaOfKind(kind), value)
  const problem = typeProblem(schemaOfKind(kind), sortKeys(read), `convert.Legacy${kind}`)
  if (problem !== undefined) throw new Mistake(`failed to parse ${kind}: error unmarshaling JSON: while decoding JSON: ${problem}`)
  return convertLegacy(read)
}

/** Where text is wanted, numbers and truths of YAML are read as the text that they are written as. */
function asText(schema: SchemaNode, value: Json): Json {
  const node = schemaKit.resolve(schema)
  if (node.kind === 'string') return node.format === undefined && (typeof value === 'number' || typeof value === 'boolean') ? String(value) : value
  if (node.kind === 'list' || node.kind === 'strictList') return Array.isArray(value) ? (value as readonly Json[]).map((item) => asText(node.item, item)) : value
  if (!isObject(value) || (node.kind !== 'map' && node.kind !== 'struct')) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => {
    const inner = node.kind === 'map' ? node.value : node.fields.get(key)?.schema
    return [key, inner === undefined ? member : asText(inner, member)]
  }))
}
