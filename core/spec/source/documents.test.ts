// Proves how files become documents and objects, and that every place is found.
import { describe, expect, it } from 'vitest'
import { documentsMax, duplicatedKeys, jsonDepth, keyPositionOf, positionOf, readDocuments, readManifests, schemaDocument } from '../index.ts'

describe('documents', () => {
  it('are split at lines that begin with three dashes', () => {
    const documents = readDocuments('a: 1\n---\nb: 2\n--- # next\nc: 3\n---\n')
    expect(documents.map((d) => d.value)).toEqual([{ a: 1 }, { b: 2 }, { c: 3 }])
    expect(documents.map((d) => positionOf(d, [Object.keys(d.value as object)[0] ?? '']))).toEqual([{ line: 1, column: 4 }, { line: 3, column: 4 }, { line: 5, column: 4 }])
  })

  it('a broken one does not hide the others', () => {
    const [good, bad, last] = readDocuments('a: 1\n---\nb: [\n---\nc: 3')
    expect(good?.value).toEqual({ a: 1 })
    expect(bad).toMatchObject({ value: undefined, problem: { code: 'yaml_invalid', line: 3 } })
    expect(last?.value).toEqual({ c: 3 })
  })

  it('JSON is one document, with places and repeated keys', () => {
    const [document] = readDocuments('{\n  "a": {"b": [1,\n    "x"]},\n  "a": 2\n}')
    expect(document).toMatchObject({ format: 'json', value: { a: 2 } })
    if (document === undefined) return
    expect(duplicatedKeys(document)).toEqual([{ key: 'a', line: 4, column: 3, first: { line: 2, column: 3 }, path: ['a'] }])
    const [nested] = readDocuments('{\n  "a": {"b": [1,\n    "x\\"y"]}\n}')
    expect(nested && positionOf(nested, ['a', 'b', 1])).toEqual({ line: 3, column: 5 })
    expect(nested && keyPositionOf(nested, ['a', 'b'])).toEqual({ line: 2, column: 9 })
  })

  it('almost JSON is read as YAML', () => {
    expect(readDocuments('{"a": [1, 2,],}')[0]).toMatchObject({ format: 'yaml', value: { a: [1, 2] } })
  })

  it('places of values, of keys, and of what is not there', () => {
    const [document] = readDocuments('a:\n  b:\n    - x: 1\n      w: |\n        text\n')
    if (document === undefined) return expect.unreachable()
    expect(positionOf(document, ['a', 'b', 0, 'w'])).toEqual({ line: 4, column: 10 })
    expect(keyPositionOf(document, ['a', 'b', 0, 'w'])).toEqual({ line: 4, column: 7 })
    expect(positionOf(document, ['a', 'b', 0])).toEqual({ line: 3, column: 7 })
    expect(positionOf(document, ['a', 'b', 0, 'z', 'deeper'])).toEqual({ line: 3, column: 7 })
    expect(positionOf(document, [])).toEqual({ line: 1, column: 1 })
  })

  it('limits hold', () => {
    expect(readDocuments('a\n---\n'.repeat(documentsMax + 5))).toHaveLength(documentsMax + 1)
    expect(readDocuments(`${'['.repeat(600)}${']'.repeat(600)}`)[0]?.problem?.code).toBe('too_deep')
    expect(jsonDepth('{"a": ["}]{["]}')).toBe(2)
  })
})

describe('manifests', () => {
  it('are objects with a kind; other kinds are left alone', () => {
    const text = 'kind: Workflow\nmetadata: {name: a}\n---\nkind: ConfigMap\ndata: {a: 1}\n---\n- a\n---\nkindd: Workflow\n'
    const { manifests, unreadable } = readManifests(text)
    expect(manifests.map((m) => m.kind)).toEqual(['Workflow', 'other'])
    expect(manifests[1]).toMatchObject({ kindName: 'ConfigMap', object: { data: { a: 1 } }, problems: [] })
    expect(unreadable.map((u) => u.problem.code)).toEqual(['not_an_object', 'kind_missing'])
  })

  it('a document of comments alone is nothing, and no mistake', () => {
    expect(readManifests('# who owns this\n---\nkind: Workflow\n---\n# the end\n')).toMatchObject({ manifests: [{ kind: 'Workflow' }], unreadable: [] })
  })

  it('the schema for editors describes every kind', () => {
    const { definitions, allOf } = schemaDocument() as { definitions: Record<string, { properties: Record<string, unknown> }>; allOf: unknown[] }
    expect(allOf.length).toBeGreaterThanOrEqual(6)
    expect(definitions['Template']?.properties['steps']).toEqual({ type: 'array', items: { type: 'array', items: { $ref: '#/definitions/WorkflowStep' } } })
    expect(definitions['WorkflowStep']?.properties['inline']).toEqual({ $ref: '#/definitions/Template' })
    for (const match of JSON.stringify(schemaDocument()).matchAll(/#\/definitions\/(\w+)/g)) expect(definitions).toHaveProperty(match[1] ?? '')
  })
})
