// Owns the command `tiphys convert`.
import { convertLegacy, emitYaml, readDocuments } from '@tiphys/core/spec'
import type { Invocation, Outcome } from '../flags/index.ts'
import { toJson } from '../print/index.ts'
import { manifestFiles, readSource } from '../local/input.ts'

export async function run({ flags, args, streams }: Invocation): Promise<Outcome> {
  for (const source of args) {
    for (const path of await manifestFiles(source)) {
      const text = path === '-' && streams.stdin !== undefined ? { ok: true as const, text: await streams.stdin() } : await readSource(path)
      if (!text.ok) return { error: text.message }
      for (const document of readDocuments(text.text)) {
        if (document.problem !== undefined) return { error: `error converting ${path}: line ${document.problem.line}: ${document.problem.message}` }
        const current = convertLegacy(document.value ?? null)
        streams.stdout(flags.text('output') === 'json' ? `${toJson(current, 0)}\n` : `---\n${emitYaml(current)}`)
      }
    }
  }
  return { exit: 0 }
}
