// Owns the examples and properties of the three kinds of patches.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Json, type JsonObject, MERGE_DEPTH_MAX, POD_SPEC_MERGE, TEMPLATE_MERGE, WORKFLOW_SPEC_MERGE, jsonPatch, kindMergeSchema, mergePatch, strategicMerge,
} from './index.ts'

function merged(original: JsonObject, patch: JsonObject, schema = POD_SPEC_MERGE): unknown {
  const result = strategicMerge(original, patch, schema)
  return result.ok ? result.value : result.problem.code
}

const pod: JsonObject = {
  containers: [
    { name: 'wait', image: 'exec' },
    { name: 'main', image: 'a', env: [{ name: 'X', value: '1' }, { name: 'Y', value: '2' }], command: ['a', 'b'], resources: { limits: { cpu: '1' } } },
  ],
  tolerations: [{ key: 'a' }],
  nodeSelector: { a: '1' },
}

describe('strategic merge', () => {
  it('containers merge by name and their environment by name', () => {
    const result = merged(pod, { containers: [{ name: 'main', env: [{ name: 'Y', value: '3' }], command: ['c'], resources: { limits: { memory: '1Gi' } } }] })
    expect(result).toEqual({
      ...pod,
      containers: [
        { name: 'wait', image: 'exec' },
        {
          name: 'main', image: 'a', command: ['c'],
          env: [{ name: 'X', value: '1' }, { name: 'Y', value: '3' }],
          resources: { limits: { cpu: '1', memory: '1Gi' } },
        },
      ],
    })
  })

  it('a new element comes before those that the patch does not name', () => {
    const result = merged(pod, { containers: [{ name: 'side', image: 's', resources: null }] }) as { containers: JsonObject[] }
    expect(result.containers.map((one) => one['name'])).toEqual(['side', 'wait', 'main'])
    expect(result.containers[0]).toEqual({ name: 'side', image: 's' })
  })

  it('lists without merge key are replaced, null deletes, maps merge', () => {
    expect(merged(pod, { tolerations: [{ key: 'b' }], nodeSelector: { b: '2' }, containers: null })).toEqual({
      tolerations: [{ key: 'b' }],
      nodeSelector: { a: '1', b: '2' },
    })
  })

  it('directives delete and replace', () => {
    expect(merged({ containers: [{ name: 'a' }, { name: 'b' }] }, { containers: [{ name: 'a', $patch: 'delete' }] })).toEqual({ containers: [{ name: 'b' }] })
    expect(merged({ containers: [{ name: 'a' }] }, { containers: [{ $patch: 'replace' }, { name: 'c' }] })).toEqual({ containers: [{ name: 'c' }] })
    expect(merged({ securityContext: { runAsUser: 1 } }, { securityContext: { $patch: 'replace', fsGroup: 2 } })).toEqual({ securityContext: { fsGroup: 2 } })
    expect(merged({ volumes: [{ name: 'v', emptyDir: {} }] }, { volumes: [{ name: 'v', $retainKeys: ['name', 'secret'], secret: { secretName: 's' } }] })).toEqual({
      volumes: [{ name: 'v', secret: { secretName: 's' } }],
    })
    const meta = { metadata: { finalizers: ['a', 'b'] } }
    expect(merged(meta, { metadata: { '$deleteFromPrimitiveList/finalizers': ['a'] } }, kindMergeSchema('Pod'))).toEqual({ metadata: { finalizers: ['b'] } })
    expect(merged(meta, { metadata: { finalizers: ['c', 'b'] } }, kindMergeSchema('Pod'))).toEqual({ metadata: { finalizers: ['c', 'a', 'b'] } })
  })

  it('an element order is enforced', () => {
    const patch = { '$setElementOrder/containers': [{ name: 'main' }, { name: 'wait' }], containers: [{ name: 'wait', image: 'new' }] }
    expect((merged(pod, patch) as { containers: JsonObject[] }).containers.map((one) => one['image'])).toEqual(['a', 'new'])
    const disordered = { '$setElementOrder/containers': [{ name: 'main' }], containers: [{ name: 'wait' }] }
    expect(merged(pod, disordered)).toBe('merge_directive')
  })

  it('templates merge by name all the way down', () => {
    const spec = { templates: [{ name: 't', inputs: { parameters: [{ name: 'p', value: '1' }] }, dag: { tasks: [{ name: 'A', arguments: { parameters: [{ name: 'x', value: '1' }] } }] } }] }
    const patch = { templates: [{ name: 't', inputs: { parameters: [{ name: 'p', default: '2' }] }, dag: { tasks: [{ name: 'A', arguments: { parameters: [{ name: 'x', value: '9' }] } }] } }] }
    expect(merged(spec, patch, WORKFLOW_SPEC_MERGE)).toEqual({
      templates: [{
        name: 't', inputs: { parameters: [{ name: 'p', value: '1', default: '2' }] },
        dag: { tasks: [{ name: 'A', arguments: { parameters: [{ name: 'x', value: '9' }] } }] },
      }],
    })
    expect(merged({ steps: [[{ name: 'a' }]] }, { steps: [[{ name: 'b' }]] }, TEMPLATE_MERGE)).toEqual({ steps: [[{ name: 'b' }]] })
  })

  it('elements without merge key and documents nested too deep are refused', () => {
    expect(merged(pod, { containers: [{ image: 'x' }] })).toBe('merge_key_missing')
    const nest = (depth: number): JsonObject => (depth === 0 ? {} : { a: nest(depth - 1) })
    expect(merged(nest(MERGE_DEPTH_MAX), nest(MERGE_DEPTH_MAX))).toEqual(nest(MERGE_DEPTH_MAX))
    expect(merged(nest(MERGE_DEPTH_MAX + 2), nest(MERGE_DEPTH_MAX + 2))).toBe('merge_too_deep')
  })

  it('a key called __proto__ is a key', () => {
    const result = merged({}, JSON.parse('{"__proto__": {"polluted": 1}}') as JsonObject)
    expect(Object.keys(result as object)).toEqual(['__proto__'])
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  it('an empty patch changes nothing and a patch applied twice is applied once', () => {
    const names = fc.constantFrom('a', 'b', 'c')
    const containers = fc.uniqueArray(fc.record({ name: names, image: fc.string(), env: fc.uniqueArray(fc.record({ name: names, value: fc.string() }), { selector: (e) => e.name }) }), { selector: (c) => c.name })
    fc.assert(
      fc.property(containers, containers, (before, patch) => {
        expect(merged({ containers: before }, {})).toEqual({ containers: before })
        const once = merged({ containers: before }, { containers: patch }) as JsonObject
        expect(merged(once, { containers: patch })).toEqual(once)
      }),
    )
  })

  it('no patch throws', () => {
    const anything = fc.dictionary(fc.constantFrom('containers', 'volumes', '$patch', '$retainKeys', '$setElementOrder/containers', 'name', 'env'), fc.jsonValue({ maxDepth: 3 }).map((value) => value as Json))
    fc.assert(fc.property(anything, anything, (original, patch) => { strategicMerge(original, patch, POD_SPEC_MERGE) }), { numRuns: 500 })
  })
})

describe('merge patch', () => {
  it('follows the examples of its specification', () => {
    const examples: Array<[Json, Json, Json]> = [
      [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
      [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
      [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
      [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
      [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
      [['a', 'b'], ['c', 'd'], ['c', 'd']],
      [{ e: null }, { a: 1 }, { e: null, a: 1 }],
      [[1, 2], { a: 'b', c: null }, { a: 'b' }],
      [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
    ]
    for (const [original, patch, expected] of examples) expect(mergePatch(original, patch)).toEqual({ ok: true, value: expected })
  })
})

describe('JSON patch', () => {
  const apply = (document: Json, ...operations: Json[]): unknown => {
    const result = jsonPatch(document, operations)
    return result.ok ? result.value : result.problem.code
  }

  it('adds, removes, replaces, moves, copies and tests', () => {
    expect(apply({ a: { b: [1, 2] } }, { op: 'add', path: '/a/b/1', value: 9 })).toEqual({ a: { b: [1, 9, 2] } })
    expect(apply({ a: [1] }, { op: 'add', path: '/a/-', value: 2 })).toEqual({ a: [1, 2] })
    expect(apply({ 'a/b': 1, 'c~d': 2 }, { op: 'remove', path: '/a~1b' }, { op: 'replace', path: '/c~0d', value: 3 })).toEqual({ 'c~d': 3 })
    expect(apply({ a: { x: 1 }, b: {} }, { op: 'move', from: '/a/x', path: '/b/y' })).toEqual({ a: {}, b: { y: 1 } })
    expect(apply({ a: [1, 2] }, { op: 'copy', from: '/a/0', path: '/a/2' }, { op: 'test', path: '/a', value: [1, 2, 1] })).toEqual({ a: [1, 2, 1] })
    expect(apply({ a: 1 }, { op: 'replace', path: '', value: [] })).toEqual([])
  })

  it('refuses what does not apply', () => {
    expect(apply({}, { op: 'remove', path: '/a' })).toBe('json_patch_missing')
    expect(apply({}, { op: 'add', path: '/a/b', value: 1 })).toBe('json_patch_missing')
    expect(apply({ a: [1] }, { op: 'add', path: '/a/2', value: 1 })).toBe('json_patch_missing')
    expect(apply({ a: [1] }, { op: 'replace', path: '/a/01', value: 1 })).toBe('json_patch_missing')
    expect(apply({ a: 1 }, { op: 'test', path: '/a', value: 2 })).toBe('json_patch_test_failed')
    expect(apply({ a: { b: 1 } }, { op: 'move', from: '/a', path: '/a/b' })).toBe('json_patch_invalid')
    expect(apply({}, { op: 'jump', path: '' })).toBe('json_patch_invalid')
    expect(jsonPatch({}, Array.from({ length: 10_001 }, () => ({ op: 'test', path: '', value: {} })))).toMatchObject({ ok: false })
  })

  it('no patch throws', () => {
    const operation = fc.record({ op: fc.constantFrom('add', 'remove', 'replace', 'move', 'copy', 'test'), path: fc.constantFrom('', '/', '/a', '/a/0', '/a/-', '/__proto__/x'), from: fc.constantFrom('', '/a', '/b'), value: fc.jsonValue() })
    fc.assert(fc.property(fc.jsonValue(), fc.array(operation), (document, operations) => { jsonPatch(document as Json, operations as Json) }), { numRuns: 500 })
    expect(({} as Record<string, unknown>)['x']).toBeUndefined()
  })
})
