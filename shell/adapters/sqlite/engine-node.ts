// Owns the engine that is built into Node.js from 22.13 on.
import { createRequire } from 'node:module'
import type { SqlRow, SqlValue } from '@tiphys/shell/ports'
import type { Engine, EngineStatement } from './engine.ts'

interface NodeStatement {
  run(...parameters: readonly SqlValue[]): unknown
  get(...parameters: readonly SqlValue[]): SqlRow | undefined
  all(...parameters: readonly SqlValue[]): SqlRow[]
  iterate(...parameters: readonly SqlValue[]): IterableIterator<SqlRow>
}

interface NodeDatabase {
  exec(sql: string): void
  prepare(sql: string): NodeStatement
  close(): void
}

interface NodeSqlite {
  readonly DatabaseSync: new (path: string) => NodeDatabase
}

/** Whether this Node.js has the engine without a flag. */
export function hasNodeSqlite(version: string = process.versions.node): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > 22 || (major === 22 && minor >= 13)
}

export function openNodeSqlite(path: string): Engine {
  const { DatabaseSync } = loadQuietly()
  const database = new DatabaseSync(path)
  return {
    name: 'node:sqlite',
    exec: (sql) => database.exec(sql),
    prepare: (sql) => statementOf(database.prepare(sql)),
    close: () => database.close(),
    resultCodeOf,
  }
}

function statementOf(statement: NodeStatement): EngineStatement {
  return {
    run: (parameters) => void statement.run(...parameters),
    get: (parameters) => statement.get(...parameters),
    all: (parameters) => statement.all(...parameters),
    iterate: (parameters) => statement.iterate(...parameters),
  }
}

/**
 * Node.js 22 warns on standard error that the module is experimental. Users of a command-line tool cannot act on that, and what we use of
 * it is pinned by the contract suite, so this one warning is dropped.
 */
function loadQuietly(): NodeSqlite {
  const warn = process.emitWarning
  process.emitWarning = (warning: string | Error, ...rest: readonly unknown[]): void => {
    if (!String(warning).includes('SQLite')) Reflect.apply(warn, process, [warning, ...rest])
  }
  try {
    return createRequire(import.meta.url)('node:sqlite') as NodeSqlite
  } finally {
    process.emitWarning = warn
  }
}

function resultCodeOf(thrown: unknown): number | undefined {
  const code: unknown = thrown instanceof Error && 'errcode' in thrown ? thrown.errcode : undefined
  return typeof code === 'number' ? code : undefined
}
