// Proves that wire objects are read as Go reads them: what is refused, what is forgiven, what is told, and where.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decode, decodeDepthMax, emitYaml, formatPath, goView, plainNumber, readManifests, schemaOfKind, setOwn, workflowSchema, type DecodeOptions, type Json, type Manifest } from '../index.ts'
import { nearest } from './nearest.ts'

function problemsOf(spec: Json, options?: DecodeOptions): string[] {
  return decode(workflowSchema, { spec }, options).problems.map((p) => `${p.severity} ${formatPath(p.path)}: ${p.message}${p.hint === undefined ? '' : ` (${p.hint})`}`)
}

const refused: readonly (readonly [string, Json, string])[] = [
  ['a number for text', { entrypoint: 5 }, 'refused spec.entrypoint: expected text, found the number 5 (write it in quotes: "5")'],
  ['text for a number', { priority: '5' }, 'refused spec.priority: expected a whole number, found the text "5" (write 5 without quotes)'],
  ['a fraction for a whole number', { priority: 1.5 }, 'refused spec.priority: expected a whole number, found the number 1.5'],
  ['a number of more than 32 bits', { priority: 2 ** 31 }, 'refused spec.priority: 2147483648 does not fit 32 bits'],
  ['text for true or false', { suspend: 'true' }, 'refused spec.suspend: expected true or false, found the text "true" (write true without quotes)'],
  ['a map for a list', { templates: {} }, 'refused spec.templates: expected a list, found a map (put "- " before the first key)'],
  ['a list for a map', { nodeSelector: [] }, 'refused spec.nodeSelector: expected a map, found a list'],
  ['a list for an object', { arguments: [] }, 'refused spec.arguments: expected a map, found a list'],
  ['a number as the value of a label', { podMetadata: { labels: { a: 1 } } }, 'refused spec.podMetadata.labels.a: expected text, found the number 1 (write it in quotes: "1")'],
  ['a quantity that is none', { podResources: { limits: { cpu: 'much' } } }, 'refused spec.podResources.limits.cpu: the text "much" is not a quantity (write a number with an optional unit: 500m, 2, 1Gi, 100M)'],
  ['a step that stands alone', { templates: [{ steps: [{ name: 'a' }] }] }, 'refused spec.templates[0].steps[0]: expected a list of steps that run together, found a map (put "- - " before the first step of a group)'],
  ['an unknown field of a step', { templates: [{ steps: [[{ nam: 'a' }]] }] }, 'refused spec.templates[0].steps[0][0].nam: unknown field "nam" (did you mean "name"?)'],
  ['a plugin with two keys', { templates: [{ plugin: { a: 1, b: 2 } }] }, 'refused spec.templates[0].plugin: expected exactly one key, the name of the plugin, found 2'],
  ['bytes that are not base64', { templates: [{ http: { url: 'x', bodyFrom: { bytes: '%' } } }] }, 'refused spec.templates[0].http.bodyFrom.bytes: the text "%" is not valid base64'],
]

describe('what no reader accepts', () => {
  it.each(refused)('%s', (_, spec, problem) => {
    expect(problemsOf(spec)).toEqual([problem])
  })

  it('times are dates with a zone', () => {
    const read = (creationTimestamp: Json): number => decode(workflowSchema, { metadata: { creationTimestamp } }).problems.length
    expect(read('2024-01-31T12:00:00Z')).toBe(0)
    expect(read('2024-01-31T12:00:00+02:00')).toBe(0)
    expect(read(null)).toBe(0)
    expect(read('2024-01-31')).toBe(1)
    expect(read('')).toBe(1)
  })
})

describe('unknown fields', () => {
  it('are refused by strict readers, with the nearest known one', () => {
    expect(problemsOf({ templats: [] })).toEqual(['strict spec.templats: unknown field "templats" (did you mean "templates"?)'])
  })

  it('below a step are ignored by the reference', () => {
    const steps = [[{ name: 'a', arguments: { paramters: [] } }]]
    expect(problemsOf({ templates: [{ steps }] })).toEqual(['ignored spec.templates[0].steps[0][0].arguments.paramters: unknown field "paramters" (did you mean "parameters"?)'])
  })

  it('of earlier versions say what became of them', () => {
    expect(problemsOf({ synchronization: { mutex: { name: 'a' } } })).toEqual(['strict spec.synchronization.mutex: unknown field "mutex" (use "mutexes", a list)'])
  })

  it('are carried along, or dropped on request', () => {
    expect(decode(workflowSchema, { spec: { colour: 'red' } }).value.spec).toEqual({ colour: 'red' })
    expect(decode(workflowSchema, { spec: { colour: 'red' } }, { dropUnknown: true }).value.spec).toEqual({})
  })

  it('match in any mixture of capitals when asked to', () => {
    expect(decode(workflowSchema, { Spec: { EntryPoint: 'main' } }, { foldCase: true })).toMatchObject({ value: { spec: { entrypoint: 'main' } }, problems: [] })
    expect(decode(workflowSchema, { Spec: {} }).problems).toHaveLength(1)
  })
})

describe('what is forgiven', () => {
  it('numbers and truth values become the text of a parameter', () => {
    const parameters = [{ name: 'a', value: 1.5 }, { name: 'b', value: true }, { name: 'c', value: 1e21 }, { name: 'd', value: null }, { name: 'e', default: 0 }]
    const { value, problems } = decode(workflowSchema, { spec: { arguments: { parameters } } })
    expect(problems).toEqual([])
    expect(value.spec.arguments?.parameters).toEqual([{ name: 'a', value: '1.5' }, { name: 'b', value: 'true' }, { name: 'c', value: '1000000000000000000000' }, { name: 'd' }, { name: 'e', default: '0' }])
  })

  it('a list as the value of a parameter is lost, and told', () => {
    expect(problemsOf({ arguments: { parameters: [{ name: 'a', value: [1] }] } })).toEqual([
      'ignored spec.arguments.parameters[0].value: expected text, a number or true/false, found a list, which is read as empty text (write the value as JSON text in quotes)',
    ])
  })

  it('null is absence, and a zero value inside a list', () => {
    const { value, problems } = decode(workflowSchema, { spec: { entrypoint: null, templates: [null], arguments: null } })
    expect(problems).toEqual([])
    expect(value.spec).toEqual({ templates: [{}] })
  })

  it('required fields that are absent are there with their zero value', () => {
    expect(decode(workflowSchema, {}).value).toEqual({ metadata: {}, spec: {} })
    expect(decode(workflowSchema, { spec: { templates: [{ dag: {} }] } }).value.spec.templates?.[0]?.dag).toEqual({ tasks: [] })
  })

  it('a whole object that is no map is empty, and refused', () => {
    expect(decode(workflowSchema, [])).toMatchObject({ value: { metadata: {}, spec: {} }, problems: [{ code: 'wrong_type' }] })
  })

  it.each([[1, '1'], [1.5, '1.5'], [1e21, '1000000000000000000000'], [1.25e-7, '0.000000125'], [-1e22, '-10000000000000000000000'], [-0, '-0']])('%s is written %s', (number, text) => {
    expect(plainNumber(number)).toBe(text)
  })
})

describe('any data', () => {
  it('gives a value and never an exception', () => {
    fc.assert(fc.property(fc.jsonValue(), (json) => {
      const { value } = decode(workflowSchema, { spec: { templates: [json, { steps: json, dag: json, plugin: json }] }, status: json } as Json)
      expect(typeof value.spec).toBe('object')
    }), { numRuns: 300 })
  })

  it('templates in templates end at the limit', () => {
    let template: Json = { container: { image: 'a' } }
    for (let i = 0; i < decodeDepthMax; i++) template = { steps: [[{ name: 'a', inline: template }]] }
    expect(decode(workflowSchema, { spec: { templates: [template] } }).problems.map((p) => p.code)).toContain('too_deep')
  })

  it('__proto__ is a key like any other', () => {
    const labels: { [key: string]: Json } = {}
    setOwn(labels, '__proto__', 'x')
    const { value } = decode(workflowSchema, { metadata: { labels } })
    expect(Object.keys(value.metadata.labels ?? {})).toEqual(['__proto__'])
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })
})

describe('did you mean', () => {
  it.each([['templats', 'templates'], ['imgae', 'image'], ['ENTRYPOINT', 'entrypoint'], ['x', undefined], ['', undefined]])('%s', (word, close) => {
    expect(nearest(word, ['templates', 'image', 'entrypoint', 'arguments'])).toBe(close)
  })
})

const root = process.env['TIPHYS_CONFORMANCE'] ?? fileURLToPath(new URL('../../../../shared/conformance', import.meta.url))
const folder = `${root}/argo/examples`

/** The data without what absence means anyway, and with texts where numbers were given for them. */
function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty)
  if (typeof value !== 'object' || value === null) return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value
  const entries = Object.entries(value).map(([key, member]) => [key, withoutEmpty(member)] as const)
  return Object.fromEntries(entries.filter(([, member]) => member !== null && member !== '').sort(([a], [b]) => (a < b ? -1 : 1)))
}

describe.skipIf(!existsSync(folder))('published manifests', () => {
  const manifests: Manifest[] = !existsSync(folder) ? [] : readdirSync(folder, { recursive: true }).map(String).filter((name) => /\.ya?ml$/.test(name))
    .flatMap((name) => readManifests(readFileSync(`${folder}/${name}`, 'utf8')).manifests)

  it('read without a problem', () => {
    expect(manifests.length).toBeGreaterThan(200)
    expect(manifests.flatMap((m) => m.problems)).toEqual([])
  })

  it('keep everything on the way to the model and back', () => {
    for (const { object, document } of manifests) expect(withoutEmpty(object)).toEqual(withoutEmpty(document.value))
  })

  it('keep everything on the way through Go’s form and through text', () => {
    for (const manifest of manifests) {
      if (manifest.kind === 'other') continue
      const schema = schemaOfKind(manifest.kind)
      const again = readManifests(emitYaml(goView(schema, manifest.object as unknown as Json))).manifests[0]
      expect(again?.problems).toEqual([])
      expect(goView(schema, again?.object as unknown as Json)).toEqual(goView(schema, manifest.object as unknown as Json))
    }
  })
})
