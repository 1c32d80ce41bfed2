// Owns the engine for Node.js versions without a built-in one. It speaks to libsql's native binding directly: libsql's own wrapper spends
// 15 to 20 ms of every start on finding out which binary fits, and copies every row once more.
import { closeSync, openSync, readSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type SqlRow, type SqlValue, StorageError } from '@tiphys/shell/ports'
import type { Engine, EngineStatement } from './engine.ts'

type Handle = { readonly brand: 'libsql handle' }
type Values = readonly SqlValue[]

/** The binding of libsql 0.5; its functions take their object as `this`. */
interface Native {
  databaseOpen(path: string, token: string, cipher: string, key: string, timeout: number, remoteKey: string): Handle
  databaseExecSync(this: Handle, sql: string): void
  databasePrepareSync(this: Handle, sql: string): Handle
  databaseClose(this: Handle): void
  statementRun(this: Handle, parameters: Values): unknown
  statementGet(this: Handle, parameters: Values): SqlRow | undefined
  statementIsReader(this: Handle): boolean
  statementRowsSync(this: Handle, parameters: Values): Handle
  rowsNext(this: Handle, into: (SqlRow | undefined)[]): void
}

const rowsPerCall = 128
let loaded: Native | undefined

export function openLibsql(path: string): Engine {
  loaded ??= loadNative()
  const native = loaded
  const database = native.databaseOpen(path, '', 'aes256cbc', '', 0, '')
  return {
    name: 'libsql',
    exec: (sql) => native.databaseExecSync.call(database, sql),
    prepare: (sql) => statementOf(native, native.databasePrepareSync.call(database, sql)),
    close: () => native.databaseClose.call(database),
    resultCodeOf,
  }
}

function statementOf(native: Native, statement: Handle): EngineStatement {
  const { statementGet, statementRowsSync, statementRun, rowsNext } = native
  // The binding leaves a statement open that was run for its effect but also returns rows, and an open statement blocks the commit.
  const reads = native.statementIsReader.call(statement)
  const iterate = (parameters: Values): IterableIterator<SqlRow> => drained(statementRowsSync.call(statement, parameters), rowsNext)
  return {
    run: (parameters) => {
      if (reads) for (const _ of iterate(parameters)) continue
      else statementRun.call(statement, parameters)
    },
    get: (parameters) => statementGet.call(statement, parameters),
    all: (parameters) => [...iterate(parameters)],
    iterate,
  }
}

/** Reads ahead in blocks, and to the end even when the loop is left early: the binding has no other way to let go of a cursor. */
function* drained(rows: Handle, next: Native['rowsNext']): IterableIterator<SqlRow> {
  let block: (SqlRow | undefined)[] = []
  const fill = (): boolean => {
    block = new Array<SqlRow | undefined>(rowsPerCall).fill(undefined)
    next.call(rows, block)
    return block[rowsPerCall - 1] !== undefined
  }
  let more = true
  try {
    while (more) {
      more = false
      const full = fill()
      more = full
      for (const row of block) {
        if (row === undefined) return
        yield row
      }
    }
  } finally {
    while (more) more = fill()
  }
}

function loadNative(): Native {
  const libsql = createRequire(createRequire(import.meta.url).resolve('libsql'))
  const failures: unknown[] = []
  for (const target of targets()) {
    try {
      return libsql(`@libsql/${target}`) as Native
    } catch (error) {
      failures.push(error)
    }
  }
  throw new StorageError('cannot_open', `no database engine for ${process.platform} on ${process.arch}`, {
    hint: 'use Node.js 22.13 or later, which brings its own, or reinstall without omitting optional dependencies',
    cause: failures[0],
  })
}

/** Names of the packages that hold a binary for this machine, the likeliest first. */
function targets(): string[] {
  const { platform, arch } = process
  if (platform === 'win32') return [`win32-${arch}-msvc`]
  if (platform !== 'linux') return [`${platform}-${arch}`]
  const eabi = arch === 'arm' ? 'eabihf' : ''
  const [gnu, musl] = [`linux-${arch}-gnu${eabi}`, `linux-${arch}-musl${eabi}`]
  return runsOnMusl() ? [musl] : [gnu, musl]
}

/** The dynamic loader named in the head of Node's own executable tells the C library, without starting a process or writing a report. */
function runsOnMusl(): boolean {
  try {
    const file = openSync(process.execPath, 'r')
    const head = Buffer.alloc(4096)
    readSync(file, head, 0, head.length, 0)
    closeSync(file)
    return head.includes('/ld-musl-')
  } catch {
    return false
  }
}

function resultCodeOf(thrown: unknown): number | undefined {
  const code: unknown = thrown instanceof Error && 'rawCode' in thrown ? thrown.rawCode : undefined
  return typeof code === 'number' ? code : undefined
}
