// Owns the command `tiphys convert`.
import { type Json, convertLegacy, emitYaml, isManifestKind, isObject, readDocuments, sortKeys } from '@tiphys/core/spec'
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
        const current = converted(value)
        streams.stdout(flags.text('output') === 'json' ? `${toJson(current, 0)}\n` : `---\n${emitYaml(current)}`)
      }
    }
  }
  return undefined
})

/** What is no manifest of ours is written again as it is, its keys in order. */
function converted(value: Json): Json {
  const kind = isObject(value) ? value['kind'] : undefined
  return typeof kind === 'string' && isManifestKind(kind) ? convertLegacy(value) : sortKeys(value)
}
