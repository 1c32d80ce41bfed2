// Proves that the binary form of OpenAPI says what the document says.
import { describe, expect, it } from 'vitest'
import { openapiV2 } from './openapi.ts'
import { openapiProtobuf } from './openapi-protobuf.ts'
import { readPart, readVarint, utf8 } from './protobuf-wire.ts'
import { apiResources } from './resource.ts'

/** The parts of a message that have one number. */
function parts(bytes: Uint8Array, wanted: number): readonly Uint8Array[] {
  const cursor = { bytes, at: 0 }
  const found: Uint8Array[] = []
  while (cursor.at < bytes.length) {
    const tag = readVarint(cursor) ?? 0
    const value = tag % 8 === 0 ? readVarint(cursor) : readPart(cursor, tag % 8)
    if (value === undefined) throw new Error('cut off')
    if (Math.floor(tag / 8) === wanted && typeof value !== 'number') found.push(value)
  }
  return found
}

const one = (bytes: Uint8Array, ...path: readonly number[]): Uint8Array => path.reduce((at, number) => parts(at, number)[0] ?? new Uint8Array(), bytes)
const textAt = (bytes: Uint8Array, ...path: readonly number[]): string => utf8(one(bytes, ...path))

describe('the binary form of OpenAPI', () => {
  const document = openapiV2(apiResources) as { readonly definitions: Record<string, unknown>; readonly paths: Record<string, unknown> }
  const bytes = openapiProtobuf(openapiV2(apiResources))
  const definitions = new Map(parts(one(bytes, 9), 1).map((entry) => [textAt(entry, 1), one(entry, 2)] as const))

  it('has every definition and every path', () => {
    expect([textAt(bytes, 1), textAt(bytes, 2, 1)]).toEqual(['2.0', 'Tiphys'])
    expect([...definitions.keys()]).toEqual(Object.keys(document.definitions))
    expect(parts(one(bytes, 8), 2).map((entry) => textAt(entry, 1))).toEqual(Object.keys(document.paths))
  })

  it('has the fields of a kind with their types and references, and the kind itself', () => {
    const workflow = definitions.get('io.argoproj.v1alpha1.Workflow') ?? new Uint8Array()
    const fields = new Map(parts(one(workflow, 25), 1).map((entry) => [textAt(entry, 1), one(entry, 2)] as const))
    expect([textAt(fields.get('kind') ?? bytes, 22, 1), textAt(fields.get('spec') ?? bytes, 1)]).toEqual(['string', '#/definitions/io.argoproj.v1alpha1.WorkflowSpec'])
    expect([textAt(workflow, 31, 1), JSON.parse(textAt(workflow, 31, 2, 2))]).toEqual(['x-kubernetes-group-version-kind', [{ group: 'argoproj.io', version: 'v1alpha1', kind: 'Workflow' }]])
  })

  it('tells of dry runs, by which old clients find out that they are possible', () => {
    const path = parts(one(bytes, 8), 2).find((entry) => textAt(entry, 1) === '/apis/argoproj.io/v1alpha1/namespaces/{namespace}/workflows/{name}') ?? bytes
    expect(parts(one(path, 2, 8), 8).map((parameter) => textAt(parameter, 1, 2, 3, 4))).toContain('dryRun')
  })
})
