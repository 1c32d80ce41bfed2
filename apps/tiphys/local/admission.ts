// Whether a workflow may run at all: its shape, its name, and the reference's own verdict on it.
import { dnsLabelProblems, dnsSubdomainProblems } from '@tiphys/core/kube'
import { type Workflow, placeProblem, validateWorkflow } from '@tiphys/core/spec'
import type { ObjectCatalog } from '@tiphys/shell/runtime'
import { type Finding, type Sourced, refusals } from './input.ts'

/** Everything that forbids running the workflow; empty when it may run. */
export function admissionFindings(source: Sourced, workflow: Workflow, catalog: ObjectCatalog): readonly Finding[] {
  const shape = refusals(source)
  if (shape.length > 0) return shape
  const named = nameFindings(source, workflow)
  if (named.length > 0) return named
  const namespace = workflow.metadata.namespace ?? 'default'
  const invalid = validateWorkflow(workflow, {
    purpose: 'submit',
    namespace,
    catalog: {
      workflowTemplate: (home: string, name: string) => catalog.workflowTemplate(home || namespace, name),
      clusterWorkflowTemplate: (name: string) => catalog.clusterWorkflowTemplate(name),
    },
  })
  if (invalid === undefined) return []
  const placed = placeProblem(source.manifest.document, { code: 'invalid', message: invalid.message, path: invalid.place.path })
  return [{ file: source.file, ...placed }]
}

/** What a cluster's API refuses before the reference sees it. */
function nameFindings({ file, manifest }: Sourced, { metadata }: Workflow): readonly Finding[] {
  // Who simulates may leave the name to us.
  const named = (metadata.name ?? '') === '' ? [] : dnsSubdomainProblems(metadata.name ?? '')
  const wrong = [
    ...named.map((problem) => ({ field: 'name', message: `${JSON.stringify(metadata.name)} cannot be the name of a workflow: ${problem}` })),
    ...dnsLabelProblems(metadata.namespace ?? 'default').map((problem) => ({ field: 'namespace', message: `${JSON.stringify(metadata.namespace)} cannot be a namespace: ${problem}` })),
  ]
  return wrong.map(({ field, message }) => ({ file, ...placeProblem(manifest.document, { code: 'name_invalid', message, path: ['metadata', field] }) }))
}
