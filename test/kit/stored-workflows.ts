// Owns putting workflows into a run log as if they had run there, from their objects with a status.
import { type StoredRecord, STORED_VERSION, createWorld, restoreRun, storedStatusOf } from '@tiphys/core/engine'
import type { Workflow } from '@tiphys/core/spec'
import type { RunLog } from '@tiphys/shell/ports'

const NOTHING = createWorld({ catalog: { workflowTemplate: () => undefined, clusterWorkflowTemplate: () => undefined, configMap: () => undefined } })

/** Stores a workflow with its status. The lease is given back, so that the run looks like one whose process is gone. */
export async function storeWorkflow(log: RunLog, workflow: Workflow): Promise<void> {
  const { status, ...rest } = workflow
  const { metadata, spec } = rest
  const run = restoreRun({ ...workflow, spec: withoutTemplateRef(spec) }, NOTHING)
  const uid = metadata.uid ?? ''
  const created = await log.create({
    uid, namespace: metadata.namespace ?? 'default', name: metadata.name ?? '', phase: '', createdAt: Date.parse(metadata.creationTimestamp ?? ''),
    labels: metadata.labels ?? {}, template: spec.workflowTemplateRef?.name ?? '', manifest: JSON.stringify(rest),
  })
  if (!created.ok) throw new Error(created.problem.message)
  const record: StoredRecord = {
    v: STORED_VERSION, at: Date.now(), nodes: [...run.nodes.values()], status: { ...storedStatusOf(run), storedSpec: status?.storedWorkflowTemplateSpec },
    templates: status?.storedTemplates ?? {},
  }
  const details = {
    ...(spec.priority !== undefined && { priority: spec.priority }), ...(run.suspended && { suspended: true }), ...(spec.shutdown !== undefined && { shutdown: spec.shutdown }),
  }
  const { phase, message, startedAt, finishedAt, progressDone, progressTotal } = run.status
  const appended = await log.append(uid, created.value.seq, {
    record: JSON.stringify(record),
    change: { phase, message: message ?? '', startedAt, finishedAt, progress: `${progressDone}/${progressTotal}`, labels: metadata.labels ?? {}, details: JSON.stringify(details) },
  })
  if (!appended.ok) throw new Error(appended.problem.message)
  await log.release(uid)
}

/** The template is merged into the stored spec already; looking it up would need it. */
function withoutTemplateRef(spec: Workflow['spec']): Workflow['spec'] {
  const { workflowTemplateRef: _ref, ...rest } = spec
  return rest
}
