// Proves that works of one turn share a commit, and that one that fails takes nobody with it.
import { type Db, StorageError } from '@tiphys/shell/ports'
import { afterEach, describe, expect, it } from 'vitest'
import { GroupCommit, type Tx } from './group-commit.ts'
import { migrate } from './migrate.ts'
import { openDatabase } from './open-database.ts'
import { migrations } from './schema.ts'

describe('GroupCommit', () => {
  const opened: Db[] = []

  afterEach(() => {
    for (const db of opened.splice(0)) db.close()
  })

  /** A group on a fresh database whose transactions are counted, and may be made to fail. */
  function newGroup(): { group: GroupCommit; commits: () => number; failNext: (error: Error) => void; values: () => unknown[] } {
    const db = openDatabase(':memory:')
    opened.push(db)
    migrate(db, [...migrations, 'CREATE TABLE test (v TEXT UNIQUE)'])
    let [commits, failure] = [0, undefined as Error | undefined]
    const transaction: Db['transaction'] = (work) => {
      commits++
      return db.transaction(() => {
        const result = work()
        const error = failure
        failure = undefined
        if (error !== undefined) throw error
        return result
      })
    }
    const counted: Db = { engine: db.engine, path: db.path, exec: (sql) => db.exec(sql), prepare: (sql) => db.prepare(sql), transaction, read: (work) => db.read(work), close: () => db.close() }
    const values = (): unknown[] => db.prepare('SELECT v FROM test ORDER BY rowid').all().map((row) => row['v'])
    return { group: new GroupCommit(counted), commits: () => commits, failNext: (error) => (failure = error), values }
  }

  function put(value: string): (tx: Tx) => string {
    return (tx) => {
      tx.db.prepare('INSERT INTO test VALUES (?)').run(value)
      return value
    }
  }

  it('commits the works of a turn together, in order, and answers each', async () => {
    const { group, commits, values } = newGroup()
    expect(await Promise.all(['a', 'b', 'c'].map((value) => group.run(put(value))))).toEqual(['a', 'b', 'c'])
    expect([commits(), values()]).toEqual([1, ['a', 'b', 'c']])
    await group.run(put('d'))
    expect(commits()).toBe(2)
  })

  it('runs works apart when one of them fails, so that only that one is refused', async () => {
    const { group, values } = newGroup()
    const results = await Promise.allSettled([group.run(put('a')), group.run(put('a')), group.run(put('b')), group.run(() => { throw new RangeError('mine') })])
    expect(results.map((result) => (result.status === 'fulfilled' ? result.value : String(result.reason)))).toEqual(['a', expect.stringContaining('StorageError'), 'b', 'RangeError: mine'])
    expect(values()).toEqual(['a', 'b'])
  })

  it('refuses all when the disk fails, tries nobody again, and goes on afterwards', async () => {
    const { group, commits, failNext, values } = newGroup()
    failNext(new StorageError('io', 'the disk is gone'))
    const results = await Promise.allSettled(['a', 'b'].map((value) => group.run(put(value))))
    expect(results.map((result) => result.status)).toEqual(['rejected', 'rejected'])
    expect(commits()).toBe(1)
    expect(await group.run(put('c'))).toBe('c')
    expect(values()).toEqual(['c'])
  })

  it('gives out versions that grow without gaps, and takes back those of a failed commit', async () => {
    const { group, failNext } = newGroup()
    const version = (tx: Tx): number => tx.nextVersion()
    const [first, second] = await Promise.all([group.run(version), group.run(version)])
    expect(second).toBe((first ?? 0) + 1)
    failNext(new StorageError('io', 'the disk is gone'))
    await expect(group.run(version)).rejects.toThrow('gone')
    expect(await group.run(version)).toBe((second ?? 0) + 1)
  })

  it('tells listeners after the commit what it changed, and of a failed one nothing', async () => {
    const { group, failNext, values } = newGroup()
    const heard: unknown[] = []
    group.onCommit((topics) => heard.push([...topics], values().length))
    const announce = (topic: string) => (tx: Tx): void => {
      put(topic)(tx)
      tx.changes(topic)
      tx.afterCommit(() => heard.push(`after ${topic}`))
    }
    await Promise.all([group.run(announce('x')), group.run(announce('y'))])
    expect(heard).toEqual(['after x', 'after y', ['x', 'y'], 2])
    failNext(new StorageError('full', 'no space'))
    await group.run(announce('z')).catch(() => heard.push('refused'))
    expect(heard.slice(4)).toEqual(['refused'])
  })

  it('writes what waits when it closes, and takes no more', async () => {
    const { group, values } = newGroup()
    const waiting = group.run(put('a'))
    group.close()
    expect(values()).toEqual(['a'])
    expect(await waiting).toBe('a')
    await expect(group.run(put('b'))).rejects.toMatchObject({ code: 'closed' })
  })
})
