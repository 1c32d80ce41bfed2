// Proves the verdict of the reference on manifests that are odd in ways which are easy to get wrong.
import { describe, expect, it } from 'vitest'
import { readUniverse, referenceVerdict } from './index.ts'

const verdict = (...texts: readonly string[]): boolean => referenceVerdict(readUniverse(texts.map((text, i) => ({ path: `${i}.yaml`, text })))).ok

const workflow = (more: Record<string, string> = {}): string => {
  const { head = 'apiVersion: argoproj.io/v1alpha1', name = 'odd', spec = 'parallelism: 1', call = '', tail = '' } = more
  return `${head}
kind: Workflow
metadata:
  name: ${name}
spec:
  ${spec}
  entrypoint: main
  templates:
  - name: main
    steps:
    - - name: a
        template: leaf
        ${call}
  - name: leaf
    inputs: {parameters: [{name: x, default: "1"}]}
    container: {image: i}
${tail}`
}

const cases: readonly (readonly [string, boolean, string])[] = [
  ['as it is', true, workflow()],
  ['a byte order mark at the beginning is passed over', true, `\ufeff${workflow()}`],
  ['a byte order mark inside is part of the name of a key', false, workflow({ spec: 'parallelism: 1\n\ufeffx: 1' })],
  ['a name of 63 letters', true, workflow({ name: 'x'.repeat(63) })],
  ['a name of 63 letters that take 64 bytes', false, workflow({ name: `${'x'.repeat(62)}é` })],
  ['a tag of one "!" makes text', true, workflow({ name: '! 5' })],
  ['a tag of one "!" makes text of a number', false, workflow({ spec: 'parallelism: ! 5' })],
  ['a tag of one "!" makes text of nothing', false, workflow({ spec: 'parallelism: !' })],
  ['an integer with a fraction is none', false, workflow({ spec: 'parallelism: !!int 5.0' })],
  ['a timestamp that is none', false, workflow({ name: '!!timestamp 5' })],
  ['a timestamp stays text', true, workflow({ name: '!!timestamp 2024-01-31' })],
  ['a day that the month does not have', false, workflow({ name: '!!timestamp 2023-02-29' })],
  ['the largest whole number of 64 bits', true, workflow({ spec: 'parallelism: 9223372036854775807' })],
  ['one more than that', false, workflow({ spec: 'parallelism: 9223372036854775808' })],
  ['one less than the smallest whole number of 64 bits', false, workflow({ spec: 'parallelism: -9223372036854775809' })],
  ['64 bits in hexadecimal are a number', false, workflow({ name: '0xFFFFFFFFFFFFFFFF' })],
  ['more than 64 bits in hexadecimal are text', true, workflow({ name: '0x10000000000000000' })],
  ['a quantity with a line break', false, workflow({ spec: 'podResources: {limits: {cpu: "1\\n"}}' })],
  ['a quantity between blanks', true, workflow({ spec: 'podResources: {limits: {cpu: " 1 "}}' })],
  ['merging an alias of a list', false, workflow({ call: 'arguments: &x [{parameters: []}]\n        <<: *x' })],
  ['a directive of another version behind the end is not looked at', true, workflow({ tail: '%YAML 1.2' })],
  ['an endless number as the name of a label', true, workflow({ spec: 'nodeSelector: {.inf: x}' })],
  ['an API version in three parts hides the kind', false, workflow({ head: 'apiVersion: a/b/c' })],
  ['an API version in three parts, of another object', false, workflow({ tail: '---\napiVersion: a/b/c\nkind: Pod' })],
  ['of an argument named twice, in capitals too, the last in order counts', true, workflow({ call: 'arguments: {parameters: [{name: x, NAME: "?", value: "1"}]}' })],
  ['below a step names may be in capitals, with letters that fold to ASCII too', false, workflow({ call: 'arguments: {parameter\u017f: 1}' })],
  ['an event binding that is wrong beside a workflow', false, workflow({ tail: '---\nkind: WorkflowEventBinding\nspecs: {}' })],
  ['an event binding that is right beside a workflow', true, workflow({ tail: '---\nkind: WorkflowEventBinding\nmetadata: {name: b}' })],
  ['an expression without an end as the default of an input', false, workflow().replace('default: "1"', 'default: "{{=1 +"').replace('image: i', 'image: "{{inputs.parameters.x}}"')],
  ['an inline template beside a reference to nothing', false, workflow({ call: 'inline: {suspend: {}}' }).replace('template: leaf', 'templateRef: {name: none, template: none}')],
]

const json = (call: string, more = ''): string =>
  `{"kind": "Workflow", "apiVersion": "argoproj.io/v1alpha1", "metadata": {"name": "odd"}, "spec": {"entrypoint": "main", ${more}
  "templates": [{"name": "main", "steps": [[{"name": "a", ${call} "template": "leaf"}]]}, {"name": "leaf", "container": {"image": "i"}}]}}`

const jsonCases: readonly (readonly [string, boolean, string])[] = [
  ['as it is', true, json('')],
  ['a key that stands twice', false, json('', '"entrypoint": "main",')],
  ['a key of a step that stands twice', true, json('"template": "none",')],
  ['a value that a later one of the same key replaces is read as well', false, json('"template": 1,')],
  ['a whole number with a fraction of nothing', false, json('', '"parallelism": 1.0,')],
  ['a whole number with an exponent', false, json('', '"parallelism": 1e2,')],
  ['a number beyond all floats hides the kind', false, json('', '"priority": 1e400,')],
]

describe('odd YAML', () => {
  it.each(cases)('%s: %s', (_, ok, text) => {
    expect(verdict(text)).toBe(ok)
  })

  it('an event binding that is wrong, in a file of its own, is passed over', () => {
    expect(verdict(workflow(), 'kind: WorkflowEventBinding\nspecs: {}')).toBe(true)
  })
})

describe('odd JSON', () => {
  it.each(jsonCases)('%s: %s', (_, ok, text) => {
    expect(verdict(text)).toBe(ok)
  })
})
