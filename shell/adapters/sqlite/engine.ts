// Owns what this folder asks of an SQLite engine: the smallest surface that both engines share.
import type { SqlRow, SqlValue } from '@tiphys/shell/ports'

export interface EngineStatement {
  run(parameters: readonly SqlValue[]): void
  get(parameters: readonly SqlValue[]): SqlRow | undefined
  all(parameters: readonly SqlValue[]): SqlRow[]
  iterate(parameters: readonly SqlValue[]): IterableIterator<SqlRow>
}

/** An open connection. Methods throw whatever the engine throws; `resultCodeOf` finds SQLite's extended result code in it. */
export interface Engine {
  readonly name: EngineName
  exec(sql: string): void
  prepare(sql: string): EngineStatement
  close(): void
  resultCodeOf(thrown: unknown): number | undefined
}

export type EngineName = 'node:sqlite' | 'libsql'
