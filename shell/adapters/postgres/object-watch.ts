// Owns watching objects: what happened after a version, in order and without gaps, seen through selectors.
import type { ObjectEvent, ObjectProblem, ObjectResult, ObjectWatch, SqlRow, StoredObject, WatchQuery } from '@tiphys/shell/ports'
import { type Ear, doneObject, eventCode, matches, parseObject, refusedObject } from '@tiphys/shell/storage'
import type { ChangeFeed } from './change-feed.ts'
import type { Connections } from './connections.ts'
import { listObjects } from './object-list.ts'
import { topicOf, typeName } from './object-rows.ts'

const EVENTS_PER_READ = 256
const OBJECTS_PER_READ = 500
/** With bookmarks, a quiet watch says where it stands after so many changes of others. */
const CHANGES_PER_BOOKMARK = 1000

/** A change as watches of all selectors share it. */
interface Change {
  readonly version: number
  readonly event: number
  readonly namespace: string
  readonly object: StoredObject | undefined
  /** The object before it. */
  readonly before: StoredObject | undefined
}

interface Changes {
  readonly changes: readonly Change[]
  readonly latest: number
  readonly horizon: number
}

/** Reads changes for all watches of a process: those that stand at the same place share one reading. */
export class ChangeReader {
  readonly #connections: Connections
  readonly #feed: ChangeFeed
  readonly #reading = new Map<string, Promise<Changes>>()
  #told = -1

  constructor(connections: Connections, feed: ChangeFeed) {
    this.#connections = connections
    this.#feed = feed
  }

  after(type: string, version: number): Promise<Changes> {
    // A reading that began before somebody was told of a change may lack it.
    if (this.#told !== this.#feed.told) this.#reading.clear()
    this.#told = this.#feed.told
    const key = `${type} ${version}`
    const running = this.#reading.get(key)
    if (running !== undefined) return running
    const reading = this.#read(type, version).finally(() => {
      if (this.#reading.get(key) === reading) this.#reading.delete(key)
    })
    this.#reading.set(key, reading)
    return reading
  }

  /** One statement, so that the changes and what is said of the store are of one moment. */
  async #read(type: string, version: number): Promise<Changes> {
    const rows = await this.#connections.all(
      `SELECT s.version AS latest, s.object_horizon AS horizon, c.version AS version, c.event AS event, c.namespace AS namespace, c.body AS body, p.body AS before
       FROM store AS s
       LEFT JOIN (SELECT * FROM object_version WHERE type = ? AND version > ? ORDER BY version LIMIT ?) AS c ON true
       LEFT JOIN object_version AS p ON p.version = c.previous
       WHERE s.id = 1 ORDER BY c.version`,
      type, version, EVENTS_PER_READ,
    )
    const changes = rows.filter((row) => row['version'] !== null).map(changeOf)
    return { changes, latest: Number(rows[0]?.['latest']), horizon: Number(rows[0]?.['horizon']) }
  }
}

function changeOf(row: SqlRow): Change {
  return { version: Number(row['version']), event: Number(row['event']), namespace: String(row['namespace']), object: parseObject(row['body']), before: row['before'] === null ? undefined : parseObject(row['before']) }
}

export interface WatchParts {
  readonly connections: Connections
  readonly feed: ChangeFeed
  readonly reader: ChangeReader
}

export async function watchObjects(parts: WatchParts, query: WatchQuery): Promise<ObjectResult<ObjectWatch>> {
  const row = await parts.connections.get('SELECT version AS latest, object_horizon AS horizon FROM store WHERE id = 1')
  const [latest, horizon] = [Number(row?.['latest']), Number(row?.['horizon'])]
  const start = query.resourceVersion === undefined || query.resourceVersion === '' || query.resourceVersion === '0' ? undefined : Number(query.resourceVersion)
  const problem = start === undefined ? undefined : expiry(start, { latest, horizon })
  if (problem !== undefined) return { ok: false, problem }
  return doneObject(new Watch(parts, query, { isFromStart: start === undefined, version: start ?? latest }))
}

interface Start {
  /** First what there is. */
  readonly isFromStart: boolean
  readonly version: number
}

class Watch implements ObjectWatch {
  readonly #parts: WatchParts
  readonly #ear: Ear
  readonly #query: WatchQuery
  readonly #isFromStart: boolean
  #version: number
  #bookmarked: number

  constructor(parts: WatchParts, query: WatchQuery, start: Start) {
    this.#parts = parts
    this.#ear = parts.feed.listen(topicOf(typeName(query.type)), query.signal)
    this.#query = query
    this.#isFromStart = start.isFromStart
    this.#version = start.version
    this.#bookmarked = start.version
  }

  get resourceVersion(): string {
    return String(this.#version)
  }

  close(): void {
    this.#ear.close()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ObjectEvent> {
    try {
      if (this.#isFromStart) yield* this.#existing()
      while (!this.#ear.closed) {
        const { changes, latest, horizon } = await this.#parts.reader.after(typeName(this.#query.type), this.#version)
        const problem = expiry(this.#version, { latest, horizon })
        if (problem !== undefined) {
          yield { type: 'ERROR', problem }
          return
        }
        for (const change of changes) {
          const event = eventOf(this.#query, change)
          if (event !== undefined) yield event
          if (this.#ear.closed) return
          this.#version = change.version
        }
        if (changes.length === EVENTS_PER_READ) continue
        this.#version = latest
        if (this.#wantsBookmark()) yield this.#bookmark(false)
        await this.#ear.next()
      }
    } catch (error) {
      // The store closes its watches first; a reading that was under way then finds it closed.
      if (!this.#ear.closed) throw error
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
      const page = await listObjects(this.#parts.connections, { ...filter, limit: OBJECTS_PER_READ, ...(token === undefined ? { resourceVersion: String(this.#version) } : { continue: token }) })
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

  #wantsBookmark(): boolean {
    return this.#query.bookmarks === true && this.#version - this.#bookmarked >= CHANGES_PER_BOOKMARK
  }

  #bookmark(initialEventsEnd: boolean): ObjectEvent {
    this.#bookmarked = this.#version
    return { type: 'BOOKMARK', resourceVersion: this.resourceVersion, initialEventsEnd }
  }
}

function expiry(version: number, { latest, horizon }: { readonly latest: number; readonly horizon: number }): ObjectProblem | undefined {
  if (version >= horizon && version <= latest) return undefined
  return refusedObject('expired', `changes after version ${version} are not kept, only those after ${horizon}`, { hint: 'list again and watch from there' }).problem
}

/** What the change means to this watch: an object may begin or cease to match. Undefined when it means nothing. */
function eventOf(query: WatchQuery, { event, namespace, object, before }: Change): ObjectEvent | undefined {
  if ((query.namespace !== undefined && namespace !== query.namespace) || object === undefined) return undefined
  const isNow = event !== eventCode.DELETED && matches(query, object)
  const wasBefore = event !== eventCode.ADDED && matches(query, before ?? object)
  if (isNow) return { type: wasBefore ? 'MODIFIED' : 'ADDED', object }
  return wasBefore ? { type: 'DELETED', object } : undefined
}
