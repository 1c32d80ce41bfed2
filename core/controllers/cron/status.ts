// Owns how the status of a cron workflow changes: each change gives a new object.
import type { Condition, CronWorkflow, CronWorkflowStatus, ObjectReference } from '@tiphys/core/spec'

export const COMPLETED_LABEL = 'cronworkflows.argoproj.io/completed'

export type CronCondition = 'SpecError' | 'SubmissionError'

export function statusOf({ status }: CronWorkflow): CronWorkflowStatus {
  return {
    active: status?.active ?? [], conditions: status?.conditions ?? [], succeeded: status?.succeeded ?? 0, failed: status?.failed ?? 0, phase: status?.phase ?? '',
    ...(status?.lastScheduledTime !== undefined && { lastScheduledTime: status.lastScheduledTime }),
  }
}

export function withStatus(cron: CronWorkflow, change: Partial<CronWorkflowStatus>): CronWorkflow {
  return { ...cron, status: { ...statusOf(cron), ...change } }
}

export function withCondition(cron: CronWorkflow, type: CronCondition, message: string): CronWorkflow {
  const { conditions } = statusOf(cron)
  const condition: Condition = { type, status: 'True', message } as Condition
  const found = conditions.some((known) => known.type === type)
  return withStatus(cron, { conditions: found ? conditions.map((known) => (known.type === type ? condition : known)) : [...conditions, condition] })
}

export function withoutCondition(cron: CronWorkflow, type: CronCondition): CronWorkflow {
  const { conditions } = statusOf(cron)
  return conditions.some((known) => known.type === type) ? withStatus(cron, { conditions: conditions.filter((known) => known.type !== type) }) : cron
}

/** A workflow that could not be submitted counts as failed (CRON-31). */
export function withSubmissionError(cron: CronWorkflow, message: string): CronWorkflow {
  return withStatus(withCondition(cron, 'SubmissionError', message), { failed: statusOf(cron).failed + 1 })
}

export function stopped(cron: CronWorkflow): CronWorkflow {
  return withStatus({ ...cron, metadata: { ...cron.metadata, labels: { ...cron.metadata.labels, [COMPLETED_LABEL]: 'true' } } }, { phase: 'Stopped' })
}

/** Undefined takes the annotation away. */
export function annotated(cron: CronWorkflow, name: string, value: string | undefined): CronWorkflow {
  const { [name]: before, ...others } = cron.metadata.annotations ?? {}
  if (before === value) return cron
  return { ...cron, metadata: { ...cron.metadata, annotations: value === undefined ? others : { ...others, [name]: value } } }
}

/** How a cron workflow refers to one that it started. */
export function referenceOf(child: { readonly name: string; readonly namespace: string; readonly uid: string; readonly resourceVersion: string }): ObjectReference {
  return { apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', name: child.name, namespace: child.namespace, uid: child.uid, resourceVersion: child.resourceVersion }
}
