// Owns reading workflows in the Argo REST API: one, and lists of live and archived ones together.
import { managedSelector } from '@tiphys/core/controllers'
import { type FieldChoice, type ListWanted, argoList, argoObject, chooseFields, parseFields, readListOptions } from '@tiphys/core/api'
import { type JsonObject, isJsonArray, isJsonObject } from '@tiphys/core/kube'
import { workflowSchema } from '@tiphys/core/spec'
import type { ArchiveFilter, RunSummary } from '@tiphys/shell/ports'
import { forbiddenIn } from './access.ts'
import { archivedPage } from './archived-page.ts'
import { answered, refusedAs, refusedWith } from './answer.ts'
import { nameOf, plain } from './objects.ts'
import type { ArgoOperationHandler, ArgoServices } from './services.ts'
import { LATEST, findAnywhere } from './workflow-find.ts'
import { countLive, livePage } from './workflow-pages.ts'

/** What was chosen of a workflow; what Go always writes is written all the same. */
function trimmed(choice: FieldChoice | undefined, workflow: JsonObject): JsonObject {
  const shown = argoObject(workflowSchema, workflow)
  return choice === undefined ? shown : argoObject(workflowSchema, chooseFields(choice, shown))
}

export const getWorkflow: ArgoOperationHandler = async (call, services) => {
  const name = nameOf(call)
  // Whichever is the latest has the uid that it has.
  const uid = name === LATEST ? '' : (call.query.get('uid') ?? '')
  const found = await findAnywhere(services, { namespace: call.parameters['namespace'] ?? '', name, uid })
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
  const own = { ...wanted.value, labels: [...wanted.value.labels, managedSelector(services.instanceId?.() ?? '')] }
  const page = await pageOf(services, own, choice)
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
  const { offset, limit, showRemaining } = wanted
  const live = await livePage(services, wanted, { offset, end: limit === undefined ? Number.POSITIVE_INFINITY : offset + limit })
  const filter = archiveFilterOf(wanted)
  const room = { offset: Math.max(0, offset - live.reached), limit: limit === undefined ? undefined : limit - live.runs.length }
  const archived = live.hasMore ? NOTHING : await archivedPage(services.archive, filter, room)
  if (!archived.ok) return undefined
  const items = await Promise.all(live.runs.map((run) => itemOf(services, run, choice)))
  const told = [...items.flatMap((item) => (item === undefined ? [] : [item])), ...archived.value.items]
  const end = offset + live.runs.length + archived.value.items.length
  const meta = {
    resourceVersion: live.resourceVersion, continue: live.hasMore || archived.value.hasMore ? String(end) : undefined,
    ...(showRemaining && { remainingItemCount: await remainingOf(services, wanted, { filter, end }) }),
  }
  return { meta, items: told.sort(unfinishedFirst) }
}

const NOTHING = { ok: true as const, value: { items: [], hasMore: false } }

async function remainingOf(services: ArgoServices, wanted: ListWanted, { filter, end }: { readonly filter: ArchiveFilter; readonly end: number }): Promise<number> {
  const archived = await services.archive.count(filter)
  return archived.ok ? Math.max(0, (await countLive(services, wanted)) + archived.value - end) : 0
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

export function archiveFilterOf(wanted: ListWanted): ArchiveFilter {
  const { namespace, notNamespace, names, labels, startedFrom, startedTo, createdFrom, finishedTo } = wanted
  const named = names.map(({ text, how }) => (how === 'exact' ? { name: text } : how === 'not' ? { notName: text } : how === 'prefix' ? { namePrefix: text } : { nameContains: text }))
  return Object.assign({
    ...(namespace !== '' && { namespaces: [namespace] }), ...(notNamespace !== '' && { notNamespace }), ...(labels.length > 0 && { labels }), ...(startedFrom !== undefined && { startedFrom }),
    ...(startedTo !== undefined && { startedTo }), ...(createdFrom !== undefined && { createdFrom }), ...(finishedTo !== undefined && { finishedTo }),
  }, ...named) as ArchiveFilter
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
