// Checks what workflows may bring where only templates may be run.
import { expect, it } from 'vitest'
import { readManifests, type Workflow, type WorkflowTemplate } from '@tiphys/core/spec'
import { createRun, createWorld, step } from './index.ts'

const TEMPLATE = readManifests(`kind: WorkflowTemplate
metadata: { name: known }
spec: { entrypoint: main, templates: [{ name: main, container: { image: busybox, command: ["true"] } }] }
`).manifests[0]?.object as WorkflowTemplate

function begun(spec: string, mustReference: boolean) {
  const catalog = { workflowTemplate: () => TEMPLATE, clusterWorkflowTemplate: () => undefined, configMap: () => undefined }
  const world = createWorld({ catalog, config: { mustReference } })
  const text = `kind: Workflow\nmetadata: { name: w, namespace: home, uid: u, creationTimestamp: "2024-05-01T10:00:00Z" }\nspec: ${spec}\n`
  const run = createRun(readManifests(text).manifests[0]?.object as Workflow, world)
  step(run, [{ type: 'started', at: 0 }], world)
  return `${run.status.phase} ${run.status.message ?? ''}`.trim()
}

const OWN = '{ entrypoint: main, templates: [{ name: main, container: { image: busybox, command: ["true"] } }] }'

it.each([
  [OWN, false, 'Running'],
  [OWN, true, 'Error workflows must use workflowTemplateRef to be executed when the controller is in reference mode'],
  ['{ workflowTemplateRef: { name: known }, priority: 3, arguments: { parameters: [{ name: a, value: b }] } }', true, 'Running'],
  ['{ workflowTemplateRef: { name: known }, serviceAccountName: admin, hostNetwork: true }', true, 'Error fields [HostNetwork ServiceAccountName] are not permitted when using workflowTemplateRef with templateReferencing restriction'],
])('START-8 %s, restricted: %s', (spec, mustReference, expected) => {
  expect(begun(spec, mustReference)).toBe(expected)
})
