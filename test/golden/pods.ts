// Owns the comparison of created pods with recorded ones.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { CreatedPod } from '@tiphys/core/simulate'
import { type Case, type RecordedRun, openLibrary, play } from './cases.ts'

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }
type JsonObject = { readonly [key: string]: Json }

export interface RecordedPod {
  /** Such as `ci build-golang-example`. */
  readonly id: string
  readonly name: string
  readonly recorded: JsonObject
}

export interface RecordedPods { readonly file: string; readonly played: Case; readonly pods: readonly RecordedPod[] }

interface PodsFile { readonly manifest: string; readonly index: number; readonly workflow: string; readonly pods: Readonly<Record<string, JsonObject>> }

/** All recorded pods, by the workflow that made them. */
export function loadPods(folder: string, only = ''): RecordedPods[] {
  const library = openLibrary(folder)
  const files = readdirSync(join(folder, 'pods')).filter((name) => name.endsWith('.json') && name.includes(only)).sort()
  return files.map((name) => {
    const file = JSON.parse(readFileSync(join(folder, 'pods', name), 'utf8')) as PodsFile
    const source = library.find(['argo/examples'], file.manifest)
    // No stub speaks of any step: all are short and succeed, with outputs that only tell their names.
    const run: RecordedRun = { scenario: 'default', name: file.workflow, stubs: {}, started: [], expected: { phase: '', nodes: {} } }
    const short = name.replace(/\.json$/, '')
    return {
      file: short,
      played: { id: short, manifest: file.manifest, run, workflow: source.workflow(file.index), objects: source.objects, standard: undefined },
      pods: Object.entries(file.pods).map(([template, recorded]) => ({ id: `${short} ${template}`, name: String(recorded['name']), recorded })),
    }
  })
}

const NAMESPACE = 'golden-namespace'
const UID = '11111111-2222-4333-8444-555555555555'

/** The pods that a workflow makes, by name; of several by one name the first. */
export function createdPods(file: RecordedPods): ReadonlyMap<string, CreatedPod> {
  const { workflow } = file.played
  const named = { ...workflow, metadata: { ...workflow.metadata, uid: UID } }
  const pods = new Map<string, CreatedPod>()
  for (const pod of play({ ...file.played, workflow: named }, { namespace: NAMESPACE }).pods) if (!pods.has(pod.podName)) pods.set(pod.podName, pod)
  return pods
}

/** What differs between a recorded pod and the one of the same name, as texts with the path. */
export function podDifferences(recorded: RecordedPod, created: ReadonlyMap<string, CreatedPod>): string[] {
  const made = created.get(recorded.name)
  if (made === undefined) return [`no pod of this name; there are ${[...created.keys()].join(', ')}`]
  const { metadata, spec } = made.pod as unknown as { metadata: JsonObject; spec: Json }
  const got: JsonObject = {
    template: made.resolved as unknown as Json, labels: metadata['labels'] ?? {}, annotations: metadata['annotations'] ?? {}, name: metadata['name'] ?? '',
    ...(recorded.recorded['spec'] !== undefined && { spec: withDefaults(spec) }),
  }
  return differ('', shaped(recorded.recorded), shaped(got))
}

/** The server's own default counts as given. */
function withDefaults(spec: Json): Json {
  return { terminationGracePeriodSeconds: 30, ...(spec as JsonObject) }
}

const NAMED_LISTS = new Set(['volumes', 'volumeMounts', 'env', 'volumeDevices'])

/** Without empty values, with lists that have no order sorted, and with what differs from run to run masked. */
function shaped(value: Json | undefined, key = ''): Json | undefined {
  if (value === undefined || value === null || value === '' || value === 0 || value === false) return undefined
  if (typeof value === 'string') return masked(value)
  if (typeof value !== 'object') return value
  if (isList(value)) {
    const items = value.map((item) => shaped(item) ?? null)
    if (NAMED_LISTS.has(key)) items.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
    return items.length === 0 ? undefined : items
  }
  const entries = Object.keys(value).sort().flatMap((name): [string, Json][] => {
    const part = shaped(value[name], name)
    return part === undefined ? [] : [[name, part]]
  })
  return entries.length === 0 ? undefined : Object.fromEntries(entries)
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value)

/** Identities, times, durations and namespaces differ from run to run. */
function masked(text: string): string {
  return text
    .replaceAll(UID, '<uid>')
    .replaceAll(NAMESPACE, '<namespace>')
    .replace(/\br\d{1,4}\b/g, '<namespace>')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replace(/(?<![-\d])1[78]\d{8}\b/g, '<time>')
    .replace(/\b\d+\.\d{6}\b/g, '<seconds>')
}

function differ(path: string, expected: Json | undefined, got: Json | undefined): string[] {
  if (JSON.stringify(expected) === JSON.stringify(got)) return []
  const bothObjects = [expected, got].every((side) => typeof side === 'object' && side !== null && !isList(side))
  const bothLists = Array.isArray(expected) && Array.isArray(got) && expected.length === got.length
  if (!bothObjects && !bothLists) return [`${path}: ${JSON.stringify(got)} instead of ${JSON.stringify(expected)}`]
  const left = expected as Readonly<Record<string, Json>>
  const right = got as Readonly<Record<string, Json>>
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].flatMap((name) => differ(`${path}.${name}`, left[name], right[name]))
}
