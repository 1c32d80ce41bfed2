// Owns reading one document of YAML or JSON, such as a file of stubs, with the places of what is wrong with it.
import { type Json, type Path, keyPositionOf, readDocuments } from '@tiphys/core/spec'
import { type Finding, readSource } from './input.ts'

export type Document =
  | { readonly ok: true; readonly value: Json; readonly place: (problem: { readonly message: string; readonly path: string; readonly hint?: string | undefined }) => Finding }
  | { readonly ok: false; readonly findings: readonly Finding[] }

/** The first document of a file; null when there is none. */
export async function readDocument(file: string): Promise<Document> {
  const text = await readSource(file)
  if (!text.ok) return { ok: false, findings: [{ file, code: 'unreadable', message: text.message, line: 0, column: 0 }] }
  const [document] = readDocuments(text.text)
  if (document?.problem !== undefined) return { ok: false, findings: [{ file, ...document.problem }] }
  const place = (problem: { readonly message: string; readonly path: string; readonly hint?: string | undefined }): Finding => {
    const { message, path, hint } = problem
    const at = document === undefined ? { line: 1, column: 1 } : keyPositionOf(document, pathOf(path))
    return { file, code: 'invalid', message, path, ...at, ...(hint !== undefined && { hint }) }
  }
  return { ok: true, value: document?.value ?? null, place }
}

/** `then[0].nodes["a.b"]` as its parts. */
function pathOf(text: string): Path {
  return [...text.matchAll(/\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]|[^.[\]]+/g)].map(([part, index, key]) => (index !== undefined ? Number(index) : key !== undefined ? String(JSON.parse(key)) : part))
}
