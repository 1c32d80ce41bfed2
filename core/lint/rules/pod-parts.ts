// Owns rules for what templates embed of Kubernetes: what its API would refuse when the pod is made.
import { compareQuantity, dnsLabelProblems, dnsSubdomainProblems, parseQuantity } from '@tiphys/core/kube'
import { isObject, type Json, type JsonObject } from '@tiphys/core/spec'
import { hasTag } from '../visit.ts'
import { firstProblem, fixedText, hasField, numberOf, textOf, type StructPlace, type StructRule } from './struct-rule.ts'

const environment: StructRule = (value, { path, remarks }) => {
  const name = textOf(value, 'name')
  if (name === '') remarks.error('name_missing', path, 'the environment variable has no name')
  else if (!hasTag(name) && (!/^[\x20-\x7e]+$/.test(name) || name.includes('='))) {
    remarks.error('name_invalid', [...path, 'name'], `"${name}" cannot be the name of an environment variable`)
  } else if (!hasTag(name) && !/^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(name)) {
    remarks.warning('name_unusual', [...path, 'name'], `shells cannot read an environment variable called "${name}"`, 'use letters, digits and "_", not a digit first')
  }
  if (hasField(value, 'value') && isObject(value['valueFrom'])) remarks.error('choose_one', path, `${name} has both value and valueFrom`, 'remove one of them')
}

const mount: StructRule = (value, { path, remarks }) => {
  if (textOf(value, 'name') === '') remarks.error('name_missing', path, 'the mount names no volume')
  const at = textOf(value, 'mountPath')
  if (at === '') remarks.error('mount_path_missing', path, 'the mount has no mountPath')
  else if (at.includes(':')) remarks.error('mount_path_invalid', [...path, 'mountPath'], 'a mountPath cannot hold ":"')
  else if (/^\/var\/run\/argo\/?$/.test(at)) {
    remarks.error('mount_path_taken', [...path, 'mountPath'], `${at} belongs to the executor`, 'mount it somewhere else')
  }
}

const image: StructRule = (value, { path, remarks }) => {
  const text = fixedText(value, 'image')
  if (text !== undefined && /\s/.test(text)) remarks.error('image_invalid', [...path, 'image'], `"${text}" is not the name of an image`)
}

/** Containers beside the main one need an image and a name of their own; the main one's name is always `main`. */
const companion: StructRule = (value, { path, remarks }) => {
  if (textOf(value, 'image') === '') remarks.error('image_missing', path, `container "${textOf(value, 'name')}" has no image`)
  const name = textOf(value, 'name')
  if (name === '') return remarks.error('name_missing', path, 'the container has no name')
  if (hasTag(name)) return
  const problem = firstProblem(dnsLabelProblems(name))
  if (problem !== undefined) remarks.error('name_invalid', [...path, 'name'], `"${name}" cannot be the name of a container: ${problem}`)
  else if (name === 'main' || name === 'init') remarks.error('name_taken', [...path, 'name'], `the name "${name}" belongs to a container of every pod`)
}

const setMember: StructRule = (value, { path, remarks }) => {
  if (textOf(value, 'image') === '') remarks.error('image_missing', path, `container "${textOf(value, 'name')}" has no image`)
}

const port: StructRule = (value, { path, remarks }) => {
  for (const field of ['containerPort', 'hostPort']) {
    const number = numberOf(value, field)
    if (number === undefined || (field === 'hostPort' && number === 0)) continue
    if (number < 1 || number > 65_535) remarks.error('port_invalid', [...path, field], `${field} is ${number}, but must lie between 1 and 65535`)
  }
}

const resources: StructRule = (value, { path, remarks }) => {
  const limits = isObject(value['limits']) ? value['limits'] : {}
  for (const kind of ['limits', 'requests']) {
    const amounts = value[kind]
    if (!isObject(amounts)) continue
    for (const [name, amount] of Object.entries(amounts)) checkAmount(amount, limits[name], { path: [...path, kind, name], remarks })
  }
}

function checkAmount(amount: Json, limit: Json | undefined, at: StructPlace): void {
  const given = parseQuantity(String(amount))
  if (!given.ok) return
  const zero = parseQuantity('0')
  if (zero.ok && compareQuantity(given.value, zero.value) < 0) return at.remarks.error('quantity_negative', at.path, `${String(amount)} is negative`)
  const most = limit === undefined ? undefined : parseQuantity(String(limit))
  if (most?.ok !== true || compareQuantity(given.value, most.value) <= 0) return
  at.remarks.error('request_above_limit', at.path, `the request ${String(amount)} is above the limit ${String(limit)}`)
}

const volumeMeta = new Set(['name'])

/** A volume has a name that other objects can use, and one source. */
const volume: StructRule = (value, { path, remarks }) => {
  const name = textOf(value, 'name')
  if (name === '') remarks.error('name_missing', path, 'the volume has no name')
  else if (!hasTag(name) && dnsLabelProblems(name).length > 0) {
    remarks.error('name_invalid', [...path, 'name'], `"${name}" cannot be the name of a volume: ${firstProblem(dnsLabelProblems(name)) ?? ''}`)
  }
  const sources = Object.keys(value).filter((key) => !volumeMeta.has(key) && isObject(value[key]))
  if (sources.length > 1) remarks.error('choose_one', path, `volume "${name}" has ${sources.length} sources: ${sources.join(', ')}`, 'keep one of them')
  if (sources.length === 0) remarks.warning('volume_without_source', path, `volume "${name}" has no source, so it is an empty directory`, 'write emptyDir: {}')
}

const claim: StructRule = (value, { path, remarks }) => {
  const spec = isObject(value['spec']) ? value['spec'] : {}
  const modes = spec['accessModes']
  if (!Array.isArray(modes) || modes.length === 0) remarks.error('claim_incomplete', path, 'the volume claim has no access modes', 'add accessModes: [ReadWriteOnce]')
  const asked = isObject(spec['resources']) && isObject(spec['resources']['requests']) ? spec['resources']['requests'] : {}
  if (asked['storage'] === undefined) remarks.error('claim_incomplete', path, 'the volume claim asks for no storage', 'add resources: {requests: {storage: 1Gi}}')
  const known = ['ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOncePod']
  const wrong = Array.isArray(modes) ? modes.findIndex((m) => typeof m === 'string' && !hasTag(m) && !known.includes(m)) : -1
  if (wrong >= 0) remarks.error('value_unknown', [...path, 'spec', 'accessModes', wrong], `unknown access mode`, `one of ${known.join(', ')}`)
}

const toleration: StructRule = (value, { path, remarks }) => {
  const exists = textOf(value, 'operator') === 'Exists'
  if (exists && hasField(value, 'value')) remarks.error('toleration_invalid', path, 'a toleration with the operator Exists has no value')
  if (textOf(value, 'key') === '' && !exists) remarks.error('toleration_invalid', path, 'a toleration without a key needs the operator Exists')
}

function serviceAccount(field: string): StructRule {
  return (value, { path, remarks }) => {
    const name = fixedText(value, field)
    const problem = name === undefined ? undefined : firstProblem(dnsSubdomainProblems(name))
    if (problem !== undefined) remarks.error('name_invalid', [...path, field], `"${name ?? ''}" cannot be the name of a service account: ${problem}`)
  }
}

/** Rules by the name of the struct that they look at. */
export const podPartRules: Readonly<Record<string, readonly StructRule[]>> = {
  EnvVar: [environment],
  VolumeMount: [mount],
  Container: [image],
  ScriptTemplate: [image],
  UserContainer: [image, companion],
  ContainerNode: [image, setMember],
  ContainerPort: [port],
  ResourceRequirements: [resources],
  Volume: [volume],
  PersistentVolumeClaim: [claim],
  Toleration: [toleration],
  WorkflowSpec: [serviceAccount('serviceAccountName')],
  Template: [serviceAccount('serviceAccountName')],
  ExecutorConfig: [serviceAccount('serviceAccountName')],
}

/** Names that stand twice in a list. */
export function checkUnique(items: readonly JsonObject[] | undefined, what: string, at: StructPlace): void {
  const seen = new Set<string>()
  for (const [i, item] of (items ?? []).entries()) {
    const name = textOf(item, 'name')
    if (name !== '' && seen.has(name)) at.remarks.error('name_not_unique', [...at.path, i, 'name'], `there are two ${what} called "${name}"`)
    seen.add(name)
  }
}
