// Owns workflows as objects: lists from the index of runs, whole ones from the log, and writes that become requests to whoever carries runs out.
import { type EngineEvent, type RetryOptions, type Run, toWorkflow, viewRun } from '@tiphys/core/engine'
import { type FieldSelector, type Json, type JsonObject, type LabelSelector, isJsonObject, matchesFields, matchesLabels } from '@tiphys/core/kube'
import type { Workflow } from '@tiphys/core/spec'
import { textAt, valueAt } from '@tiphys/core/api'
import type {
  CreateOptions, DeleteOptions, Deletion, KubeObject, ObjectKey, ObjectPage, ObjectProblem, ObjectResult, ObjectWatch, ResourceType, RunFilter, RunIndex, RunListQuery, RunLog, RunPage, RunProblem, RunSummary,
  StoredObject, UpdateOptions,
} from '@tiphys/shell/ports'
import { type SubmittedWorkflow, stateOf, takingTurns } from '@tiphys/shell/runtime'
import type { KubeListQuery, KubeStore, KubeWatchQuery } from './kube-store.ts'
import { RecentObjects } from './recent-objects.ts'
import { watchWorkflows } from './workflow-watch.ts'

export type Done = { readonly ok: true } | { readonly ok: false; readonly problem: ObjectProblem }

/** Whoever carries runs out. */
export interface RunControl {
  /** Starts a workflow whose name, namespace, uid and creation time are set. */
  submit(workflow: Workflow): Promise<Done>
  /** The run if it is carried out here and now. */
  live(uid: string): Run | undefined
  /** Carries out what changed between a workflow as it stands and as it shall be. */
  change(summary: RunSummary, before: Workflow, after: Workflow): Promise<Done>
  /** Gives an event to a run, whoever carries it out. */
  deliver(summary: RunSummary, event: EngineEvent): Promise<Done>
  /** Begins a new attempt of a run that has ended. */
  retry(summary: RunSummary, options: RetryOptions): Promise<Done>
  /** Ends a run if need be, then forgets it with all that is its own. Resolves once that is under way. */
  remove(summary: RunSummary, options: DeleteOptions): Promise<Done & { readonly gone?: boolean }>
  /** When the deletion of a run began, Unix milliseconds. */
  deletingSince(uid: string): number | undefined
  /** Whether a deleted run goes only after what it owns. */
  isInForeground?(uid: string): boolean
  /** Whether a deleted run only has to end and be forgotten, and no finalizer holds it. */
  isLeaving(uid: string): boolean
}

export interface WorkflowStoreOptions {
  readonly log: RunLog
  readonly runs: RunIndex
  readonly control: RunControl
  readonly now: () => number
  readonly newUid: () => string
  /** Five characters for a generated name. */
  readonly newSuffix: () => string
}

const PAGE = 500
/** How many deleted workflows are kept in mind, the latest ones. */
const REMEMBERED_MAX = 50
/** As often as Kubernetes draws another name. */
const NAME_TRIES = 8
const BIRTHS_MAX = 10_000
const LABEL = 'workflows.argoproj.io/'
/** Labels that tell how a workflow stands; the index does not keep them. */
const STATE_LABELS: ReadonlySet<string> = new Set([`${LABEL}phase`, `${LABEL}completed`])

/** What goes on from the nodes of another workflow says so by nodes of a workflow that has not ended; any other status is what was, and says nothing of what shall be. */
function bringsNodes(status: Json | undefined): boolean {
  const [nodes, phase] = [valueAt(status, ['nodes']), textAt(status, ['phase'])]
  return isJsonObject(nodes) && Object.keys(nodes).length > 0 && ['', 'Pending', 'Running'].includes(phase)
}

export class WorkflowStore implements KubeStore {
  readonly #options: WorkflowStoreOptions
  readonly #deleted = new Map<string, StoredObject>()
  readonly #recent = new RecentObjects()
  readonly #turns = takingTurns()
  /** In which version workflows of this process came to be, the latest ones. */
  readonly #born = new Map<string, bigint>()

  constructor(options: WorkflowStoreOptions) {
    this.#options = options
  }

  async create(type: ResourceType, object: KubeObject, { dryRun = false }: CreateOptions = {}): Promise<ObjectResult<StoredObject>> {
    const { status, ...rest } = object as KubeObject & { readonly status?: Json }
    const made = await this.submit(bringsNodes(status) ? object : rest, dryRun)
    const { namespace = '' } = object.metadata
    return made.ok && !dryRun ? this.get({ type, namespace, name: made.value.metadata.name }) : made
  }

  /** Starts a workflow, and answers it as it was when it began; with a status it takes over what another one has done. */
  async submit(object: KubeObject, dryRun: boolean): Promise<ObjectResult<StoredObject>> {
    for (let tries = 1; ; tries++) {
      const made = await this.#submitOnce(object, dryRun)
      const isTaken = !made.ok && made.problem.code === 'already_exists'
      // Five characters are not many: among a few thousand workflows of one prefix some draw the same.
      if (!isTaken || object.metadata.name !== undefined || tries === NAME_TRIES) return made
    }
  }

  async #submitOnce(object: KubeObject, dryRun: boolean): Promise<ObjectResult<StoredObject>> {
    const { control, runs, now, newUid, newSuffix } = this.#options
    const { resourceVersion: _, ...metadata } = object.metadata
    const name = metadata.name ?? `${metadata.generateName ?? ''}${newSuffix()}`
    const workflow = { ...object, metadata: { ...metadata, name, uid: newUid(), creationTimestamp: timeText(now()) } } as unknown as Workflow
    const namespace = metadata.namespace ?? ''
    const there = await runs.find(namespace, name)
    if (there.ok) return { ok: false, problem: { code: 'already_exists', message: `there is a workflow ${JSON.stringify(name)} already` } }
    const begun = { ...workflow, metadata: { ...workflow.metadata, generation: 1 } }
    if (dryRun) return { ok: true, value: stored(begun, '') }
    const submitted = await control.submit(workflow)
    if (!submitted.ok) return submitted
    const summary = await runs.find(namespace, name)
    if (summary.ok) this.#noteBirth(summary.value)
    return { ok: true, value: stored(begun, summary.ok ? summary.value.resourceVersion : '') }
  }

  #noteBirth({ uid, resourceVersion }: RunSummary): void {
    if (!/^\d+$/.test(resourceVersion)) return
    this.#born.set(uid, BigInt(resourceVersion))
    const [oldest] = this.#born.keys()
    if (this.#born.size > BIRTHS_MAX && oldest !== undefined) this.#born.delete(oldest)
  }

  /** Whether a workflow is known to have come to be after a version; others were there, as far as anybody knows. */
  bornAfter(uid: string, version: bigint): boolean {
    return (this.#born.get(uid) ?? 0n) > version
  }

  /** What the index knows of a live workflow. */
  async summary(namespace: string, name: string): Promise<ObjectResult<RunSummary>> {
    const found = await this.#options.runs.find(namespace, name)
    return found.ok ? found : { ok: false, problem: problemOf(found.problem) }
  }

  /** A page of live workflows as the index knows them. */
  async page(query: RunListQuery): Promise<RunPage> {
    const page = await this.#options.runs.list({ ...query, archived: false })
    if (!page.ok) throw new Error(page.problem.message)
    return page.value
  }

  get control(): RunControl {
    return this.#options.control
  }

  async get({ namespace, name }: ObjectKey): Promise<ObjectResult<StoredObject>> {
    const found = await this.#options.runs.find(namespace, name)
    return found.ok ? this.whole(found.value) : { ok: false, problem: problemOf(found.problem) }
  }

  /** A workflow with its nodes; the outline where its log cannot be read, so that it can still be deleted. */
  async whole(summary: RunSummary): Promise<ObjectResult<StoredObject>> {
    const { control, log } = this.#options
    const isDeleted = control.deletingSince(summary.uid) !== undefined
    const recent = isDeleted ? undefined : this.#recent.get(summary.uid, summary.resourceVersion)
    if (recent !== undefined) return { ok: true, value: recent }
    const keep = (object: StoredObject, nodes: number): StoredObject => (isDeleted ? object : this.#recent.keep(object, nodes))
    const live = control.live(summary.uid)
    if (live !== undefined) return { ok: true, value: keep(this.shown(live, summary), live.nodes.size) }
    const loaded = await log.load(summary.uid)
    if (!loaded.ok) return loaded.problem.code === 'not_found' ? { ok: false, problem: problemOf(loaded.problem) } : { ok: true, value: this.outline(summary) }
    const folded = stateOf(loaded.value)
    if (!folded.ok) return { ok: true, value: this.outline(summary) }
    return { ok: true, value: keep(this.#dressed(edited(toWorkflow(viewRun(folded.workflow, folded.state)), folded.workflow), summary), folded.state.nodes.size) }
  }

  /** A run that is at hand. */
  shown(run: Run, summary: RunSummary): StoredObject {
    return this.#dressed(edited(toWorkflow(run), run.submitted), summary)
  }

  #dressed(workflow: Workflow, summary: RunSummary): StoredObject {
    const deleting = this.#options.control.deletingSince(summary.uid)
    const finalizers = this.#options.control.isInForeground?.(summary.uid) === true ? [...new Set([...(workflow.metadata.finalizers ?? []), 'foregroundDeletion'])] : workflow.metadata.finalizers
    const marks = deleting === undefined ? {} : { deletionTimestamp: timeText(deleting), deletionGracePeriodSeconds: 0, ...(finalizers !== undefined && { finalizers }) }
    const metadata = { generation: 1, ...workflow.metadata, ...marks }
    return stored({ ...workflow, metadata }, summary.resourceVersion)
  }

  /** As much of a workflow as the index knows. */
  outline(summary: RunSummary): StoredObject {
    const state = summary.phase === '' ? {} : { [`${LABEL}phase`]: summary.phase, [`${LABEL}completed`]: String(summary.finishedAt !== undefined) }
    const { name, namespace, uid } = summary
    const workflow = {
      apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow',
      metadata: { name, namespace, uid, creationTimestamp: timeText(summary.createdAt), labels: { ...summary.labels, ...state } },
      spec: {},
      status: {
        phase: summary.phase, message: summary.message, progress: summary.progress, startedAt: textOrNull(summary.startedAt), finishedAt: textOrNull(summary.finishedAt),
      },
    }
    return this.#dressed(workflow as unknown as Workflow, summary)
  }

  /** One after the other, so that of two who saw the same version one is told that it is an old one. */
  update(type: ResourceType, object: KubeObject, { dryRun = false }: UpdateOptions = {}): Promise<ObjectResult<StoredObject>> {
    const { name = '', namespace = '' } = object.metadata
    return this.#turns.take(`${namespace}/${name}`, () => this.#update(type, object, dryRun))
  }

  async #update(type: ResourceType, object: KubeObject, dryRun: boolean): Promise<ObjectResult<StoredObject>> {
    const { runs, control } = this.#options
    const { name = '', namespace = '', resourceVersion } = object.metadata
    const found = await runs.find(namespace, name)
    if (!found.ok) return { ok: false, problem: problemOf(found.problem) }
    if (resourceVersion !== undefined && resourceVersion !== '' && resourceVersion !== found.value.resourceVersion) {
      return { ok: false, problem: { code: 'conflict', message: 'the workflow has been modified', path: 'metadata.resourceVersion' } }
    }
    const before = await this.whole(found.value)
    if (!before.ok || dryRun) return dryRun ? { ok: true, value: object as StoredObject } : before
    const changed = await control.change(found.value, before.value as unknown as Workflow, object as unknown as Workflow)
    if (!changed.ok) return changed
    const after = await this.get({ type, namespace, name })
    // Taking the last finalizer off a deleted workflow makes it go.
    return after.ok || after.problem.code !== 'not_found' ? after : { ok: true, value: object as StoredObject }
  }

  async delete({ namespace, name }: ObjectKey, options: DeleteOptions = {}): Promise<ObjectResult<Deletion>> {
    const { runs, control } = this.#options
    const found = await runs.find(namespace, name)
    if (!found.ok) return { ok: false, problem: problemOf(found.problem) }
    const { preconditions = {} } = options
    const differs = (preconditions.uid ?? found.value.uid) !== found.value.uid || (preconditions.resourceVersion ?? found.value.resourceVersion) !== found.value.resourceVersion
    if (differs) return { ok: false, problem: { code: 'conflict', message: 'the workflow is another one than the request meant' } }
    if (options.dryRun !== true) await this.#remember(found.value)
    const removed = options.dryRun === true ? { ok: true as const, gone: true } : await control.remove(found.value, options)
    return removed.ok ? { ok: true, value: { object: this.last(found.value), gone: removed.gone === true } } : removed
  }

  /** Watchers are told what a deleted workflow looked like, when its log is gone already. */
  async #remember(summary: RunSummary): Promise<void> {
    const whole = await this.whole(summary)
    if (!whole.ok) return
    this.#deleted.set(summary.uid, whole.value)
    for (const uid of this.#deleted.keys()) {
      if (this.#deleted.size <= REMEMBERED_MAX) break
      this.#deleted.delete(uid)
    }
  }

  /** A workflow that is gone, as it was last seen. */
  last(summary: RunSummary): StoredObject {
    const known = this.#deleted.get(summary.uid)
    return known === undefined ? this.outline(summary) : { ...known, metadata: { ...known.metadata, resourceVersion: summary.resourceVersion } }
  }

  async list(query: KubeListQuery): Promise<ObjectResult<ObjectPage>> {
    const limit = query.limit === undefined || query.limit <= 0 ? Number.POSITIVE_INFINITY : query.limit
    const objects: StoredObject[] = []
    let [token, version] = [query.continue, '']
    do {
      const page = await this.#options.runs.list({
        ...this.filterOf(query), archived: false, order: 'name', limit: Math.min(PAGE, limit - objects.length), ...(token !== undefined && { continue: token }),
      })
      if (!page.ok) return { ok: false, problem: problemOf(page.problem) }
      version ||= page.value.resourceVersion
      for (const summary of page.value.runs) {
        const object = await this.matching(summary, query)
        if (object !== undefined) objects.push(object)
      }
      token = page.value.continue
    } while (token !== undefined && objects.length < limit)
    return { ok: true, value: { objects, resourceVersion: version, damaged: [], ...(token !== undefined && { continue: token }) } }
  }

  /** The object if it meets the selectors, as whole as was asked for. Undefined as well when it went away meanwhile. */
  async matching(summary: RunSummary, query: Pick<KubeListQuery, 'labels' | 'fields' | 'outline'>): Promise<StoredObject | undefined> {
    const outline = this.outline(summary)
    if (!matches(outline, query)) return undefined
    if (query.outline === true) return outline
    const whole = await this.whole(summary)
    return whole.ok ? whole.value : undefined
  }

  /** What the index can tell by itself. */
  filterOf({ namespace, labels = [], fields = [] }: Pick<KubeListQuery, 'namespace' | 'labels' | 'fields'>): RunFilter {
    const name = fields.find(({ field, equal }) => field === 'metadata.name' && equal)?.value
    const kept: LabelSelector = labels.filter(({ key }) => !STATE_LABELS.has(key))
    return { ...(namespace !== undefined && { namespaces: [namespace] }), ...(kept.length > 0 && { labels: kept }), ...(name !== undefined && { name }) }
  }

  async watch(query: KubeWatchQuery): Promise<ObjectResult<ObjectWatch>> {
    return watchWorkflows(this, this.#options.runs, query)
  }
}

/** The workflow with the specification that somebody put in the place of the first one; what is asked of the run now stands in both. */
function edited(workflow: Workflow, { editedSpec }: SubmittedWorkflow): Workflow {
  if (editedSpec === undefined) return workflow
  const { suspend: _, shutdown: __, ...spec } = editedSpec
  const { suspend, shutdown } = workflow.spec
  return { ...workflow, spec: { ...spec, ...(suspend !== undefined && { suspend }), ...(shutdown !== undefined && { shutdown }) } }
}

export function matches(object: StoredObject, { labels = [], fields = [] }: { readonly labels?: LabelSelector; readonly fields?: FieldSelector }): boolean {
  const plain = object as unknown as JsonObject
  return matchesLabels(labels, object.metadata.labels) && matchesFields(fields, (field) => textAt(plain, field.split('.')))
}

function stored(workflow: Workflow, resourceVersion: string): StoredObject {
  return { ...workflow, metadata: { ...workflow.metadata, resourceVersion } } as unknown as StoredObject
}

function timeText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}

function textOrNull(ms: number | undefined): string | null {
  return ms === undefined ? null : timeText(ms)
}

const CODES: Readonly<Partial<Record<RunProblem['code'], ObjectProblem['code']>>> = {
  not_found: 'not_found', already_exists: 'already_exists', damaged: 'damaged', too_large: 'too_large', invalid: 'invalid', expired: 'expired',
}

export function problemOf({ code, message, hint }: RunProblem): ObjectProblem {
  return { code: CODES[code] ?? 'conflict', message, ...(hint !== undefined && { hint }) }
}
