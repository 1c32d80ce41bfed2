// Runs the contracts of the state on PostgreSQL, where a server can be had.
import { openPostgresState, type PostgresOptions, type PostgresState } from '@tiphys/shell/adapters/postgres'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { archiveContract } from './archive.ts'
import { create, linesOf, objectsNow, valueOf, widgets } from './object-store-kit.ts'
import { lockStoreContract } from './lock-store.ts'
import { objectStoreContract } from './object-store.ts'
import { dropSchema, newSchema, type PostgresServer, runSql, startPostgres } from '@tiphys/test/kit'
import { appendAll, codeOf, newRun } from './run-log-kit.ts'
import { runLogContract } from './run-log.ts'
import { runRequestsContract } from './run-requests.ts'

interface StatePlace {
  open(owner: string, options?: Partial<PostgresOptions>): PostgresState
  remove(): void
}

function newPlace(server: PostgresServer): StatePlace {
  const schema = newSchema()
  return {
    open: (id, options) => openPostgresState(server.url, { schema, owner: { id, info: `info of ${id}` }, now: () => objectsNow, readersMax: 3, ...options }),
    remove: () => dropSchema(server, schema),
  }
}

const started = await startPostgres({ isDurable: false })

/** Tests that are skipped say why in their title. */
const title = typeof started === 'string' ? `PostgreSQL: ${started}` : 'PostgreSQL'

describe.skipIf(typeof started === 'string')(title, () => {
  const opened: PostgresState[] = []
  const urlOf = (): string => (typeof started === 'string' ? '' : started.url)
  const open = (owner: string, schema: string): PostgresState => {
    const state = openPostgresState(urlOf(), { schema, owner: { id: owner, info: '' }, now: () => objectsNow })
    opened.push(state)
    return state
  }

  afterEach(async () => {
    await Promise.all(opened.splice(0).map((state) => state.close()))
  })

  it('tells other servers of a change without being asked', async () => {
    const schema = newSchema()
    const [mine, theirs] = [open('mine', schema), open('theirs', schema)]
    const heard = linesOf(valueOf(await mine.objects.watch({ type: widgets })), 1)
    await create(theirs.objects, 'a')
    expect(await heard).toEqual(['ADDED a'])
  })

  it('gives versions in the order of commits, whoever writes', async () => {
    const schema = newSchema()
    const states = ['x', 'y', 'z'].map((owner) => open(owner, schema))
    const watch = valueOf(await states[0]?.objects.watch({ type: widgets }) ?? { ok: false, problem: { code: 'not_found', message: '' } })
    const writes = states.map(async ({ objects }, writer) => {
      for (let n = 0; n < 40; n++) await create(objects, `w-${writer}-${n}`)
    })
    const versions: number[] = []
    for await (const event of watch) if (event.type === 'ADDED' && versions.push(Number(event.object.metadata.resourceVersion)) === 120) break
    await Promise.all(writes)
    expect(versions).toEqual(versions.toSorted((a, b) => a - b))
    expect(new Set(versions).size).toBe(120)
  })

  it('tells of records that are not what was written, and leaves other runs alone', async () => {
    if (typeof started === 'string') return
    const schema = newSchema()
    const { log } = open('me', schema)
    for (const uid of ['a', 'b', 'c']) {
      await log.create(newRun(uid))
      await appendAll(log, uid, 0, 3)
      await appendAll(log, uid, 3, 5)
    }
    const rowsOf = (uid: string): string => `run = (SELECT id FROM "${schema}".run WHERE uid = '${uid}')`
    runSql(started, `UPDATE "${schema}".run_log SET body = replace(body, '2', '3') WHERE ${rowsOf('a')} AND seq = 1`)
    runSql(started, `DELETE FROM "${schema}".run_log WHERE ${rowsOf('b')} AND seq = 4`)
    expect(await Promise.all(['a', 'b', 'c'].map(async (uid) => codeOf(await log.load(uid))))).toEqual(['damaged', 'damaged', 'ok'])
    expect(codeOf(await log.remove('a'))).toBe('ok')
  })

  it('refuses a schema of a newer program, of another program, and a server that is not there', async () => {
    const schema = newSchema()
    const state = open('me', schema)
    await state.opened
    expect(() => open('me', 'no; drop')).toThrow('cannot be the name of a schema')
    if (typeof started !== 'string') runSql(started, `INSERT INTO "${schema}".migration VALUES (1000)`)
    await expect(open('late', schema).opened).rejects.toMatchObject({ code: 'cannot_open', hint: 'use the newer program, or another database' })
    await expect(openPostgresState(urlOf(), { schema: 'information_schema', owner: { id: 'me', info: '' }, now: () => 0 }).opened).rejects.toMatchObject({ code: 'cannot_open' })
    const nowhere = openPostgresState('postgres://nobody@127.0.0.1:1/none', { owner: { id: 'me', info: '' }, now: () => 0, patienceMs: 50 })
    await expect(nowhere.opened).rejects.toMatchObject({ code: 'io', hint: 'check that the database runs and can be reached' })
  })
})

if (typeof started !== 'string') {
  const server = started
  afterAll(() => server.close())
  runLogContract('PostgreSQL', () => newPlace(server))
  lockStoreContract('PostgreSQL', () => newPlace(server))
  runRequestsContract('PostgreSQL', () => newPlace(server))
  objectStoreContract('PostgreSQL', () => newPlace(server))
  archiveContract('PostgreSQL', () => {
    const place = newPlace(server)
    return { open: () => place.open('me'), remove: () => place.remove() }
  })
}
