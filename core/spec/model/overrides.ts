// Owns which fields users may set beside a workflow template when the controller insists on templates.
import type { WorkflowSpec } from '../wire/index.ts'

/** Everything else belongs to the template: new fields are closed until someone opens them. */
const openFields: ReadonlySet<string> = new Set([
  'arguments', 'entrypoint', 'shutdown', 'suspend', 'activeDeadlineSeconds', 'priority', 'ttlStrategy', 'podGC', 'volumeClaimGC', 'archiveLogs',
  'workflowMetadata', 'workflowTemplateRef', 'metrics', 'artifactGC',
])

/** These reach the pods that delete artifacts, so they stay closed although the rest of `artifactGC` is open. */
const closedInArtifactGC = ['podMetadata', 'podSpecPatch', 'serviceAccountName'] as const

/** What the reference calls a field in its message. */
function goName(field: string): string {
  const special: Readonly<Record<string, string>> = { dnsPolicy: 'DNSPolicy', dnsConfig: 'DNSConfig', ttlStrategy: 'TTLStrategy' }
  return special[field] ?? field.charAt(0).toUpperCase() + field.slice(1)
}

/** What a user sets although only the template may; empty when nothing. `also` opens further fields. */
export function closedOverrides(spec: WorkflowSpec, also: ReadonlySet<string> = new Set()): readonly string[] {
  const fields = Object.entries(spec).filter(([field, value]) => !isZero(value) && !openFields.has(field) && !also.has(field)).map(([field]) => goName(field))
  const inGC = closedInArtifactGC.filter((field) => !isZero(spec.artifactGC?.[field])).map((field) => `ArtifactGC.${goName(field)}`)
  return [...fields, ...inGC].sort()
}

/** The spec with only the fields that users may set. */
export function openOverrides(spec: WorkflowSpec, also: ReadonlySet<string> = new Set()): WorkflowSpec {
  const kept = Object.fromEntries(Object.entries(spec).filter(([field]) => openFields.has(field) || also.has(field))) as WorkflowSpec
  if (kept.artifactGC === undefined) return kept
  const { podMetadata: _metadata, podSpecPatch: _patch, serviceAccountName: _account, ...artifactGC } = kept.artifactGC
  return { ...kept, artifactGC }
}

function isZero(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === 0 || value === false) return true
  return typeof value === 'object' && Object.keys(value).length === 0
}
