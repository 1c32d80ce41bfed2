// Owns what every database behind the `Db` port must do, as tests to run on each engine.
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Db, StorageError, type StorageErrorCode } from '@tiphys/shell/ports'
import { afterAll, afterEach, describe, expect, it } from 'vitest'

export interface DbOptions {
  readonly busyTimeoutMs?: number
}

export function dbContract(title: string, openAt: (path: string, options?: DbOptions) => Db): void {
  describe(`Db: ${title}`, () => {
    const directory = mkdtempSync(join(tmpdir(), 'tiphys-db-'))
    const opened: Db[] = []
    let files = 0

    afterEach(() => {
      for (const db of opened.splice(0)) db.close()
    })

    afterAll(() => {
      rmSync(directory, { recursive: true, force: true })
    })

    function open(path = join(directory, `${++files}.db`), options?: DbOptions): Db {
      const db = openAt(path, options)
      opened.push(db)
      return db
    }

    function pairs(): Db {
      const db = open()
      db.exec('CREATE TABLE pair (k INTEGER PRIMARY KEY, v TEXT NOT NULL) STRICT')
      return db
    }

    it('gives back each type of value as it was stored', () => {
      const db = open()
      db.exec('CREATE TABLE value (n INTEGER PRIMARY KEY, v ANY) STRICT')
      const values = [null, 'text', 'äöü €😀', '', 1.5, -0.25, 7]
      values.forEach((value, index) => db.prepare('INSERT INTO value VALUES (?, ?)').run(index, value))
      const rows = db.prepare('SELECT v FROM value ORDER BY n').all()
      expect(rows.map((row) => row['v'])).toEqual(values)
    })

    it('keeps whole numbers up to 2^53 exact in integer columns', () => {
      const db = pairs()
      const numbers = [0, -1, 2 ** 31, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]
      for (const number of numbers) db.prepare('INSERT INTO pair VALUES (?, ?)').run(number, String(number))
      for (const number of numbers) expect(db.prepare('SELECT k, v FROM pair WHERE k = ?').get(number)).toMatchObject({ k: number, v: String(number) })
    })

    it('answers undefined for no row, and an empty list for none', () => {
      const db = pairs()
      expect(db.prepare('SELECT * FROM pair WHERE k = 1').get()).toBeUndefined()
      expect(db.prepare('SELECT * FROM pair').all()).toEqual([])
      expect([...db.prepare('SELECT * FROM pair').iterate()]).toEqual([])
    })

    it.each([0, 1, 127, 128, 129, 1000])('reads %i rows in order, by list and one by one', (count) => {
      const db = pairs()
      db.transaction(() => {
        for (let k = 0; k < count; k++) db.prepare('INSERT INTO pair VALUES (?, ?)').run(k, `v${k}`)
      })
      const expected = Array.from({ length: count }, (_, k) => `v${k}`)
      const select = db.prepare('SELECT v FROM pair ORDER BY k')
      expect(select.all().map((row) => row['v'])).toEqual(expected)
      expect(Array.from(select.iterate(), (row) => row['v'])).toEqual(expected)
    })

    it('lets go of a statement that was not read to its end', () => {
      const path = join(directory, `${++files}.db`)
      const [db, other] = [open(path), open(path)]
      db.exec('CREATE TABLE pair (k INTEGER PRIMARY KEY, v TEXT)')
      db.transaction(() => {
        for (let k = 0; k < 500; k++) db.prepare('INSERT INTO pair VALUES (?, ?)').run(k, 'v')
      })
      for (const row of db.prepare('SELECT k FROM pair ORDER BY k').iterate()) if (row['k'] === 3) break
      db.prepare('SELECT * FROM pair').get()
      db.prepare('INSERT INTO pair VALUES (?, ?) RETURNING k').run(1000, 'v')
      other.exec("INSERT INTO pair VALUES (2000, 'v')")
      expect(other.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()).toMatchObject({ busy: 0 })
      expect(db.prepare('SELECT count(*) AS n FROM pair').get()).toMatchObject({ n: 502 })
    })

    it('commits what a transaction did and answers with what it returned', () => {
      const db = pairs()
      expect(db.transaction(() => db.prepare("INSERT INTO pair VALUES (1, 'a') RETURNING v").get()?.['v'])).toBe('a')
      expect(db.prepare('SELECT count(*) AS n FROM pair').get()).toMatchObject({ n: 1 })
    })

    it('leaves no trace of a transaction that throws, and goes on', () => {
      const db = pairs()
      const fail = (): never => {
        db.exec("INSERT INTO pair VALUES (1, 'a')")
        throw new RangeError('stop')
      }
      expect(() => db.transaction(fail)).toThrow(RangeError)
      expect(db.prepare('SELECT count(*) AS n FROM pair').get()).toMatchObject({ n: 0 })
      db.transaction(() => db.exec("INSERT INTO pair VALUES (1, 'b')"))
      expect(db.prepare('SELECT v FROM pair').get()).toMatchObject({ v: 'b' })
    })

    it('reads one moment while others write', () => {
      const path = join(directory, `${++files}.db`)
      const [db, other] = [open(path), open(path)]
      db.exec('CREATE TABLE pair (k INTEGER PRIMARY KEY, v TEXT)')
      const count = (): unknown => db.prepare('SELECT count(*) AS n FROM pair').get()?.['n']
      const seen = db.read(() => {
        const before = count()
        other.exec("INSERT INTO pair VALUES (1, 'a')")
        return [before, count()]
      })
      expect(seen).toEqual([0, 0])
      expect(count()).toBe(1)
    })

    it('refuses a transaction inside another', () => {
      const db = pairs()
      expect(codeOf(() => db.transaction(() => db.transaction(() => 1)))).toBe('internal')
      expect(db.transaction(() => db.read(() => 2))).toBe(2)
    })

    it('names its errors by code', () => {
      const db = pairs()
      db.exec("INSERT INTO pair VALUES (1, 'a')")
      expect(codeOf(() => db.exec("INSERT INTO pair VALUES (1, 'b')"))).toBe('constraint')
      expect(codeOf(() => db.prepare('INSERT INTO pair VALUES (2, ?)').run(null))).toBe('constraint')
      expect(codeOf(() => db.prepare('SELECT nothing FROM nowhere'))).toBe('internal')
      expect(codeOf(() => db.exec('NOT SQL'))).toBe('internal')
      expect(codeOf(() => open('/dev/null/a.db'))).toBe('cannot_open')
    })

    it('runs a statement again that failed before', () => {
      const db = pairs()
      const insert = db.prepare('INSERT INTO pair VALUES (?, ?)')
      const parse = db.prepare('SELECT json_extract(?, \'$.a\') AS a')
      insert.run(1, 'a')
      for (let attempt = 0; attempt < 3; attempt++) {
        expect(codeOf(() => insert.run(1, 'b'))).toBe('constraint')
        expect(codeOf(() => parse.get('not json'))).toBe('internal')
        expect(codeOf(() => [...parse.iterate('not json')])).toBe('internal')
        insert.run(2 + attempt, 'c')
        expect(parse.get('{"a":1}')).toMatchObject({ a: 1 })
      }
    })

    it('refuses what is no SQL value instead of ending the process', () => {
      const statement = pairs().prepare('SELECT ? AS v')
      for (const value of [true, undefined, () => 1, Symbol('s'), {}, []]) expect(codeOf(() => statement.get(value as unknown as string))).toBe('internal')
    })

    it('says busy when another connection keeps the lock too long', () => {
      const path = join(directory, `${++files}.db`)
      const [db, other] = [open(path), open(path, { busyTimeoutMs: 1 })]
      db.exec('CREATE TABLE pair (k INTEGER PRIMARY KEY)')
      db.transaction(() => expect(codeOf(() => other.transaction(() => 1))).toBe('busy'))
      expect(other.transaction(() => 1)).toBe(1)
    })

    it('says full when there is no space, loses nothing, and works again with space', () => {
      const db = pairs()
      db.exec("INSERT INTO pair VALUES (1, 'kept')")
      const pages = Number(db.prepare('PRAGMA page_count').get()?.['page_count'])
      db.exec(`PRAGMA max_page_count = ${pages + 4}`)
      const grow = (): void => db.transaction(() => db.prepare('INSERT INTO pair VALUES (2, ?)').run('x'.repeat(1_000_000)))
      expect(codeOf(grow)).toBe('full')
      expect(db.prepare('SELECT k, v FROM pair').all()).toMatchObject([{ k: 1, v: 'kept' }])
      db.exec('PRAGMA max_page_count = 1000000')
      grow()
      expect(db.prepare('SELECT count(*) AS n FROM pair').get()).toMatchObject({ n: 2 })
    })

    it('flushes at each commit, keeps a write-ahead log, and its file to its owner', () => {
      const db = open()
      expect(db.prepare('PRAGMA synchronous').get()).toMatchObject({ synchronous: 2 })
      expect(db.prepare('PRAGMA journal_mode').get()).toMatchObject({ journal_mode: 'wal' })
      expect(statSync(db.path).mode & 0o777).toBe(0o600)
      db.exec('CREATE TABLE t (a)')
      expect(statSync(`${db.path}-wal`).mode & 0o777).toBe(0o600)
    })

    it('is closed for every call after close, and a second close does nothing', () => {
      const db = pairs()
      const statement = db.prepare('SELECT * FROM pair')
      db.close()
      db.close()
      for (const call of [() => db.exec('SELECT 1'), () => db.prepare('SELECT 2'), () => statement.all(), () => statement.get(), () => db.transaction(() => 1)]) {
        expect(codeOf(call)).toBe('closed')
      }
    })
  })
}

function codeOf(call: () => unknown): StorageErrorCode | 'not a StorageError' | undefined {
  try {
    call()
    return undefined
  } catch (error) {
    return error instanceof StorageError ? error.code : 'not a StorageError'
  }
}
