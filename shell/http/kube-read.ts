// Owns reading objects: one, a list of them, and what happens to them from now on.
import { type ApiResource, apiVersionOf, failure, partialObject, statusOf, tableOf } from '@tiphys/core/api'
import type { JsonObject } from '@tiphys/core/kube'
import type { ObjectEvent, ObjectWatch, StoredObject } from '@tiphys/shell/ports'
import { type Answer, failed, json, problemAnswer, problemFailure } from './answer.ts'
import { type ObjectCall, isTrue, numberOf, selectorsOf } from './call.ts'

export interface Reading {
  readonly now: () => number
}

export async function getObject(call: ObjectCall, reading: Reading): Promise<Answer> {
  const { resource, store, namespace, name } = call
  const found = await store.get({ type: resource, namespace, name })
  if (!found.ok) return problemAnswer(found.problem, resource, name)
  return json(200, shaped(call, [asJson(found.value)], reading.now()) ?? asJson(found.value))
}

/** An object of the store as plain JSON: the two differ in their types only. */
export function asJson(object: StoredObject): JsonObject {
  return object as unknown as JsonObject
}

/** One object, or one event's, in the shape that was asked for; undefined for the object as it is. */
function shaped({ shape, resource, query }: ObjectCall, objects: readonly JsonObject[], now: number): JsonObject | undefined {
  if (shape.as === 'Table') return table({ shape, resource, query }, objects, { resourceVersion: versionOf(objects[0]) }, now)
  const [object] = objects
  return shape.as === 'PartialObjectMetadata' && object !== undefined ? partialObject(object, shape.version) : undefined
}

function versionOf(object: JsonObject | undefined): string {
  const metadata = object?.['metadata'] as { readonly resourceVersion?: string } | undefined
  return metadata?.resourceVersion ?? ''
}

function table({ shape, resource, query }: Pick<ObjectCall, 'shape' | 'resource' | 'query'>, objects: readonly JsonObject[], metadata: JsonObject, now: number): JsonObject {
  const includeObject = query.get('includeObject')
  return tableOf({
    resource, objects, metadata, now, version: shape.version === 'v1beta1' ? 'v1beta1' : 'v1', includeObject: includeObject === 'Object' || includeObject === 'None' ? includeObject : 'Metadata',
  })
}

/** Whether the answer needs no more of an object than tables show. */
function isOutline({ shape, query }: ObjectCall): boolean {
  return shape.as === 'Table' && query.get('includeObject') !== 'Object'
}

export async function listObjects(call: ObjectCall, reading: Reading): Promise<Answer> {
  const { resource, store, namespace, query } = call
  if (isTrue(query.get('watch'))) return watchObjects(call, reading)
  const selectors = selectorsOf(call)
  if (!selectors.ok) return selectors.answer
  const limit = numberOf(query.get('limit'))
  if (Number.isNaN(limit)) return failed(failure('BadRequest', 'limit is no whole number'))
  const token = query.get('continue')
  const exact = query.get('resourceVersionMatch') === 'Exact' ? query.get('resourceVersion') : null
  const page = await store.list({
    type: resource, labels: selectors.labels, fields: selectors.fields, outline: isOutline(call), ...(namespace !== '' && { namespace }), ...(limit !== undefined && { limit }),
    ...(token !== null && token !== '' && { continue: token }), ...(exact !== null && { resourceVersion: exact }),
  })
  if (!page.ok) return page.problem.code === 'invalid' ? failed(failure('BadRequest', page.problem.message)) : problemAnswer(page.problem, resource, '')
  const objects = page.value.objects.map(asJson)
  const metadata = { resourceVersion: page.value.resourceVersion, ...(page.value.continue !== undefined && { continue: page.value.continue }) }
  return json(200, listBody(call, objects, { metadata, now: reading.now() }))
}

function listBody(call: ObjectCall, objects: readonly JsonObject[], { metadata, now }: { readonly metadata: JsonObject; readonly now: number }): JsonObject {
  const { shape, resource } = call
  if (shape.as === 'Table') return table(call, objects, metadata, now)
  if (shape.as === 'PartialObjectMetadataList') {
    return { kind: 'PartialObjectMetadataList', apiVersion: `meta.k8s.io/${shape.version}`, metadata, items: objects.map((object) => partialObject(object, shape.version)) }
  }
  return { kind: `${resource.kind}List`, apiVersion: apiVersionOf(resource), metadata, items: objects }
}

const WATCH_SECONDS_MAX = 3600
const WATCH_SECONDS_USUAL = 1800
const BOOKMARK_EVERY_MS = 60_000

async function watchObjects(call: ObjectCall, reading: Reading): Promise<Answer> {
  const { resource, store, namespace, query } = call
  const selectors = selectorsOf(call)
  if (!selectors.ok) return selectors.answer
  const seconds = numberOf(query.get('timeoutSeconds')) ?? WATCH_SECONDS_USUAL
  if (Number.isNaN(seconds)) return failed(failure('BadRequest', 'timeoutSeconds is no whole number'))
  const from = query.get('resourceVersion') ?? ''
  if (!/^\d{0,19}$/.test(from)) return failed(failure('BadRequest', `resourceVersion: Invalid value: ${JSON.stringify(from.slice(0, 100))}`))
  const bookmarks = isTrue(query.get('allowWatchBookmarks'))
  const signal = AbortSignal.any([call.signal, AbortSignal.timeout(Math.min(Math.max(1, seconds), WATCH_SECONDS_MAX) * 1000)])
  const started = await store.watch({
    type: resource, labels: selectors.labels, fields: selectors.fields, outline: isOutline(call), bookmarks, signal, ...(namespace !== '' && { namespace }),
    ...(from !== '' && from !== '0' && { resourceVersion: from }),
  })
  if (!started.ok) return started.problem.code === 'invalid' ? failed(failure('BadRequest', started.problem.message)) : problemAnswer(started.problem, resource, '')
  return { type: 'stream', contentType: 'application/json', chunks: eventLines(call, { watch: started.value, bookmarks, now: reading.now }) }
}

interface Watching {
  readonly watch: ObjectWatch
  readonly bookmarks: boolean
  readonly now: () => number
}

/** One JSON text a line. Quiet times are told by bookmarks. */
async function* eventLines(call: ObjectCall, { watch, bookmarks, now }: Watching): AsyncGenerator<string> {
  const events = watch[Symbol.asyncIterator]()
  let next = events.next()
  try {
    for (;;) {
      const event = await soon(next, bookmarks ? BOOKMARK_EVERY_MS : undefined)
      if (event === undefined) {
        yield line({ type: 'BOOKMARK', object: bookmark(call.resource, watch.resourceVersion, false) })
        continue
      }
      if (event.done === true) return
      yield line(eventBody(call, event.value, now()))
      if (event.value.type === 'ERROR') return
      next = events.next()
    }
  } finally {
    watch.close()
  }
}

const line = (event: JsonObject): string => `${JSON.stringify(event)}\n`

/** What a promise gives, or undefined when it takes longer. */
async function soon<T>(promise: Promise<T>, ms: number | undefined): Promise<T | undefined> {
  if (ms === undefined) return promise
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => { timer = setTimeout(() => resolve(undefined), ms) })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

function eventBody(call: ObjectCall, event: ObjectEvent, now: number): JsonObject {
  if (event.type === 'ERROR') return { type: 'ERROR', object: statusOf(problemFailure(event.problem, call.resource, '')) }
  if (event.type === 'BOOKMARK') return { type: 'BOOKMARK', object: bookmark(call.resource, event.resourceVersion, event.initialEventsEnd) }
  const object = asJson(event.object)
  return { type: event.type, object: shaped(call, [object], now) ?? object }
}

function bookmark(resource: ApiResource, resourceVersion: string, initialEventsEnd: boolean): JsonObject {
  const annotations = initialEventsEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}
  return { kind: resource.kind, apiVersion: apiVersionOf(resource), metadata: { resourceVersion, creationTimestamp: null, ...annotations } }
}
