// Owns the environment of a container: what its manifest declares, where each value comes from, and what the host lends.
import type { Container, Pod } from '@tiphys/core/spec'
import type { PodLookup } from '@tiphys/shell/ports'
import { expandReferences } from './expansion.ts'
import { milliOf } from './quantities.ts'
import { PodTrouble } from './trouble.ts'

/** What variables can refer to. */
export interface EnvironmentScope {
  readonly pod: Pod
  readonly uid: string
  readonly namespace: string
  readonly hostNodeName: string
  readonly lookup: PodLookup
}

type Variable = NonNullable<Container['env']>[number]

/** Whether every variable is written out in the manifest, so that nothing has to be looked up. */
export function isLiteral(container: Container): boolean {
  return (container.envFrom ?? []).length === 0 && (container.env ?? []).every((variable) => variable.valueFrom === undefined)
}

/** Adds declared variables in order; later ones see and replace earlier ones. */
export function addLiterals(container: Container, environment: Map<string, string>): Map<string, string> {
  for (const { name, value } of container.env ?? []) environment.set(name, expandReferences(value ?? '', environment))
  return environment
}

export async function fullEnvironment(container: Container, base: ReadonlyMap<string, string>, scope: EnvironmentScope): Promise<Map<string, string>> {
  const environment = new Map(base)
  for (const { prefix = '', configMapRef, secretRef } of container.envFrom ?? []) {
    const source = configMapRef ?? secretRef
    const data = configMapRef !== undefined ? await scope.lookup.configMap(configMapRef.name ?? '') : await scope.lookup.secret(secretRef?.name ?? '')
    if (data === undefined && source?.optional !== true) throw missing(configMapRef === undefined ? 'secret' : 'configmap', source?.name ?? '', container.name)
    for (const [key, value] of Object.entries(data ?? {})) environment.set(prefix + key, value)
  }
  for (const variable of container.env ?? []) {
    const value = variable.valueFrom === undefined ? expandReferences(variable.value ?? '', environment) : await sourcedValue(variable, container, scope)
    if (value !== undefined) environment.set(variable.name, value)
  }
  return environment
}

function missing(kind: string, name: string, container: string): PodTrouble {
  return new PodTrouble('object_missing', `${kind} "${name}" not found`, container)
}

async function sourcedValue(variable: Variable, container: Container, scope: EnvironmentScope): Promise<string | undefined> {
  const { configMapKeyRef, secretKeyRef, fieldRef, resourceFieldRef } = variable.valueFrom ?? {}
  if (configMapKeyRef !== undefined) return keyOf('configmap', configMapKeyRef, container, await scope.lookup.configMap(configMapKeyRef.name ?? ''))
  if (secretKeyRef !== undefined) return keyOf('secret', secretKeyRef, container, await scope.lookup.secret(secretKeyRef.name ?? ''))
  if (fieldRef !== undefined) return podField(fieldRef.fieldPath, scope)
  if (resourceFieldRef !== undefined) return resourceField(resourceFieldRef, container, scope.pod)
  return undefined
}

interface KeySelector {
  readonly name?: string | undefined
  readonly key: string
  readonly optional?: boolean | undefined
}

function keyOf(kind: string, selector: KeySelector, container: Container, data: Readonly<Record<string, string>> | undefined): string | undefined {
  const value = data !== undefined && Object.hasOwn(data, selector.key) ? data[selector.key] : undefined
  if (value !== undefined || selector.optional === true) return value
  if (data === undefined) throw missing(kind, selector.name ?? '', container.name)
  throw new PodTrouble('object_missing', `couldn't find key ${selector.key} in ${kind} "${selector.name ?? ''}"`, container.name)
}

/** The value of a downward API field; unknown fields are empty, as in a pod that has none. */
export function podField(path: string, scope: EnvironmentScope): string {
  const { metadata, spec } = scope.pod
  const indexed = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path)
  if (indexed !== null) {
    const map = indexed[1] === 'labels' ? metadata?.labels : metadata?.annotations
    return map?.[indexed[2] ?? ''] ?? ''
  }
  switch (path) {
    case 'metadata.name': return metadata?.name ?? ''
    case 'metadata.namespace': return scope.namespace
    case 'metadata.uid': return scope.uid
    case 'metadata.labels': return listed(metadata?.labels)
    case 'metadata.annotations': return listed(metadata?.annotations)
    case 'spec.nodeName': return scope.hostNodeName
    case 'spec.serviceAccountName': return spec?.serviceAccountName ?? 'default'
    case 'status.hostIP': case 'status.podIP': case 'status.hostIPs': case 'status.podIPs': return '127.0.0.1'
    default: return ''
  }
}

function listed(map: Readonly<Record<string, string>> | undefined): string {
  return Object.entries(map ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => `${key}=${JSON.stringify(value)}`).join('\n')
}

interface ResourceSelector {
  readonly containerName?: string | undefined
  readonly resource: string
  readonly divisor?: string | undefined
}

/** A limit or request of a container in units of the divisor, rounded up. */
export function resourceField(selector: ResourceSelector, container: Container, pod: Pod): string {
  const owner = selector.containerName === undefined ? container : pod.spec?.containers.find(({ name }) => name === selector.containerName)
  const [kind, ...rest] = selector.resource.split('.')
  const amounts = kind === 'limits' ? owner?.resources?.limits : owner?.resources?.requests
  const divisor = milliOf(selector.divisor ?? '1') || 1000
  return String(Math.ceil(milliOf(amounts?.[rest.join('.')]) / divisor))
}
