// Proves that databases come to this program's schema once, in order, and never backwards.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Db, StorageError } from '@tiphys/shell/ports'
import { afterEach, describe, expect, it } from 'vitest'
import { migrate } from './migrate.ts'
import { openDatabase } from './open-database.ts'

const first = 'CREATE TABLE a (n INTEGER); INSERT INTO a VALUES (1)'
const second = 'ALTER TABLE a ADD COLUMN m INTEGER; UPDATE a SET m = n + 1'

describe('migrate', () => {
  const directories: string[] = []
  const opened: Db[] = []

  afterEach(() => {
    for (const db of opened.splice(0)) db.close()
    for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true })
  })

  function newPath(): string {
    const directory = mkdtempSync(join(tmpdir(), 'tiphys-migrate-'))
    directories.push(directory)
    return join(directory, 'a.db')
  }

  function open(path: string): Db {
    const db = openDatabase(path)
    opened.push(db)
    return db
  }

  it('brings an empty database to the newest schema, and leaves it alone the next time', () => {
    const path = newPath()
    migrate(open(path), [first, second])
    const db = open(path)
    migrate(db, [first, second])
    expect(db.prepare('SELECT n, m FROM a').all()).toMatchObject([{ n: 1, m: 2 }])
    expect(db.prepare('PRAGMA user_version').get()).toMatchObject({ user_version: 2 })
  })

  it('opens a database of an older program, whose data stay', () => {
    const path = newPath()
    migrate(open(path), [first])
    const db = open(path)
    db.exec('INSERT INTO a VALUES (7)')
    migrate(db, [first, second])
    expect(db.prepare('SELECT n, m FROM a').all()).toMatchObject([{ n: 1, m: 2 }, { n: 7, m: 8 }])
  })

  it('refuses a database of a newer program and leaves it as it is', () => {
    const path = newPath()
    migrate(open(path), [first, second])
    const db = open(path)
    expect(refusalOf(() => migrate(db, [first]))).toMatchObject({ code: 'cannot_open', message: expect.stringContaining('newer version') })
    expect(db.prepare('PRAGMA user_version').get()).toMatchObject({ user_version: 2 })
  })

  it('refuses a database that is not its own', () => {
    const db = open(newPath())
    db.exec('CREATE TABLE foreign_data (n)')
    expect(refusalOf(() => migrate(db, [first]))).toMatchObject({ code: 'cannot_open', message: expect.stringContaining('another program') })
    const other = open(newPath())
    other.exec('PRAGMA application_id = 5')
    expect(refusalOf(() => migrate(other, [first]))).toMatchObject({ code: 'cannot_open' })
  })

  it('goes back to where it was when a migration fails', () => {
    const db = open(newPath())
    migrate(db, [first])
    expect(refusalOf(() => migrate(db, [first, second, 'NOT SQL']))).toMatchObject({ code: 'internal' })
    expect(db.prepare('SELECT * FROM a').all()).toEqual([{ n: 1 }].map((row) => expect.not.objectContaining({ m: 2, ...row })))
    migrate(db, [first, second])
    expect(db.prepare('SELECT m FROM a').get()).toMatchObject({ m: 2 })
  })

  it('happens once when two processes open at the same time', () => {
    const path = newPath()
    const [one, other] = [open(path), open(path)]
    // Both have looked before either migrates: the second finds out under the lock.
    let second: (() => void) | undefined = () => migrate(other, [first])
    const racing: Db = { ...delegate(one), transaction: (work) => (second?.(), (second = undefined), one.transaction(work)) }
    migrate(racing, [first])
    expect(one.prepare('SELECT n FROM a').all()).toMatchObject([{ n: 1 }])
  })
})

function delegate(db: Db): Db {
  return {
    engine: db.engine,
    path: db.path,
    exec: (sql) => db.exec(sql),
    prepare: (sql) => db.prepare(sql),
    transaction: (work) => db.transaction(work),
    read: (work) => db.read(work),
    close: () => db.close(),
  }
}

function refusalOf(call: () => void): StorageError | undefined {
  try {
    call()
    return undefined
  } catch (error) {
    if (error instanceof StorageError) return error
    throw error
  }
}
