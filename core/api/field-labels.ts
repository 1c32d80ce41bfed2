// Owns by which fields each kind can be selected, and how it is said that one cannot.
import type { FieldSelector } from '@tiphys/core/kube'
import type { ApiResource } from './resource.ts'

const EVERY: readonly string[] = ['metadata.name', 'metadata.namespace']

/** Kinds that know more than name and namespace. */
const MORE: Readonly<Record<string, readonly string[]>> = {
  Pod: ['spec.nodeName', 'spec.restartPolicy', 'spec.schedulerName', 'spec.serviceAccountName', 'spec.hostNetwork', 'status.phase', 'status.podIP', 'status.podIPs', 'status.nominatedNodeName'],
  Event: [
    'involvedObject.kind', 'involvedObject.namespace', 'involvedObject.name', 'involvedObject.uid', 'involvedObject.apiVersion', 'involvedObject.resourceVersion', 'involvedObject.fieldPath',
    'reason', 'reportingComponent', 'source', 'type',
  ],
  Secret: ['type'],
  Namespace: ['status.phase', 'name'],
  Node: ['spec.unschedulable'],
  Job: ['status.successful'],
}

/** Why a selector cannot be answered; undefined when it can. Argo's kinds may be selected by any field here, which a cluster does not offer. */
export function fieldLabelProblem({ group, kind, jsonSchema, selectable = [] }: ApiResource, fields: FieldSelector): string | undefined {
  if (jsonSchema === undefined && group === 'argoproj.io') return undefined
  const more = jsonSchema !== undefined ? selectable : ['', 'batch'].includes(group) && Object.hasOwn(MORE, kind) ? (MORE[kind] ?? []) : []
  const unknown = fields.find(({ field }) => !EVERY.includes(field) && !more.includes(field))
  if (unknown === undefined) return undefined
  if (jsonSchema !== undefined || more.length > 0) return `field label not supported: ${unknown.field}`
  return `${JSON.stringify(unknown.field)} is not a known field selector: only ${EVERY.map((name) => JSON.stringify(name)).join(', ')}`
}
