// Owns the driver: connections as this adapter needs them, with values as the ports have them. It alone knows the package `pg`, and loads it late.
import type { Client, ClientConfig, Pool, QueryResult } from 'pg'
import type { SqlRow, SqlValue } from '@tiphys/shell/ports'
import { storageErrorOf } from './storage-error.ts'

/** Lists go where a statement says `= ANY(?)` or `unnest(?)`. */
export type SqlParameter = SqlValue | readonly (string | number)[]

/** Statements of one connection, or of any. Parameters stand as `?`. */
export interface Sql {
  all(text: string, ...values: readonly SqlParameter[]): Promise<SqlRow[]>
  get(text: string, ...values: readonly SqlParameter[]): Promise<SqlRow | undefined>
  /** For texts that come in many forms: planned anew each time, for the values that they get. */
  search(text: string, ...values: readonly SqlParameter[]): Promise<SqlRow[]>
  /** Answers how many rows it touched. */
  run(text: string, ...values: readonly SqlParameter[]): Promise<number>
}

/** A connection of its own. Statements may be sent before earlier ones are answered; the database keeps their order. */
export interface Connection extends Sql {
  readonly isLost: boolean
  onNotification(listener: (payload: string) => void): void
  onLost(listener: () => void): void
  close(): Promise<void>
}

export interface ConnectionPool extends Sql {
  /** A connection for several statements. */
  use<T>(work: (sql: Sql) => Promise<T>): Promise<T>
  close(): Promise<void>
}

export interface Target {
  readonly url: string
  readonly schema: string
}

const CONNECT_MS = 10_000
/** Longer than any lock is waited for: a database that answers nothing for so long is not reached any more. */
const ANSWER_MS = 60_000
/** Statements that a connection keeps prepared. */
const PREPARED_MAX = 300
/** The type number of whole numbers of 64 bits, which the driver gives as texts; ours stay below 2^53. */
const INT8 = 20

export async function openConnection(target: Target): Promise<Connection> {
  const { default: pg } = await import('pg')
  const client = new pg.Client(configOf(target, pg.types))
  let isLost = false
  const listeners: (() => void)[] = []
  const lost = (): void => {
    if (isLost) return
    isLost = true
    for (const listener of listeners) listener()
  }
  client.on('error', lost)
  client.on('end', lost)
  try {
    await client.connect()
  } catch (error) {
    throw storageErrorOf(error)
  }
  return {
    ...sqlOn(client),
    get isLost() {
      return isLost
    },
    onNotification: (listener) => void client.on('notification', ({ payload }) => listener(payload ?? '')),
    onLost: (listener) => void listeners.push(listener),
    close: () => client.end().catch(() => undefined),
  }
}

export async function openPool(target: Target, max: number): Promise<ConnectionPool> {
  const { default: pg } = await import('pg')
  const pool: Pool = new pg.Pool({ ...configOf(target, pg.types), max, idleTimeoutMillis: 30_000 })
  // A connection that breaks while nobody uses it is replaced when it is needed.
  pool.on('error', () => undefined)
  return {
    ...sqlOn(pool),
    use: async (work) => {
      const client = await pool.connect().catch((error: unknown) => {
        throw storageErrorOf(error)
      })
      let isSpoilt = true
      try {
        const result = await work(sqlOn(client))
        isSpoilt = false
        return result
      } finally {
        client.release(isSpoilt)
      }
    },
    close: () => pool.end().catch(() => undefined),
  }
}

function configOf({ url, schema }: Target, types: typeof import('pg').types): ClientConfig {
  return {
    connectionString: url,
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    query_timeout: ANSWER_MS,
    pipeline: true,
    fallback_application_name: 'tiphys',
    // A server that hangs in the middle of a transaction must not keep the others waiting for ever.
    options: `-c search_path=${schema} -c idle_in_transaction_session_timeout=15s -c lock_timeout=30s -c standard_conforming_strings=on`,
    types: { getTypeParser: ((oid: number, format?: 'text') => (oid === INT8 ? Number : types.getTypeParser(oid, format))) as typeof types.getTypeParser },
  }
}

function sqlOn(client: Pick<Client, 'query'> | Pool): Sql {
  const ask = async (query: { readonly text: string; readonly name?: string }, values: readonly SqlParameter[]): Promise<QueryResult<SqlRow>> => {
    try {
      return await client.query<SqlRow, unknown[]>({ ...query, values: values.map(clean) })
    } catch (error) {
      throw storageErrorOf(error)
    }
  }
  return {
    all: async (text, ...values) => (await ask(prepared(text), values)).rows,
    get: async (text, ...values) => (await ask(prepared(text), values)).rows[0],
    search: async (text, ...values) => (await ask({ text: numbered(text) }, values)).rows,
    run: async (text, ...values) => (await ask(prepared(text), values)).rowCount ?? 0,
  }
}

/** No text in the database has a NUL, so what holds one finds nothing. All its numbers are whole; times may come with parts of a millisecond. */
function clean(value: SqlParameter): unknown {
  if (typeof value === 'number') return Math.floor(value)
  return typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\uFFFD') : value
}

const statements = new Map<string, { readonly text: string; readonly name?: string }>()

/** The same text has the same name on every connection; each prepares it when it first meets it. */
function prepared(text: string): { readonly text: string; readonly name?: string } {
  const known = statements.get(text)
  if (known !== undefined) return known
  if (statements.size >= PREPARED_MAX) return { text: numbered(text) }
  const statement = { text: numbered(text), name: `s${statements.size}` }
  statements.set(text, statement)
  return statement
}

function numbered(text: string): string {
  let count = 0
  return text.replaceAll('?', () => `$${++count}`)
}
