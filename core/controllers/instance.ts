// Owns whose an object is where several controllers work side by side.
import type { LabelRequirement } from '@tiphys/core/kube'

export const INSTANCE_LABEL = 'workflows.argoproj.io/controller-instanceid'

/** A controller with an id looks after what bears that id, one without after what bears none (INSTANCE-1). */
export function isManaged(labels: Readonly<Record<string, string>> | undefined, instanceId: string): boolean {
  if (instanceId === '') return labels === undefined || !Object.hasOwn(labels, INSTANCE_LABEL)
  return labels?.[INSTANCE_LABEL] === instanceId
}

/** What is submitted to a controller is its own, whatever it bore before (INSTANCE-2). */
export function asManaged<T extends { readonly labels?: Readonly<Record<string, string>> | undefined }>(metadata: T, instanceId: string): T {
  if (isManaged(metadata.labels, instanceId)) return metadata
  const { [INSTANCE_LABEL]: _, ...labels } = metadata.labels ?? {}
  return { ...metadata, labels: instanceId === '' ? labels : { ...labels, [INSTANCE_LABEL]: instanceId } }
}

/** What selects the objects of a controller (INSTANCE-3). */
export function managedSelector(instanceId: string): LabelRequirement {
  return instanceId === '' ? { key: INSTANCE_LABEL, operator: 'doesNotExist', values: [] } : { key: INSTANCE_LABEL, operator: 'in', values: [instanceId] }
}
