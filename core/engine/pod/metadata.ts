// Owns the labels and annotations of a pod.
import { formatDuration, parseDuration } from '@tiphys/core/kube'
import type { Metadata, PodGC } from '@tiphys/core/spec'
import { type PodDraft, mainContainerName } from './draft.ts'
import { lateValue } from './late-text.ts'
import type { PodInput } from './pod-input.ts'

const defaultDeleteDelayNs = 5_000_000_000n

/** Labels that every pod of the node starts with. */
export function nodeLabels(input: PodInput): Record<string, string> {
  const labels: Record<string, string> = { 'workflows.argoproj.io/workflow': input.workflow.name, 'workflows.argoproj.io/completed': 'false' }
  if (input.onExit) labels['workflows.argoproj.io/on-exit'] = 'true'
  if (input.config.instanceId) labels['workflows.argoproj.io/controller-instanceid'] = input.config.instanceId
  return labels
}

/** Annotations that every pod of the node starts with. */
export function nodeAnnotations(input: PodInput): Record<string, string> {
  return { 'workflows.argoproj.io/node-name': input.nodeName, 'workflows.argoproj.io/node-id': input.nodeId, 'kubectl.kubernetes.io/default-container': mainContainerName }
}

/** Adds what depends on containers and on the workflow; the user's own metadata has the last word. */
export function addMetadata(draft: PodDraft): void {
  const { annotations, input } = draft
  const { containers } = draft.spec
  if (!containers.some((container) => container.name === mainContainerName)) {
    annotations['kubectl.kubernetes.io/default-container'] = containers[containers.length - 1]?.name ?? ''
  }
  const podGC = input.spec.podGC
  if (podGC !== undefined) annotations['workflows.argoproj.io/pod-gc-strategy'] = collection(podGC, input.config.podGCDeleteDelayDuration)
  addFrom(draft, lateValue<Metadata | undefined>(draft, input.spec.podMetadata))
  addFrom(draft, draft.template.metadata)
}

function addFrom(draft: PodDraft, metadata: Metadata | undefined): void {
  if (metadata?.annotations !== undefined) Object.assign(draft.annotations, metadata.annotations)
  if (metadata?.labels !== undefined) Object.assign(draft.labels, metadata.labels)
}

// The same for every pod of a workflow, and costly to print.
const collections = new WeakMap<PodGC, { readonly configured: string | undefined; readonly text: string }>()

/** When a pod is deleted: the strategy and the delay, as a Go duration. */
function collection(podGC: PodGC, configured: string | undefined): string {
  const known = collections.get(podGC)
  if (known !== undefined && known.configured === configured) return known.text
  const text = `${podGC.strategy ?? ''}/${deleteDelay(podGC.deleteDelayDuration, configured)}`
  collections.set(podGC, { configured, text })
  return text
}

/** The workflow's delay if it can be read, else the configured one. */
function deleteDelay(own: string | undefined, configured: string | undefined): string {
  for (const text of [own, configured]) {
    if (text === undefined || text === '') continue
    const parsed = parseDuration(text)
    if (parsed.ok && parsed.value >= 0n) return formatDuration(parsed.value)
  }
  return formatDuration(defaultDeleteDelayNs)
}
