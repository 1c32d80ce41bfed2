// Owns watching objects: what happened after a version, in order and without gaps, seen through selectors.
import type { Db, ObjectEvent, ObjectProblem, ObjectResult, ObjectWatch, SqlRow, StoredObject, WatchQuery } from '@tiphys/shell/ports'
import { type Ear, doneObject, eventCode, matches, parseObject, refusedObject } from '@tiphys/shell/storage'
import type { ChangeFeed } from './change-feed.ts'
import { listObjects } from './object-list.ts'
import { topicOf, typeIdOf } from './object-rows.ts'

const eventsPerRead = 256
const objectsPerRead = 500
/** With bookmarks, a quiet watch says where it stands after so many changes of others. */
const changesPerBookmark = 1000

export function watchObjects(db: Db, feed: ChangeFeed, query: WatchQuery): ObjectResult<ObjectWatch> {
  const start = query.resourceVersion === undefined || query.resourceVersion === '' || query.resourceVersion === '0' ? undefined : Number(query.resourceVersion)
  const problem = start === undefined ? undefined : expiry(db, start)
  if (problem !== undefined) return { ok: false, problem }
  // A type that nobody stored yet has no number, so such a watch hears of every type.
  const typeId = typeIdOf(db, query.type)
  return doneObject(new Watch(db, feed.listen(typeId === undefined ? undefined : topicOf(typeId), query.signal), { query, start }))
}

interface Start {
  readonly query: WatchQuery
  /** Undefined: from what there is. */
  readonly start: number | undefined
}

class Watch implements ObjectWatch {
  readonly #db: Db
  readonly #ear: Ear
  readonly #query: WatchQuery
  readonly #start: number | undefined
  #version: number
  #bookmarked: number

  constructor(db: Db, ear: Ear, { query, start }: Start) {
    this.#db = db
    this.#ear = ear
    this.#query = query
    this.#start = start
    this.#version = start ?? latestVersion(db)
    this.#bookmarked = this.#version
  }

  get resourceVersion(): string {
    return String(this.#version)
  }

  close(): void {
    this.#ear.close()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ObjectEvent> {
    try {
      if (this.#start === undefined) yield* this.#existing()
      while (!this.#ear.closed) {
        const problem = expiry(this.#db, this.#version)
        if (problem !== undefined) {
          yield { type: 'ERROR', problem }
          return
        }
        const { rows, upTo } = this.#read()
        for (const row of rows) {
          const event = eventOf(this.#db, this.#query, row)
          if (event !== undefined) yield event
          if (this.#ear.closed) return
          this.#version = Number(row['version'])
        }
        if (upTo === undefined) continue
        this.#version = upTo
        if (this.#wantsBookmark()) yield this.#bookmark(false)
        await this.#ear.next()
      }
    } finally {
      this.close()
    }
  }

  /** What there is, all of one moment, which the events then follow. */
  async *#existing(): AsyncGenerator<ObjectEvent> {
    const { type, namespace, labels, fields } = this.#query
    const filter = { type, ...(namespace === undefined ? {} : { namespace }), ...(labels === undefined ? {} : { labels }), ...(fields === undefined ? {} : { fields }) }
    let token: string | undefined
    do {
      const page = listObjects(this.#db, { ...filter, limit: objectsPerRead, ...(token === undefined ? { resourceVersion: String(this.#version) } : { continue: token }) })
      if (!page.ok) {
        yield { type: 'ERROR', problem: page.problem }
        this.close()
        return
      }
      for (const object of page.value.objects) {
        yield { type: 'ADDED', object }
        if (this.#ear.closed) return
      }
      token = page.value.continue
    } while (token !== undefined)
    if (this.#query.bookmarks === true) yield this.#bookmark(true)
  }

  /** The next changes; `upTo` is how far they reach when there are no more. */
  #read(): { readonly rows: readonly SqlRow[]; readonly upTo: number | undefined } {
    return this.#db.read(() => {
      const typeId = typeIdOf(this.#db, this.#query.type)
      const rows = this.#db
        .prepare('SELECT version, namespace, event, previous, body FROM object_version WHERE type = ? AND version > ? ORDER BY version LIMIT ?')
        .all(typeId ?? 0, this.#version, eventsPerRead)
      return { rows, upTo: rows.length < eventsPerRead ? latestVersion(this.#db) : undefined }
    })
  }

  #wantsBookmark(): boolean {
    return this.#query.bookmarks === true && this.#version - this.#bookmarked >= changesPerBookmark
  }

  #bookmark(initialEventsEnd: boolean): ObjectEvent {
    this.#bookmarked = this.#version
    return { type: 'BOOKMARK', resourceVersion: this.resourceVersion, initialEventsEnd }
  }
}

function latestVersion(db: Db): number {
  return Number(db.prepare('SELECT version FROM store WHERE id = 1').get()?.['version'])
}

function expiry(db: Db, version: number): ObjectProblem | undefined {
  const row = db.prepare('SELECT object_horizon, version FROM store WHERE id = 1').get()
  const [horizon, latest] = [Number(row?.['object_horizon']), Number(row?.['version'])]
  if (version >= horizon && version <= latest) return undefined
  return refusedObject('expired', `changes after version ${version} are not kept, only those after ${horizon}`, { hint: 'list again and watch from there' }).problem
}

/** What the change means to this watch: an object may begin or cease to match. Undefined when it means nothing. */
function eventOf(db: Db, query: WatchQuery, row: SqlRow): ObjectEvent | undefined {
  if (query.namespace !== undefined && row['namespace'] !== query.namespace) return undefined
  const object = parseObject(row['body'])
  if (object === undefined) return undefined
  const { event } = row
  const isNow = event !== eventCode.DELETED && matches(query, object)
  const wasBefore = event !== eventCode.ADDED && matched(db, query, { row, object })
  if (isNow) return { type: wasBefore ? 'MODIFIED' : 'ADDED', object }
  return wasBefore ? { type: 'DELETED', object } : undefined
}

function matched(db: Db, query: WatchQuery, { row, object }: { readonly row: SqlRow; readonly object: StoredObject }): boolean {
  if ((query.labels ?? []).length === 0 && (query.fields ?? []).length === 0) return true
  const before = db.prepare('SELECT body FROM object_version WHERE version = ?').get(row['previous'] ?? null)
  return matches(query, parseObject(before?.['body']) ?? object)
}
