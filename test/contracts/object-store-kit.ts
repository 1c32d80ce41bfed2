// Owns what the tests of object stores share: a place to open stores in, some types, and short ways to make and read.
import type { DeleteOptions, Deletion, KubeMeta, KubeObject, ObjectEvent, ObjectKey, ObjectListQuery, ObjectResult, ObjectStore, ObjectWatch, ResourceType, StoredObject, WatchQuery } from '@tiphys/shell/ports'

/** A process's view of a store. */
export interface OpenObjects {
  readonly objects: ObjectStore
  /** Resolves once garbage and old history are dealt with. */
  idle(): Promise<void>
  /** Looks for changes of other processes now. */
  poll(): void
  close(): void
}

/** An empty place for a store. Its clock stands at `now`; history reaches back over `changesKept` changes. */
export interface ObjectsPlace {
  open(owner: string, options?: { readonly changesKept?: number }): OpenObjects
  remove(): void
}

export const objectsNow = 1_700_000_000_000
export const nowText = '2023-11-14T22:13:20Z'

export const widgets: ResourceType = { group: 'example.io', version: 'v1', kind: 'Widget', plural: 'widgets', namespaced: true, statusSubresource: false, generation: true }
export const gadgets: ResourceType = { ...widgets, kind: 'Gadget', plural: 'gadgets', statusSubresource: true }
export const realms: ResourceType = { group: '', version: 'v1', kind: 'Realm', plural: 'realms', namespaced: false, statusSubresource: false, generation: false }

export type Widget = KubeObject & { readonly spec?: unknown; readonly status?: unknown; readonly data?: unknown }
/** Opens an empty store. */
export type Open = (options?: { readonly changesKept?: number }) => OpenObjects
/** Makes an empty place and gives the way to open it as one owner or another. */
export type Place = () => (owner: string) => OpenObjects

export function widget(name: string, meta: KubeMeta = {}, more: Partial<Widget> = {}): Widget {
  return { apiVersion: 'example.io/v1', kind: 'Widget', metadata: { name, namespace: 'argo', ...meta }, ...more }
}

export function keyOf(name: string, type = widgets, namespace = type.namespaced ? 'argo' : ''): ObjectKey {
  return { type, namespace, name }
}

export function valueOf<T>(result: ObjectResult<T>): T {
  if (!result.ok) throw new Error(`${result.problem.code}: ${result.problem.message}`)
  return result.value
}

export function codeOf(result: ObjectResult<unknown>): string {
  return result.ok ? 'ok' : result.problem.code
}

export async function create(objects: ObjectStore, name: string, meta: KubeMeta = {}, more: Partial<Widget> = {}): Promise<StoredObject> {
  return valueOf(await objects.create(widgets, widget(name, meta, more)))
}

export async function names(objects: ObjectStore, filter: Partial<ObjectListQuery> = {}): Promise<string[]> {
  return valueOf(await objects.list({ type: widgets, ...filter })).objects.map(({ metadata }) => metadata.name)
}

export async function exists(objects: ObjectStore, name: string): Promise<boolean> {
  return (await objects.get(keyOf(name))).ok
}

export async function removed(objects: ObjectStore, name: string, options: DeleteOptions = {}): Promise<Deletion> {
  return valueOf(await objects.delete(keyOf(name), options))
}

export function lineOf(event: ObjectEvent): string {
  if (event.type === 'ERROR') return `ERROR ${event.problem.code}`
  return event.type === 'BOOKMARK' ? `BOOKMARK ${event.initialEventsEnd}` : `${event.type} ${event.object.metadata.name}`
}

export async function linesOf(watch: ObjectWatch | undefined, count: number): Promise<string[]> {
  const lines: string[] = []
  for await (const event of watch ?? []) if (lines.push(lineOf(event)) === count) break
  return lines
}

export async function collect(watch: ObjectWatch | undefined): Promise<string[]> {
  return linesOf(watch, Number.POSITIVE_INFINITY)
}

export async function take(objects: ObjectStore, query: Omit<WatchQuery, 'type'>, count: number): Promise<string[]> {
  return linesOf(valueOf(await objects.watch({ type: widgets, ...query })), count)
}
