// Owns where a pod runs and as whom: of each field the template's value counts, then the caller's, then the workflow's.
import type { Template } from '@tiphys/core/spec'
import type { PodDraft } from './draft.ts'
import { lateValue } from './late-text.ts'

/** Fields that only the workflow has. */
export function addWorkflowFields(draft: PodDraft): void {
  const { input, spec } = draft
  const from = input.spec
  if (from.imagePullSecrets !== undefined) spec.imagePullSecrets = lateValue(draft, from.imagePullSecrets)
  if (from.hostNetwork === true) spec.hostNetwork = true
  if (from.dnsPolicy !== undefined) spec.dnsPolicy = lateValue(draft, from.dnsPolicy)
  if (from.dnsConfig !== undefined) spec.dnsConfig = lateValue(draft, from.dnsConfig)
}

export function addScheduling(draft: PodDraft): void {
  const { spec, template } = draft
  const { boundaryTemplate: boundary, spec: workflow } = draft.input
  spec.nodeSelector = filled(template.nodeSelector) ?? lateValue(draft, filled(boundary?.nodeSelector) ?? filled(workflow.nodeSelector))
  spec.affinity = template.affinity ?? lateValue(draft, boundary?.affinity ?? workflow.affinity)
  spec.tolerations = filled(template.tolerations) ?? lateValue(draft, filled(boundary?.tolerations) ?? filled(workflow.tolerations))
  spec.schedulerName = template.schedulerName || lateValue(draft, workflow.schedulerName)
  spec.priorityClassName = template.priorityClassName || lateValue(draft, workflow.podPriorityClassName)
  spec.securityContext = template.securityContext ?? lateValue(draft, workflow.securityContext)
  spec.resourceClaims = filled(template.resourceClaims) ?? lateValue(draft, filled(workflow.resourceClaims))
  spec.resources = template.podResources ?? lateValue(draft, workflow.podResources)
  const aliases = filled(workflow.hostAliases)
  const common = aliases === undefined ? undefined : lateValue(draft, aliases)
  spec.hostAliases = common === undefined ? filled(template.hostAliases) : [...common, ...(template.hostAliases ?? [])]
}

/** Account and token. Without a token of its own the executor could not report, which is an error rather than a silent hang. */
export function addServiceAccount(draft: PodDraft): void {
  const { spec, template } = draft
  const workflow = draft.input.spec
  spec.serviceAccountName = template.serviceAccountName || lateValue(draft, workflow.serviceAccountName)
  const automount = template.automountServiceAccountToken ?? workflow.automountServiceAccountToken
  if (automount !== false) return
  spec.automountServiceAccountToken = false
  if (executorServiceAccount(template, workflow.executor?.serviceAccountName) === '') {
    draft.problem ??= 'executor.serviceAccountName must not be empty if automountServiceAccountToken is false'
  }
}

/** The account whose token the executor's containers get; empty for that of the pod. */
export function executorServiceAccount(template: Template, workflowAccount: string | undefined): string {
  return template.executor?.serviceAccountName || workflowAccount || ''
}

function filled<T extends object>(value: T | undefined): T | undefined {
  return value !== undefined && Object.keys(value).length > 0 ? value : undefined
}
