// Checks which objects commands find in files, and what is said of the rest.
import { describe, expect, it } from 'vitest'
import type { Entry } from './go-log.ts'
import { objectsOfKind } from './manifests.ts'

const SPEC = '{"entrypoint":"main","templates":[{"name":"main","container":{"image":"a"}}]}'

function read(text: string, { argo = true, strict = true } = {}): { readonly names: readonly string[]; readonly told: readonly string[]; readonly own: readonly string[]; readonly refused?: string } {
  const entries: Entry[] = []
  const told = (): readonly string[] => entries.map(({ message, fields }) => `${message} ${JSON.stringify(fields)}`)
  const own = (): readonly string[] => entries.map((entry) => entry.own)
  try {
    const found = objectsOfKind(text, 'Workflow', { argo, strict, tell: (entry) => entries.push(entry), refuse: (message) => new Error(message) })
    return { names: found.map(({ object }) => object.metadata.name ?? ''), told: told(), own: own() }
  } catch (error) {
    return { names: [], told: told(), own: own(), refused: (error as Error).message }
  }
}

const IGNORED = 'Object is not of kind Workflow. Ignoring... '
const INVALID = 'yaml file is not valid '

describe('objects in a text', () => {
  it('are passed over where they are of other kinds; only those of the engine have names for the reference', () => {
    const text = `kind: ConfigMap\nmetadata: {name: cm}\n---\n# nothing\n---\nkind: WorkflowTemplate\nmetadata: {name: t}\nspec: ${SPEC}\n---\nkind: Workflow\nmetadata: {name: w}\nspec: ${SPEC}\n`
    expect(read(text)).toMatchObject({ names: ['w'], told: [`${IGNORED}{"name":""}`, `${IGNORED}{"name":""}`, `${IGNORED}{"name":"t"}`] })
    expect(read(text, { argo: false })).toMatchObject({ names: ['w'], own: ['passed over "cm": it is no Workflow', 'passed over "t": it is no Workflow'] })
  })

  it.each([
    ['just text', 'json: cannot unmarshal string into Go value of type map[string]interface {}'],
    ['- a', 'json: cannot unmarshal array into Go value of type map[string]interface {}'],
    ['b: 1\na: 2', `Object 'Kind' is missing in '{"a":2,"b":1}'`],
  ])('%j is no object of any kind', (text, why) => {
    expect(read(text)).toMatchObject({ names: [], told: [`${INVALID}${JSON.stringify({ error: `error unmarshaling JSON: while decoding JSON: ${why}`, index: 0 })}`] })
  })

  it('a tab in the place of blanks is told without a line at the beginning', () => {
    expect(read('\ta: b').told[0]).toContain('yaml: found character that cannot start any token')
    expect(read('\n\n\ta: b').told[0]).toContain('yaml: line 3: found character that cannot start any token')
  })

  it('are whatever JSON fits, for the reference', () => {
    expect(read(`{"kind":"WorkflowTemplate","metadata":{"name":"j"},"spec":${SPEC}}`).names).toEqual(['j'])
    expect(read(`{"kind":"WorkflowTemplate","metadata":{"name":"j"},"spec":${SPEC}}`, { argo: false }).names).toEqual([])
    expect(read('{"text":5}')).toMatchObject({ names: [], told: [`${IGNORED}{"name":""}`] })
    expect(read('{"text":5}', { strict: false }).names).toEqual([''])
  })

  it('are passed over without a word where a key stands twice, if they are read strictly', () => {
    const text = 'kind: Workflow\nmetadata: {name: d}\nspec: {entrypoint: a, entrypoint: b}\n'
    expect(read(text)).toMatchObject({ names: [], told: [] })
    expect(read(text, { strict: false }).names).toEqual(['d'])
    expect(read(text, { argo: false }).names).toEqual(['d'])
  })

  it('are refused for values of other types and unknown fields, in the order of their keys', () => {
    const spec = 'kind: Workflow\nmetadata: {name: w}\nspec:\n'
    expect(read(`${spec}  parallelism: three\n`).refused).toBe('json: cannot unmarshal string into Go struct field WorkflowSpec.spec.parallelism of type int64')
    expect(read(`${spec}  parallelism: three\n`, { argo: false }).refused).toBe('spec.parallelism: expected a whole number, found the text "three"')
    expect(read(`${spec}  zebra: 1\n  ape: 1\n`).refused).toBe('strict decoding error: unknown field "spec.ape", unknown field "spec.zebra"')
    expect(read(`${spec}  zebra: 1\n  ape: 1\n`, { argo: false }).refused).toBe('strict decoding error: unknown field "spec.zebra", unknown field "spec.ape"')
  })
})
