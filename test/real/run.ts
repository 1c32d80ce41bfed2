// Owns running workflows for real inside a test: one state on disk for all, and for each run a host of its own with the process runner.
import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EngineEvent, type Run, type RunNode, applySubmitOptions, toWorkflow } from '@tiphys/core/engine'
import type { Artifact, Workflow } from '@tiphys/core/spec'
import type { ArtifactStore, Clock, HttpClient, LogStore, PodLookup } from '@tiphys/shell/ports'
import { type CatalogObject, ObjectCatalog, RunHost } from '@tiphys/shell/runtime'
import { DataRunner } from '@tiphys/shell/adapters/resources'
import { type ImageMapping, createProcessRunner } from '@tiphys/shell/adapters/process'
import { createGitArtifactStore, createHttpArtifactStore, createLocalArtifactStore, createRawArtifactStore, routeArtifacts, withArchives } from '@tiphys/shell/adapters/artifacts'
import { nodeHttpClient, systemClock } from '@tiphys/shell/adapters/system'
import { type State, openState } from '@tiphys/shell/adapters/sqlite'

export interface RealRunOptions {
  /** Name of the workflow; the manifest's own, or one that is made, when absent. */
  readonly name?: string
  /** Where names have to be unique among runs that live; `default` when absent. */
  readonly namespace?: string
  /** `NAME=VALUE` texts. */
  readonly parameters?: readonly string[]
  /** Templates, ConfigMaps and Secrets around the workflow. */
  readonly objects?: readonly CatalogObject[]
  readonly imageMap?: readonly ImageMapping[]
  readonly http?: HttpClient
  readonly clock?: Clock
  /** What a person sets on suspended nodes, by parameter, before resuming whatever waits. Nobody resumes anything when absent. */
  readonly supply?: Readonly<Record<string, string>>
  /** The run is given up after this long. */
  readonly timeoutMs?: number
}

/** How a run ended, and what its steps said. */
export interface RealRun {
  readonly workflow: Workflow
  readonly ended: boolean
  /** From when to when each node went on, by name, in milliseconds: the workflow itself tells whole seconds. */
  readonly times: ReadonlyMap<string, { readonly startedAt: number; readonly finishedAt: number | undefined }>
  /** What each node's containers printed, by the node's name; lines of several containers one container after the other. */
  readonly logs: ReadonlyMap<string, string>
  /** Everything that was printed, in the order in which it was seen. */
  readonly output: string
}

const TIMEOUT_MS = 30_000
const RESUME_AFTER_MS = 100
const NAMESPACE = 'default'
/** What steps see as the name of their node. */
export const HOST_NAME = 'test-host'

/** A place where runs are kept. Runs may overlap; each has its objects for itself. */
export class RealRuns {
  readonly folder: string
  private readonly state: State
  private readonly artifacts: ArtifactStore

  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'tiphys-real-'))
    this.artifacts = artifactsIn(join(this.folder, 'artifacts'))
    this.state = openState(this.folder, { owner: { id: randomUUID(), info: '{}' }, now: () => systemClock.now() })
  }

  /** Runs a workflow to its end. Throws when it cannot be submitted. */
  async run(manifest: Workflow, options: RealRunOptions = {}): Promise<RealRun> {
    const workflow = identified(manifest, options)
    const uid = workflow.metadata.uid ?? ''
    const catalog = new ObjectCatalog()
    const namespace = workflow.metadata.namespace ?? NAMESPACE
    for (const object of options.objects ?? []) catalog.put(object, namespace)
    const clock = options.clock ?? systemClock
    const { runner, logs } = createProcessRunner({
      stateFolder: join(this.folder, 'runs', uid), logFolder: join(this.folder, 'logs'), artifacts: this.artifacts,
      imageMap: options.imageMap ?? [], resources: { cpuMilli: 64_000, memoryBytes: 2 ** 40 }, hostNodeName: HOST_NAME, now: () => clock.now(),
    })
    const lookup: PodLookup = { configMap: (name) => Promise.resolve(catalog.configMap(namespace, name)?.data), secret: (name) => Promise.resolve(catalog.secret(namespace, name)) }
    const ending = new Ending(options.timeoutMs ?? TIMEOUT_MS)
    const person = options.supply === undefined ? undefined : new Person(options.supply, (event) => void host.deliver(uid, event))
    const host: RunHost = new RunHost({
      log: this.state.log, runner: new DataRunner(runner, { clock, artifacts: this.artifacts, lookup: () => lookup }), http: options.http ?? nodeHttpClient, clock, catalog, lookup,
      config: { pods: { artifactRepository: { s3: { bucket: 'local', endpoint: 'local', keyFormat: '{{workflow.namespace}}/{{workflow.name}}/{{pod.name}}' } } } },
      random: (length) => randomBytes(length),
      onUpdate: ({ run }) => {
        person?.look(run)
        if (run.status.completed) ending.end()
      },
    })
    const taken = await host.submit(workflow)
    if (!taken.ok) throw new Error(taken.problem.message)
    await ending.reached
    person?.leave()
    const result = await told(taken.run, logs)
    await host.close()
    await rm(join(this.folder, 'runs', uid), { recursive: true, force: true })
    return result
  }

  /** The content of a stored artifact that is one file and not packed. */
  async artifactText(artifact: Artifact): Promise<string> {
    const opened = await this.artifacts.open(artifact, { namespace: NAMESPACE, secret: () => Promise.resolve(undefined) })
    if (!opened.ok) throw new Error(opened.problem.message)
    const chunks: Uint8Array[] = []
    for await (const chunk of opened.value.stream) chunks.push(chunk)
    return Buffer.concat(chunks).toString('utf8')
  }

  close(): void {
    this.state.close()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** The end of a run, or of the patience with it. */
class Ending {
  readonly reached: Promise<void>
  private resolve: () => void = () => undefined
  private readonly timer: NodeJS.Timeout

  constructor(timeoutMs: number) {
    this.reached = new Promise((resolve) => { this.resolve = resolve })
    this.timer = setTimeout(() => this.resolve(), timeoutMs)
  }

  end(): void {
    clearTimeout(this.timer)
    this.resolve()
  }
}

/** Resumes what waits, after giving it its values. */
class Person {
  private readonly supply: Readonly<Record<string, string>>
  private readonly deliver: (event: EngineEvent) => void
  private due: NodeJS.Timeout | undefined

  constructor(supply: Readonly<Record<string, string>>, deliver: (event: EngineEvent) => void) {
    this.supply = supply
    this.deliver = deliver
  }

  look(run: Run): void {
    if (this.due !== undefined || !(run.suspended || [...run.nodes.values()].some(waits))) return
    this.due = setTimeout(() => {
      this.due = undefined
      const at = systemClock.now()
      for (const node of [...run.nodes.values()].filter(waits)) this.supplyTo(node, at)
      this.deliver({ type: 'resumed', at })
    }, RESUME_AFTER_MS)
  }

  leave(): void {
    clearTimeout(this.due)
  }

  private supplyTo(node: RunNode, at: number): void {
    const names = (node.outputs?.parameters ?? []).filter(({ name, valueFrom }) => valueFrom?.supplied !== undefined && Object.hasOwn(this.supply, name)).map(({ name }) => name)
    if (names.length === 0) return
    this.deliver({ type: 'nodesSet', at, nodes: [node.id], outputParameters: Object.fromEntries(names.map((name) => [name, this.supply[name] ?? ''])) })
  }
}

function waits(node: RunNode): boolean {
  return node.type === 'Suspend' && node.phase === 'Running'
}

function identified(manifest: Workflow, options: RealRunOptions): Workflow {
  const applied = applySubmitOptions(manifest, { name: options.name, parameters: options.parameters })
  if (!applied.ok) throw new Error(applied.problem.message)
  const { metadata } = applied.value
  const uid = randomUUID()
  const name = metadata.name ?? `${metadata.generateName ?? 'workflow-'}${uid.slice(0, 5)}`
  const creationTimestamp = new Date(Math.floor(Date.now() / 1000) * 1000).toISOString()
  return { ...applied.value, apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', metadata: { ...metadata, name, namespace: options.namespace ?? metadata.namespace ?? NAMESPACE, uid, creationTimestamp } }
}

function artifactsIn(folder: string): ArtifactStore {
  return routeArtifacts({
    repository: createLocalArtifactStore(folder),
    drivers: { s3: createLocalArtifactStore(folder), raw: withArchives(createRawArtifactStore()), http: withArchives(createHttpArtifactStore()), git: createGitArtifactStore() },
  })
}

async function told(run: Run, logs: LogStore): Promise<RealRun> {
  const byNode = new Map<string, string>()
  const lines: { at: number; text: string }[] = []
  for (const node of run.nodes.values()) {
    const key = { workflowUid: run.uid, nodeId: node.id, attempt: 0 }
    const own: string[] = []
    for (const container of await logs.containers(key)) {
      for await (const line of logs.read({ ...key, container })) {
        own.push(line.text)
        lines.push(line)
      }
    }
    if (own.length > 0) byNode.set(node.name, own.join('\n'))
  }
  const output = lines.sort((a, b) => a.at - b.at).map(({ text }) => text).join('\n')
  const times = new Map([...run.nodes.values()].map(({ name, startedAt, finishedAt }) => [name, { startedAt, finishedAt }]))
  return { workflow: toWorkflow(run), ended: run.status.completed, times, logs: byNode, output }
}
