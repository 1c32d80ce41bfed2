// Owns what tables show of each kind: the columns and how their cells are read off an object.
import { type Json, type JsonObject, isJsonArray, isJsonObject } from '@tiphys/core/kube'
import { kubeAge } from './age.ts'

export interface ColumnHead {
  readonly name: string
  readonly type: 'string' | 'integer' | 'date'
  readonly description: string
  /** `name` for what identifies the object, `date-time` for times. */
  readonly format?: string
  /** 0 is always shown, 1 only in wide output. */
  readonly priority?: number
}

export interface Column extends ColumnHead {
  /** `now` is in Unix milliseconds. */
  readonly cell: (object: JsonObject, now: number) => string | number
}

/** The value at a path; undefined where there is none. */
export function valueAt(object: Json | undefined, path: readonly string[]): Json | undefined {
  let at = object
  for (const name of path) {
    if (!isJsonObject(at) || !Object.hasOwn(at, name)) return undefined
    at = at[name]
  }
  return at
}

export function textAt(object: Json | undefined, path: readonly string[]): string {
  const value = valueAt(object, path)
  return value === undefined || value === null || typeof value === 'object' ? '' : String(value)
}

function itemsAt(object: Json | undefined, path: readonly string[]): readonly Json[] {
  const value = valueAt(object, path)
  return isJsonArray(value) ? value : []
}

function sizeAt(object: JsonObject, path: readonly string[]): number {
  const value = valueAt(object, path)
  return isJsonObject(value) ? Object.keys(value).length : 0
}

/** How long ago a time was, as `kubectl` shows it. */
export function ageOf(time: string, now: number): string {
  const at = Date.parse(time)
  return Number.isNaN(at) ? '' : kubeAge(now - at)
}

/** A column of a custom kind: the value at a path, times as ages. */
export function columnAt(head: ColumnHead, path: readonly string[]): Column {
  return { ...head, cell: (object, now) => (head.type === 'date' ? ageOf(textAt(object, path), now) : textAt(object, path)) }
}

export const ageColumn: Column = {
  name: 'Age', type: 'string', description: 'Time since the object was created', cell: (object, now) => ageOf(textAt(object, ['metadata', 'creationTimestamp']), now) || '<unknown>',
}

const data = (path: string): Column => ({ name: 'Data', type: 'string', description: `Number of entries in ${path}`, cell: (object) => sizeAt(object, ['data']) + sizeAt(object, ['binaryData']) })

export const configMapColumns: readonly Column[] = [data('data and binaryData'), ageColumn]
export const secretColumns: readonly Column[] = [
  { name: 'Type', type: 'string', description: 'What the secret is for', cell: (object) => textAt(object, ['type']) }, data('data'), ageColumn,
]
export const namespaceColumns: readonly Column[] = [
  { name: 'Status', type: 'string', description: 'Whether the namespace is in use', cell: (object) => textAt(object, ['status', 'phase']) || 'Active' }, ageColumn,
]
export const serviceAccountColumns: readonly Column[] = [
  { name: 'Secrets', type: 'string', description: 'Number of secrets', cell: (object) => itemsAt(object, ['secrets']).length }, ageColumn,
]

export const nodeColumns: readonly Column[] = [
  { name: 'Status', type: 'string', description: 'Whether the node takes pods', cell: nodeStatus },
  { name: 'Roles', type: 'string', description: 'What the node is for', cell: () => '<none>' },
  ageColumn,
  { name: 'Version', type: 'string', description: 'Version of what runs the pods', cell: (object) => textAt(object, ['status', 'nodeInfo', 'kubeletVersion']) },
  widely('Internal-IP', (object) => addressOf(object, 'InternalIP')), widely('External-IP', (object) => addressOf(object, 'ExternalIP')),
  widely('OS-Image', (object) => textAt(object, ['status', 'nodeInfo', 'osImage'])), widely('Kernel-Version', (object) => textAt(object, ['status', 'nodeInfo', 'kernelVersion'])),
  widely('Container-Runtime', (object) => textAt(object, ['status', 'nodeInfo', 'containerRuntimeVersion'])),
]

/** Shown where more is asked for. */
function widely(name: string, cell: (object: JsonObject) => string): Column {
  return { name, type: 'string', description: '', priority: 1, cell }
}

function addressOf(object: JsonObject, type: string): string {
  return textAt(itemsAt(object, ['status', 'addresses']).find((address) => textAt(address, ['type']) === type), ['address']) || '<none>'
}

function nodeStatus(object: JsonObject): string {
  const ready = itemsAt(object, ['status', 'conditions']).find((condition) => textAt(condition, ['type']) === 'Ready')
  return textAt(ready, ['status']) === 'True' ? 'Ready' : 'NotReady'
}

export const eventColumns: readonly Column[] = [
  { name: 'Last Seen', type: 'string', description: 'Time since it was seen last', cell: (object, now) => ageOf(textAt(object, ['lastTimestamp']) || textAt(object, ['eventTime']), now) || '<unknown>' },
  { name: 'Type', type: 'string', description: 'Normal or Warning', cell: (object) => textAt(object, ['type']) },
  { name: 'Reason', type: 'string', description: 'What happened, in one word', cell: (object) => textAt(object, ['reason']) },
  { name: 'Object', type: 'string', description: 'The object that it is about', cell: (object) => `${textAt(object, ['involvedObject', 'kind']).toLowerCase()}/${textAt(object, ['involvedObject', 'name'])}` },
  { name: 'Subobject', type: 'string', description: 'The part of the object', priority: 1, cell: (object) => textAt(object, ['involvedObject', 'fieldPath']) },
  { name: 'Source', type: 'string', description: 'Who reported it', priority: 1, cell: (object) => textAt(object, ['source', 'component']) },
  { name: 'Message', type: 'string', description: 'What happened', cell: (object) => textAt(object, ['message']).trim() },
  { name: 'First Seen', type: 'string', description: 'Time since it was seen first', priority: 1, cell: (object, now) => ageOf(textAt(object, ['firstTimestamp']), now) || '<unknown>' },
  { name: 'Count', type: 'string', description: 'How often it was seen', priority: 1, cell: (object) => Number(textAt(object, ['count']) || 1) },
]

const orNone = (text: string): string => text || '<none>'

const text = (name: string, description: string, cell: (object: JsonObject) => string): Column => ({ name, type: 'string', description, cell })
const wide = (column: Column): Column => ({ ...column, priority: 1 })
const createdAt: Column = { name: 'Created At', type: 'date', format: 'date-time', description: 'When the object was created', cell: (object) => textAt(object, ['metadata', 'creationTimestamp']) }

const ACCESS_MODES: Readonly<Record<string, string>> = { ReadWriteOnce: 'RWO', ReadOnlyMany: 'ROX', ReadWriteMany: 'RWX', ReadWriteOncePod: 'RWOP' }

export const claimColumns: readonly Column[] = [
  text('Status', 'Whether the claim has its storage', (object) => textAt(object, ['status', 'phase'])),
  text('Volume', 'The storage of the claim', (object) => textAt(object, ['spec', 'volumeName'])),
  text('Capacity', 'Size of the storage', (object) => textAt(object, ['status', 'capacity', 'storage'])),
  text('Access Modes', 'By whom it can be mounted', (object) => itemsAt(object, ['status', 'accessModes']).map((mode) => ACCESS_MODES[String(mode)] ?? '').join(',')),
  text('StorageClass', 'Which storage was asked for', (object) => textAt(object, ['spec', 'storageClassName'])),
  text('VolumeAttributesClass', 'Attributes of the storage', (object) => textAt(object, ['spec', 'volumeAttributesClassName']) || '<unset>'),
  ageColumn,
  wide(text('VolumeMode', 'Files or blocks', (object) => textAt(object, ['spec', 'volumeMode']) || 'Filesystem')),
]
export const leaseColumns: readonly Column[] = [text('Holder', 'Who has the lease', (object) => textAt(object, ['spec', 'holderIdentity'])), ageColumn]
export const roleColumns: readonly Column[] = [createdAt]
export const definitionColumns: readonly Column[] = [createdAt]

const subjectsOf = (kind: string) => (object: JsonObject): string =>
  itemsAt(object, ['subjects']).filter((subject) => textAt(subject, ['kind']) === kind).map((subject) => [textAt(subject, ['namespace']), textAt(subject, ['name'])].filter((part) => part !== '').join('/')).join(', ')

export const bindingColumns: readonly Column[] = [
  text('Role', 'The role that is given', (object) => `${textAt(object, ['roleRef', 'kind'])}/${textAt(object, ['roleRef', 'name'])}`), ageColumn,
  wide(text('Users', 'Users who have it', subjectsOf('User'))), wide(text('Groups', 'Groups that have it', subjectsOf('Group'))),
  wide(text('ServiceAccounts', 'Accounts that have it', subjectsOf('ServiceAccount'))),
]

export const jobColumns: readonly Column[] = [
  text('Status', 'How the job stands', jobStatus),
  text('Completions', 'Pods that have succeeded, of those wanted', (object) => `${textAt(object, ['status', 'succeeded']) || '0'}/${textAt(object, ['spec', 'completions']) || '1'}`),
  { name: 'Duration', type: 'string', description: 'How long it has run', cell: jobDuration },
  ageColumn,
]

function jobStatus(object: JsonObject): string {
  const is = (type: string): boolean => itemsAt(object, ['status', 'conditions']).some((condition) => textAt(condition, ['type']) === type && textAt(condition, ['status']) === 'True')
  if (is('Complete')) return 'Complete'
  if (is('Failed')) return 'Failed'
  return textAt(object, ['metadata', 'deletionTimestamp']) !== '' ? 'Terminating' : is('Suspended') ? 'Suspended' : 'Running'
}

function jobDuration(object: JsonObject, now: number): string {
  const [start, end] = [Date.parse(textAt(object, ['status', 'startTime'])), Date.parse(textAt(object, ['status', 'completionTime']))]
  return Number.isNaN(start) ? '' : kubeAge((Number.isNaN(end) ? now : end) - start)
}

export const podColumns: readonly Column[] = [
  { name: 'Ready', type: 'string', description: 'Containers that are ready, of all', cell: podReady },
  { name: 'Status', type: 'string', description: 'How the pod stands', cell: podStatus },
  { name: 'Restarts', type: 'string', description: 'How often containers were started again', cell: (object) => String(sum(itemsAt(object, ['status', 'containerStatuses']), 'restartCount')) },
  ageColumn,
  { name: 'IP', type: 'string', description: 'Address of the pod', priority: 1, cell: (object) => orNone(textAt(object, ['status', 'podIP'])) },
  { name: 'Node', type: 'string', description: 'The machine that runs it', priority: 1, cell: (object) => orNone(textAt(object, ['spec', 'nodeName'])) },
  { name: 'Nominated Node', type: 'string', description: 'The machine that is made free for it', priority: 1, cell: () => '<none>' },
  { name: 'Readiness Gates', type: 'string', description: 'Further conditions of readiness', priority: 1, cell: () => '<none>' },
]

function sum(items: readonly Json[], field: string): number {
  return items.reduce<number>((total, item) => total + Number(textAt(item, [field]) || 0), 0)
}

function podReady(object: JsonObject): string {
  const ready = itemsAt(object, ['status', 'containerStatuses']).filter((status) => valueAt(status, ['ready']) === true && valueAt(status, ['state', 'running']) !== undefined)
  return `${ready.length}/${itemsAt(object, ['spec', 'containers']).length}`
}

/** The reason of the pod, else that of its last container which has one, else the phase. */
function podStatus(object: JsonObject): string {
  const deleting = textAt(object, ['metadata', 'deletionTimestamp']) !== ''
  if (deleting) return 'Terminating'
  let status = textAt(object, ['status', 'reason']) || textAt(object, ['status', 'phase'])
  let running = false
  for (const container of itemsAt(object, ['status', 'containerStatuses']).toReversed()) {
    const reason = textAt(container, ['state', 'waiting', 'reason']) || endOf(valueAt(container, ['state', 'terminated']))
    if (reason !== '') status = reason
    else if (valueAt(container, ['state', 'running']) !== undefined) running = true
  }
  return status === 'Completed' && running ? 'Running' : status
}

function endOf(terminated: Json | undefined): string {
  if (terminated === undefined) return ''
  const signal = textAt(terminated, ['signal'])
  return textAt(terminated, ['reason']) || (signal !== '' && signal !== '0' ? `Signal:${signal}` : `ExitCode:${textAt(terminated, ['exitCode'])}`)
}
