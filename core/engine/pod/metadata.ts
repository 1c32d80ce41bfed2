// Owns the labels and annotations of a pod.
import { formatDuration, parseDuration } from '@tiphys/core/kube'
import type { Metadata } from '@tiphys/core/spec'
import { type PodDraft, mainContainerName } from './draft.ts'
import { lateValue } from './late-text.ts'
import type { PodInput } from './pod-input.ts'

const domain = 'workflows.argoproj.io'
const defaultContainerAnnotation = 'kubectl.kubernetes.io/default-container'
const defaultDeleteDelayNs = 5_000_000_000n

/** Labels and annotations that every pod of the node starts with. */
export function nodeMetadata(input: PodInput): { labels: Record<string, string>; annotations: Record<string, string> } {
  const labels: Record<string, string> = { [`${domain}/workflow`]: input.workflow.name, [`${domain}/completed`]: 'false' }
  if (input.onExit) labels[`${domain}/on-exit`] = 'true'
  if (input.config.instanceId) labels[`${domain}/controller-instanceid`] = input.config.instanceId
  return { labels, annotations: { [`${domain}/node-name`]: input.nodeName, [`${domain}/node-id`]: input.nodeId } }
}

/** Adds what depends on containers and on the workflow; the user's own metadata has the last word. */
export function addMetadata(draft: PodDraft): void {
  const { annotations, labels, input } = draft
  const names = draft.spec.containers.map((container) => container.name)
  annotations[defaultContainerAnnotation] = names.includes(mainContainerName) ? mainContainerName : (names[names.length - 1] ?? '')
  const podGC = input.spec.podGC
  if (podGC !== undefined) annotations[`${domain}/pod-gc-strategy`] = `${podGC.strategy ?? ''}/${deleteDelay(input)}`
  const common = lateValue<Metadata | undefined>(draft, input.spec.podMetadata)
  Object.assign(annotations, common?.annotations, input.template.metadata?.annotations)
  Object.assign(labels, common?.labels, input.template.metadata?.labels)
}

/** The workflow's delay if it can be read, else the configured one, printed as a Go duration. */
function deleteDelay(input: PodInput): string {
  const own = input.spec.podGC?.deleteDelayDuration
  for (const text of [own, input.config.podGCDeleteDelayDuration]) {
    if (text === undefined || text === '') continue
    const parsed = parseDuration(text)
    if (parsed.ok && parsed.value >= 0n) return formatDuration(parsed.value)
  }
  return formatDuration(defaultDeleteDelayNs)
}
