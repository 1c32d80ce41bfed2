// Checks which given parameters are warned about: only those that nothing can read.
import type { Workflow } from '@tiphys/core/spec'
import { expect, it } from 'vitest'
import { unusedParameters } from './unused-parameters.ts'

function workflow(args: string): Workflow {
  const main = { name: 'main', inputs: { parameters: [{ name: 'greeting' }] }, container: { name: '', image: 'busybox', args: [args] } }
  return { apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', metadata: { name: 'a' }, spec: { entrypoint: 'main', arguments: { parameters: [{ name: 'name', value: 'x' }] }, templates: [main] } }
}

it.each([
  ['a declared one', 'hello', 'name=1', []],
  ['an input of a template', 'hello', 'greeting=1', []],
  ['one that is only mentioned', '{{workflow.parameters.extra}}', 'extra=1', []],
  ['any, where all are read as a list', '{{workflow.parameters.json}}', 'whatever=1', []],
  ['any, where an expression computes the name', '{{=workflow.parameters["a" + "b"]}}', 'whatever=1', []],
  ['a misspelt one', 'hello', 'nmae=1', ['warning: nothing reads a parameter "nmae"; did you mean "name"?']],
  ['a strange one', 'hello', 'quux=1', ['warning: nothing reads a parameter "quux"']],
])('warns as it should of %s', (_what, args, given, warnings) => {
  expect(unusedParameters([given], workflow(args), [])).toEqual(warnings)
})
