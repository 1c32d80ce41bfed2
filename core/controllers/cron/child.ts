// Owns the workflow that a tick starts: its name, labels and owner (CRON-10 … CRON-12).
import { rfc3339 } from '@tiphys/core/kube'
import type { CronWorkflow, Workflow } from '@tiphys/core/spec'

const WORKFLOWS = 'workflows.argoproj.io/'
export const CRON_LABEL = `${WORKFLOWS}cron-workflow`
const INSTANCE_LABEL = `${WORKFLOWS}controller-instanceid`
const CREATOR_LABELS = ['creator', 'creator-email', 'creator-preferred-username'].map((name) => WORKFLOWS + name)

/** The same tick gives the same name, so that a workflow cannot be started twice. */
export function childName(cron: CronWorkflow, tick: number): string {
  return `${cron.metadata.name ?? ''}-${Math.floor(tick / 1000)}`
}

export function childOf(cron: CronWorkflow, tick: number): Workflow {
  const { metadata, spec } = cron
  const { labels = {} } = metadata
  const { workflowMetadata = {} } = spec
  const handedOn = [...CREATOR_LABELS, INSTANCE_LABEL].flatMap((key) => (labels[key] === undefined ? [] : [[key, labels[key]] as const]))
  const { finalizers = [] } = workflowMetadata
  return {
    apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow',
    metadata: {
      name: childName(cron, tick), ...(metadata.namespace !== undefined && { namespace: metadata.namespace }),
      labels: { ...Object.fromEntries(handedOn), [CRON_LABEL]: metadata.name ?? '', ...workflowMetadata.labels },
      annotations: { [`${WORKFLOWS}scheduled-time`]: rfc3339(tick), ...workflowMetadata.annotations },
      ...(finalizers.length > 0 && { finalizers }),
      ownerReferences: [{ apiVersion: 'argoproj.io/v1alpha1', kind: 'CronWorkflow', name: metadata.name ?? '', uid: metadata.uid ?? '', controller: true, blockOwnerDeletion: true }],
    },
    spec: spec.workflowSpec,
  }
}
