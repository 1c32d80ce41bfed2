// Owns reading workflows in the Argo REST API: one, and lists of live and archived ones together.
import { type FieldChoice, type ListWanted, argoList, argoObject, chooseFields, parseFields, readListOptions } from '@tiphys/core/api'
import { type JsonObject, isJsonArray, isJsonObject, matchesLabels } from '@tiphys/core/kube'
import { workflowSchema } from '@tiphys/core/spec'
import type { ArchiveFilter, RunFilter, RunSummary } from '@tiphys/shell/ports'
import { forbiddenIn } from './access.ts'
import { archivedPage } from './archived-page.ts'
import { answered, refusedAs, refusedWith } from './answer.ts'
import { nameOf, plain } from './objects.ts'
import type { ArgoOperationHandler, ArgoServices } from './services.ts'
import { findAnywhere, isGoing } from './workflow-find.ts'

/** What was chosen of a workflow; what Go always writes is written all the same. */
function trimmed(choice: FieldChoice | undefined, workflow: JsonObject): JsonObject {
  const shown = argoObject(workflowSchema, workflow)
  return choice === undefined ? shown : argoObject(workflowSchema, chooseFields(choice, shown))
}

export const getWorkflow: ArgoOperationHandler = async (call, services) => {
  const found = await findAnywhere(services, { namespace: call.parameters['namespace'] ?? '', name: nameOf(call), uid: call.query.get('uid') ?? '' })
  if (!found.ok) return refusedWith(found.failure)
  // A uid may lead to another namespace than the path says.
  const denied = await forbiddenIn(call, found.value.metadata.namespace ?? '', found.value.metadata.name)
  if (denied !== undefined) return refusedWith(denied)
  return answered(trimmed(parseFields(call.query.get('fields') ?? ''), found.value as unknown as JsonObject))
}

export const listWorkflows: ArgoOperationHandler = async (call, services) => {
  const wanted = readListOptions(call.query, call.parameters['namespace'] ?? '')
  if (!wanted.ok) return refusedWith(wanted.failure)
  // A selector may lead to other namespaces than the path says.
  const denied = await forbiddenIn(call, wanted.value.namespace)
  if (denied !== undefined) return refusedWith(denied)
  const choice = parseFields(call.query.get('fields') ?? '')
  const page = await pageOf(services, wanted.value, choice)
  if (page === undefined) return refusedAs('invalidArgument', 'the filters name too many values')
  return answered(trimmedList(choice, argoList(page.meta, page.items.map((item) => argoObject(workflowSchema, item)))))
}

function trimmedList(choice: FieldChoice | undefined, list: JsonObject): JsonObject {
  if (choice === undefined) return list
  const { metadata, items } = chooseFields(choice, list)
  const kept = isJsonArray(items) ? items.filter(isJsonObject).map((item) => argoObject(workflowSchema, item)) : []
  return { metadata: isJsonObject(metadata) ? metadata : {}, items: kept.length === 0 ? null : kept }
}

interface Page {
  readonly meta: { readonly resourceVersion: string; readonly continue?: string | undefined; readonly remainingItemCount?: number | undefined }
  readonly items: readonly JsonObject[]
}

/** Live ones come first, then those that only the archive has; a workflow that is archived and live is told once, as the archive has it. */
async function pageOf(services: ArgoServices, wanted: ListWanted, choice: FieldChoice | undefined): Promise<Page | undefined> {
  const { workflows, archive } = services
  const { runs, resourceVersion } = await workflows.summaries(runFilterOf(wanted))
  const live = runs.filter((run) => !isArchived(run) && !isGoing(services, run) && isWanted(run, wanted)).sort(byStart)
  const filter = archiveFilterOf(wanted)
  const fromLive = wanted.limit === undefined ? live.slice(wanted.offset) : live.slice(wanted.offset, wanted.offset + wanted.limit)
  const rest = { offset: Math.max(0, wanted.offset - live.length), limit: wanted.limit === undefined ? undefined : wanted.limit - fromLive.length }
  const archived = await archivedPage(archive, filter, rest)
  if (!archived.ok) return undefined
  const items = await Promise.all(fromLive.map((run) => itemOf(services, run, choice)))
  const told = [...items.flatMap((item) => (item === undefined ? [] : [item])), ...archived.value.items]
  const end = wanted.offset + fromLive.length + archived.value.items.length
  const hasMore = end < live.length || archived.value.hasMore
  const meta = { resourceVersion, continue: hasMore ? String(end) : undefined, ...(wanted.showRemaining && { remainingItemCount: await remainingOf(archive, filter, end - live.length) }) }
  return { meta, items: told.sort(unfinishedFirst) }
}

const ARCHIVING = 'workflows.argoproj.io/workflow-archiving-status'

/** Whoever keeps the archive labels what it has taken. */
function isArchived({ labels }: RunSummary): boolean {
  return labels[ARCHIVING] === 'Archived'
}

/** `told` counts those of the archive; below zero as many live ones are still to come. */
async function remainingOf(archive: ArgoServices['archive'], filter: ArchiveFilter, told: number): Promise<number> {
  const total = await archive.count(filter)
  return total.ok ? Math.max(0, total.value - told) : 0
}

/** A workflow of a list, as whole as the choice of fields needs. */
async function itemOf({ workflows }: ArgoServices, run: RunSummary, choice: FieldChoice | undefined): Promise<JsonObject | undefined> {
  if (choice !== undefined && !needsWhole(choice)) return plain(workflows.outline(run))
  const whole = await workflows.whole(run)
  return whole.ok ? plain(whole.value) : undefined
}

/** What the index can tell without the log of the run. */
const INDEXED = ['name', 'namespace', 'uid', 'resourceVersion', 'creationTimestamp', 'labels'].map((name) => `items.metadata.${name}`)
  .concat(['phase', 'message', 'progress', 'startedAt', 'finishedAt'].map((name) => `items.status.${name}`))

function needsWhole(choice: FieldChoice): boolean {
  const isIndexed = (path: string): boolean => path === 'metadata' || path.startsWith('metadata.') || INDEXED.includes(path) || path.startsWith('items.metadata.labels.')
  return choice.exclude || ![...choice.paths].every(isIndexed)
}

/** Labels that tell how a workflow stands; the index does not keep them. */
const STATE_LABELS: ReadonlySet<string> = new Set(['workflows.argoproj.io/phase', 'workflows.argoproj.io/completed'])

/** What the index can filter by itself; `isWanted` asks for the rest. */
function runFilterOf({ namespace, names, labels, createdFrom }: ListWanted): RunFilter {
  const exact = names.find(({ how }) => how === 'exact')
  const kept = labels.filter(({ key }) => !STATE_LABELS.has(key))
  return {
    ...(namespace !== '' && { namespaces: [namespace] }), ...(exact !== undefined && { name: exact.text }), ...(kept.length > 0 && { labels: kept }),
    ...(createdFrom !== undefined && { createdFrom }),
  }
}

function isWanted(run: RunSummary, wanted: ListWanted): boolean {
  const state = run.phase === '' ? {} : { 'workflows.argoproj.io/phase': run.phase, 'workflows.argoproj.io/completed': String(run.finishedAt !== undefined) }
  if (run.namespace === wanted.notNamespace || !matchesLabels(wanted.labels, { ...run.labels, ...state })) return false
  const { startedFrom, startedTo, createdFrom, finishedTo } = wanted
  if (startedFrom !== undefined && (run.startedAt === undefined || run.startedAt < startedFrom)) return false
  if (startedTo !== undefined && run.startedAt !== undefined && run.startedAt > startedTo) return false
  if (createdFrom !== undefined && run.createdAt < createdFrom) return false
  // What has not ended yet is let through, as it is by the reference.
  if (finishedTo !== undefined && run.finishedAt !== undefined && run.finishedAt > finishedTo) return false
  return wanted.names.every(({ text, how }) => (how === 'exact' ? run.name === text : how === 'not' ? run.name !== text : how === 'prefix' ? run.name.startsWith(text) : run.name.includes(text)))
}

export function archiveFilterOf(wanted: ListWanted): ArchiveFilter {
  const { namespace, notNamespace, names, labels, startedFrom, startedTo, createdFrom, finishedTo } = wanted
  const named = names.map(({ text, how }) => (how === 'exact' ? { name: text } : how === 'not' ? { notName: text } : how === 'prefix' ? { namePrefix: text } : { nameContains: text }))
  return Object.assign({
    ...(namespace !== '' && { namespaces: [namespace] }), ...(notNamespace !== '' && { notNamespace }), ...(labels.length > 0 && { labels }), ...(startedFrom !== undefined && { startedFrom }),
    ...(startedTo !== undefined && { startedTo }), ...(createdFrom !== undefined && { createdFrom }), ...(finishedTo !== undefined && { finishedTo }),
  }, ...named) as ArchiveFilter
}

/** The latest start first; what has not started yet comes last, as in the pages of the reference. */
function byStart(a: RunSummary, b: RunSummary): number {
  return secondsOf(b.startedAt) - secondsOf(a.startedAt) || b.createdAt - a.createdAt || (a.name < b.name ? -1 : 1)
}

function secondsOf(ms: number | undefined): number {
  return ms === undefined ? 0 : Math.floor(ms / 1000)
}

/** Within a page: what goes on first, then the latest start. */
function unfinishedFirst(a: JsonObject, b: JsonObject): number {
  const [left, right] = [timesOf(a), timesOf(b)]
  if ((left.finished === 0) !== (right.finished === 0)) return left.finished === 0 ? -1 : 1
  return right.started - left.started
}

function timesOf({ metadata, status }: JsonObject): { readonly started: number; readonly finished: number } {
  const time = (holder: JsonObject[string] | undefined, name: string): number => {
    const text = isJsonObject(holder) ? holder[name] : undefined
    return typeof text === 'string' ? Date.parse(text) || 0 : 0
  }
  return { started: time(metadata, 'creationTimestamp'), finished: time(status, 'finishedAt') }
}
