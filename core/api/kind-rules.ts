// Owns what single built-in kinds ask of their objects beyond their shape: what must be set, what goes together, what never changes.
import { type Json, type JsonObject, dnsSubdomainProblems, isJsonArray, isJsonObject, jsonEqual } from '@tiphys/core/kube'
import { textAt, valueAt } from './columns.ts'
import type { ApiResource } from './resource.ts'

export interface FieldProblem {
  readonly field: string
  readonly message: string
}

/** `before` is the object as it stands, absent for a new one. Undefined when all is well. */
type KindRule = (object: JsonObject, before: JsonObject | undefined) => FieldProblem | undefined

const RBAC = 'rbac.authorization.k8s.io'

const rules: Readonly<Record<string, KindRule>> = {
  ConfigMap: frozen(['data', 'binaryData', 'immutable']),
  Secret: (object, before) => changed(object, before, ['type']) ?? frozen(['data', 'immutable'])(object, before),
  PersistentVolumeClaim: claimProblem,
  RoleBinding: bindingProblem,
  ClusterRoleBinding: bindingProblem,
  Pod: (object, before) => (changed(object, before, ['spec']) === undefined ? undefined : { field: 'spec', message: 'Forbidden: pod updates may not change what runs' }),
  Job: jobProblem,
  CustomResourceDefinition: definitionProblem,
}

export function kindProblem({ kind, group, jsonSchema }: ApiResource, object: JsonObject, before: JsonObject | undefined): FieldProblem | undefined {
  if (jsonSchema === undefined && group === 'argoproj.io') return kind !== 'WorkflowTaskResult' && !isJsonObject(object['spec']) ? { field: 'spec', message: 'Required value' } : undefined
  if (jsonSchema !== undefined || !['', RBAC, 'batch', 'apiextensions.k8s.io'].includes(group)) return undefined
  return Object.hasOwn(rules, kind) ? rules[kind]?.(object, before) : undefined
}

function changed(object: JsonObject, before: JsonObject | undefined, path: readonly string[]): FieldProblem | undefined {
  if (before === undefined || jsonEqual(valueAt(object, path) ?? null, valueAt(before, path) ?? null)) return undefined
  return { field: path.join('.'), message: `Invalid value: ${shown(valueAt(object, path))}: field is immutable` }
}

function shown(value: Json | undefined): string {
  return JSON.stringify(value ?? null).slice(0, 200)
}

function frozen(fields: readonly string[]): KindRule {
  return (object, before) => {
    if (valueAt(before, ['immutable']) !== true) return undefined
    const field = fields.find((name) => !jsonEqual(valueAt(object, [name]) ?? null, valueAt(before, [name]) ?? null))
    return field === undefined ? undefined : { field, message: 'Forbidden: field is immutable when `immutable` is set' }
  }
}

/** The size that is asked for may grow; all else was settled when the claim was made. */
function claimProblem(object: JsonObject, before: JsonObject | undefined): FieldProblem | undefined {
  const modes = valueAt(object, ['spec', 'accessModes'])
  if (!isJsonArray(modes) || modes.length === 0) return { field: 'spec.accessModes', message: 'Required value: at least 1 access mode is required' }
  if (textAt(object, ['spec', 'resources', 'requests', 'storage']) === '') return { field: 'spec.resources[storage]', message: 'Required value' }
  const rest = (claim: JsonObject): Json => ({ ...(isJsonObject(claim['spec']) ? claim['spec'] : {}), resources: null, volumeName: null })
  if (before === undefined || jsonEqual(rest(object), rest(before))) return undefined
  return { field: 'spec', message: 'Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims' }
}

function bindingProblem(object: JsonObject, before: JsonObject | undefined): FieldProblem | undefined {
  const [group, kind, name] = ['apiGroup', 'kind', 'name'].map((field) => textAt(object, ['roleRef', field]))
  if (group !== RBAC) return { field: 'roleRef.apiGroup', message: `Unsupported value: ${shown(group)}: supported values: "${RBAC}"` }
  const kinds = object['kind'] === 'RoleBinding' ? ['Role', 'ClusterRole'] : ['ClusterRole']
  if (!kinds.includes(kind ?? '')) return { field: 'roleRef.kind', message: `Unsupported value: ${shown(kind)}: supported values: ${kinds.map((text) => JSON.stringify(text)).join(', ')}` }
  if (name === '') return { field: 'roleRef.name', message: 'Required value' }
  const same = before === undefined || jsonEqual(object['roleRef'] ?? null, before['roleRef'] ?? null)
  if (!same) return { field: 'roleRef', message: `Invalid value: ${shown(object['roleRef'])}: cannot change roleRef` }
  const subjects = object['subjects']
  const index = isJsonArray(subjects) ? subjects.findIndex((subject) => !['User', 'Group', 'ServiceAccount'].includes(textAt(subject, ['kind']))) : -1
  return index < 0 ? undefined : { field: `subjects[${index}].kind`, message: 'Unsupported value: supported values: "ServiceAccount", "User", "Group"' }
}

function jobProblem(object: JsonObject, before: JsonObject | undefined): FieldProblem | undefined {
  const policy = textAt(object, ['spec', 'template', 'spec', 'restartPolicy'])
  if (!['Never', 'OnFailure'].includes(policy)) {
    return { field: 'spec.template.spec.restartPolicy', message: `Required value: valid values: "OnFailure", "Never"` }
  }
  const containers = valueAt(object, ['spec', 'template', 'spec', 'containers'])
  if (!isJsonArray(containers) || containers.length === 0) return { field: 'spec.template.spec.containers', message: 'Required value' }
  return changed(object, before, ['spec', 'template', 'spec']) ?? changed(object, before, ['spec', 'completions'])
}

function definitionProblem(object: JsonObject, before: JsonObject | undefined): FieldProblem | undefined {
  const [group, plural, name] = [textAt(object, ['spec', 'group']), textAt(object, ['spec', 'names', 'plural']), textAt(object, ['metadata', 'name'])]
  if (name !== `${plural}.${group}`) return { field: 'metadata.name', message: `Invalid value: ${shown(name)}: must be spec.names.plural+"."+spec.group` }
  const named = namesProblem(object, group)
  if (named !== undefined) return named
  const scope = textAt(object, ['spec', 'scope'])
  if (scope !== 'Namespaced' && scope !== 'Cluster') return { field: 'spec.scope', message: `Unsupported value: ${shown(scope)}: supported values: "Cluster", "Namespaced"` }
  const versions = valueAt(object, ['spec', 'versions'])
  const list = isJsonArray(versions) ? versions : []
  if (list.filter((version) => valueAt(version, ['storage']) === true).length !== 1) {
    return { field: 'spec.versions', message: 'Invalid value: must have exactly one version marked as storage version' }
  }
  const bare = list.findIndex((version) => !isJsonObject(valueAt(version, ['schema', 'openAPIV3Schema'])))
  if (bare >= 0) return { field: `spec.versions[${bare}].schema.openAPIV3Schema`, message: 'Required value: schemas are required' }
  return changed(object, before, ['spec', 'scope']) ?? changed(object, before, ['spec', 'group']) ?? changed(object, before, ['spec', 'names', 'plural'])
}

const APPROVAL = 'api-approved.kubernetes.io'

/** Names become parts of paths, and groups of Kubernetes itself are not for everybody. */
function namesProblem(object: JsonObject, group: string): FieldProblem | undefined {
  const [wrong] = [...dnsSubdomainProblems(group), ...(group.includes('.') ? [] : ['should be a domain with at least one dot'])]
  if (wrong !== undefined) return { field: 'spec.group', message: `Invalid value: ${shown(group)}: ${wrong}` }
  const plural = textAt(object, ['spec', 'names', 'plural'])
  const [badPlural] = [...dnsSubdomainProblems(plural), ...(plural.includes('.') ? ['may not contain dots'] : [])]
  if (badPlural !== undefined) return { field: 'spec.names.plural', message: `Invalid value: ${shown(plural)}: ${badPlural}` }
  if (textAt(object, ['spec', 'names', 'kind']) === '') return { field: 'spec.names.kind', message: 'Required value' }
  const isProtected = /(^|\.)(k8s|kubernetes)\.io$/.test(group)
  if (isProtected && textAt(object, ['metadata', 'annotations', APPROVAL]) === '') {
    return { field: `metadata.annotations[${APPROVAL}]`, message: 'Required value: protected groups must have approval annotation "api-approved.kubernetes.io"' }
  }
  return undefined
}
