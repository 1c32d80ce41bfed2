// Owns the recorded runs: where they lie, what surrounds them, and how one is played.
import { readFileSync, readdirSync, existsSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type SimulationResult, type StubOperation, type Stubs, type SimulateOptions, simulate } from '@tiphys/core/simulate'
import { httpVerdict } from '@tiphys/core/engine'
import { type Workflow, isObject, readManifests } from '@tiphys/core/spec'

/** The folder of recordings, or nothing when it is not there. */
export function conformanceFolder(): string | undefined {
  const folder = process.env['TIPHYS_CONFORMANCE'] ?? resolve(import.meta.dirname, '../../../shared/conformance')
  return existsSync(join(folder, 'golden')) ? folder : undefined
}

/** The normal form of a finished run. */
export type Expected = { readonly phase: string; readonly nodes: Readonly<Record<string, Readonly<Record<string, unknown>>>> }

export interface RecordedRun {
  readonly scenario: string
  readonly name: string
  readonly stubs: Stubs & { readonly then?: readonly StubOperation[] }
  readonly started: readonly string[]
  readonly expected: Expected
}

/** One recorded run and the workflow that it is of. */
export interface Case {
  /** Such as `argo-examples/steps default`. */
  readonly id: string
  readonly manifest: string
  readonly run: RecordedRun
  readonly workflow: Workflow
  readonly objects: readonly object[]
  /** The run under the default stubs of the same manifest. */
  readonly standard: RecordedRun | undefined
}

export type Differences = (expected: Expected, workflow: Workflow) => string[]

export async function loadDifferences(folder: string): Promise<Differences> {
  const module: unknown = await import(pathToFileURL(join(folder, 'golden/normal.mjs')).href)
  return (module as { differences: Differences }).differences
}

interface GoldenFile { readonly manifest: string; readonly index: number; readonly runs: readonly RecordedRun[] }

/** All recorded runs whose id has the text in it. */
export function loadCases(folder: string, only = ''): Case[] {
  const library = openLibrary(folder)
  const cases: Case[] = []
  for (const part of ['argo-examples', 'seeds']) {
    for (const file of readdirSync(join(folder, 'golden', part)).sort()) {
      const name = `${part}/${file.replace(/\.json$/, '')}`
      if (only !== '' && !name.includes(only.split(' ')[0] ?? '')) continue
      const golden = JSON.parse(readFileSync(join(folder, 'golden', part, file), 'utf8')) as GoldenFile
      const source = library.find(part === 'seeds' ? ['seeds', 'volcano-argo'] : ['argo/examples'], golden.manifest)
      const standard = golden.runs.find(({ scenario }) => scenario === 'default')
      for (const run of golden.runs) {
        const id = `${name} ${run.scenario}`
        if (id.includes(only)) cases.push({ id, manifest: golden.manifest, run, workflow: source.workflow(golden.index), objects: source.objects, standard })
      }
    }
  }
  return cases
}

interface Source { readonly objects: readonly object[]; workflow(index: number): Workflow }
interface Library { find(parts: readonly string[], manifest: string): Source }

/** Manifests read once; every folder's templates and config maps surround each of its workflows. */
export function openLibrary(folder: string): Library {
  const files = new Map<string, { workflows: Workflow[]; others: object[] }>()
  const surroundings = new Map<string, readonly object[]>()
  const read = (part: string, path: string): { workflows: Workflow[]; others: object[] } => {
    const key = join(part, path)
    let file = files.get(key)
    if (file === undefined) files.set(key, (file = readObjects(readFileSync(join(folder, key), 'utf8'))))
    return file
  }
  const objectsOf = (part: string): readonly object[] => {
    let objects = surroundings.get(part)
    if (objects === undefined) surroundings.set(part, (objects = [...manifestsBelow(join(folder, part)).flatMap((path) => read(part, path).others), ...configMaps()]))
    return objects
  }
  return {
    find(parts, manifest) {
      const part = parts.find((candidate) => existsSync(join(folder, candidate, manifest))) ?? parts[0] ?? ''
      return {
        objects: objectsOf(part),
        workflow(index) {
          const workflow = read(part, manifest).workflows[index]
          if (workflow === undefined) throw new Error(`${manifest} has no workflow ${index}`)
          return workflow
        },
      }
    },
  }
}

function manifestsBelow(folder: string): string[] {
  const found = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name))
  return found.map((entry) => relative(folder, join(entry.parentPath, entry.name))).sort()
}

const AROUND = new Set(['WorkflowTemplate', 'ClusterWorkflowTemplate', 'ConfigMap'])

function readObjects(text: string): { workflows: Workflow[]; others: object[] } {
  const workflows: Workflow[] = []
  const others: object[] = []
  for (const manifest of readManifests(text).manifests) {
    const kind = manifest.kind === 'other' ? manifest.kindName : manifest.kind
    if (manifest.kind === 'Workflow') workflows.push(manifest.object)
    else if (AROUND.has(kind) && isObject(manifest.object)) others.push(withoutNamespace(manifest.object))
  }
  return { workflows, others }
}

/** A namespace of its own for each run holds them all. */
function withoutNamespace(object: Readonly<Record<string, unknown>>): object {
  const { namespace: _namespace, ...metadata } = (object['metadata'] ?? {}) as Record<string, unknown>
  return { ...object, metadata }
}

function configMaps(): object[] {
  const map = (name: string, data: Record<string, string>, labels?: Record<string, string>): object => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...(labels && { labels }) }, data })
  return [
    map('my-config', { workflow: '1', template: '1', step: '1' }),
    map('cmref-parameters', { 'cmref-key': 'input-value', msg: 'hello', 'sprig-key': 'aGVsbG8=' }, { 'workflows.argoproj.io/configmap-type': 'Parameter' }),
  ]
}

/** A time in the year of the recordings, which shows in a few texts: 2026-01-01T00:00:00Z. */
const RECORDED_AT = 1_767_225_600_000

/** The controller's configuration of the recordings. */
export const recordedConfig: NonNullable<SimulateOptions['config']> = {
  pods: {
    artifactRepository: {
      s3: {
        bucket: 'my-bucket', endpoint: 'minio:9000', insecure: true,
        accessKeySecret: { name: 'my-minio-cred', key: 'accesskey' }, secretKeySecret: { name: 'my-minio-cred', key: 'secretkey' },
      },
    },
    images: { '*': { entrypoint: ['/bin/sh'] } },
  },
}

/** The caches that the manifest's run under the default stubs leaves behind. */
export function warmCaches(recorded: Case): readonly object[] {
  if (recorded.standard === undefined) return []
  return play({ ...recorded, run: recorded.standard }).written
}

/** Every run had a namespace of its own; its name is known where a message tells it. */
function namespaceOf(run: RecordedRun): string {
  return /"[^"]*\b(r\d+)\/(?:Database|ConfigMap|Mutex)\//.exec(JSON.stringify(run.expected))?.[1] ?? 'golden'
}

/** Plays a recorded run on the virtual clock. */
export function play(recorded: Case, options: Partial<SimulateOptions> = {}): SimulationResult {
  return simulate(recorded.workflow, recorded.run.stubs, {
    name: recorded.run.name,
    namespace: namespaceOf(recorded.run),
    with: recorded.objects,
    config: recordedConfig,
    startedAt: RECORDED_AT,
    attendance: { everyMs: 2500, timesMax: 6 },
    limits: { turnsMax: 20_000 },
    // The recorder put every saved artifact under a place of its own, whatever the template said.
    locateArtifact: (artifact) => ({ ...artifact, s3: { key: `stub/${artifact.name}` } }),
    // Its agent looked at the status alone, whatever condition the template has.
    judgeHttp: ({ http: { successCondition: _condition, ...http } = { url: '' }, ...template }, exchange) => httpVerdict({ ...template, http }, exchange),
    ...options,
  })
}
