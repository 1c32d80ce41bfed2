// Whether a workflow may run at all: its shape, and the reference's own verdict on it.
import { type Workflow, placeProblem, validateWorkflow } from '@tiphys/core/spec'
import type { ObjectCatalog } from '@tiphys/shell/runtime'
import { type Finding, type Sourced, refusals } from './input.ts'

/** Everything that forbids running the workflow; empty when it may run. */
export function admissionFindings(source: Sourced, workflow: Workflow, catalog: ObjectCatalog): readonly Finding[] {
  const shape = refusals(source)
  if (shape.length > 0) return shape
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
