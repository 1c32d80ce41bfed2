// Owns the verdict on the reference's own manifests: whether a server would take each of them.
import type { ClusterWorkflowTemplate, Manifest, TemplateCatalog, Workflow, WorkflowTemplate } from '@tiphys/core/spec'
import { validateCronWorkflow, validateWorkflow, validateWorkflowTemplate } from '@tiphys/core/spec'
import type { Surrounding } from './needs.ts'

const namespace = 'default'

/** Why a workflow is not taken; undefined when it is. */
export function refusalOf(workflow: Workflow, around: readonly Surrounding[]): string | undefined {
  return validateWorkflow(workflow, { purpose: 'submit', namespace, catalog: catalogOf(around) })?.message
}

/** Why an object is not taken; undefined when it is, or when it is none of the kinds that are judged. */
export function manifestRefusal(manifest: Manifest, around: readonly Surrounding[]): string | undefined {
  const catalog = catalogOf(around)
  if (manifest.kind === 'Workflow') return refusalOf(manifest.object, around)
  if (manifest.kind === 'CronWorkflow') return validateCronWorkflow(manifest.object, { namespace, catalog })?.message
  if (manifest.kind !== 'WorkflowTemplate' && manifest.kind !== 'ClusterWorkflowTemplate') return undefined
  return validateWorkflowTemplate(manifest.object, { purpose: 'create', namespace, catalog })?.message
}

function catalogOf(around: readonly Surrounding[]): TemplateCatalog {
  const find = (kind: string, name: string): unknown => around.find((other) => other.kind === kind && other.metadata?.name === name)
  return {
    workflowTemplate: (_namespace: string, name: string) => find('WorkflowTemplate', name) as WorkflowTemplate | undefined,
    clusterWorkflowTemplate: (name: string) => find('ClusterWorkflowTemplate', name) as ClusterWorkflowTemplate | undefined,
  }
}
