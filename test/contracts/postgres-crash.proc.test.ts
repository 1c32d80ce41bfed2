// Proves on a real disk that PostgreSQL keeps what was acknowledged, whoever dies: a server of ours, or the database itself.
import { openPostgresState, type PostgresState } from '@tiphys/shell/adapters/postgres'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { killedAfter, noteAll, provenLength, runsPerProcess } from './crash-kit.ts'
import { dropSchema, newSchema, type PostgresServer, startPostgres } from '@tiphys/test/kit'
import { newRun, record, records, valueOf } from './run-log-kit.ts'

const started = await startPostgres({ isDurable: true })
const title = typeof started === 'string' ? `Crashes: PostgreSQL: ${started}` : 'Crashes: PostgreSQL'
const canCrash = typeof started !== 'string' && started.crash !== undefined

describe.skipIf(typeof started === 'string')(title, () => {
  const schema = newSchema()
  const opened: PostgresState[] = []
  const server = (): PostgresServer => {
    if (typeof started === 'string') throw new Error(started)
    return started
  }
  const open = (owner: string): PostgresState => {
    const state = openPostgresState(server().url, { schema, owner: { id: owner, info: '' }, now: () => 0, patienceMs: 20_000 })
    opened.push(state)
    return state
  }

  afterEach(async () => {
    await Promise.all(opened.splice(0).map((state) => state.close()))
  })

  afterAll(async () => {
    dropSchema(server(), schema)
    await server().close()
  })

  it('kill -9 of servers that share the database loses nothing that was acknowledged', async () => {
    const acknowledged = new Map<string, number>()
    const killed = (owner: string, from: string, count: number): Promise<string[]> => killedAfter({ place: server().url, engine: schema, owner, from, prefix: owner.slice(0, 1) }, count)
    for (const lines of await Promise.all([killed('x0', '', 150), killed('y0', '', 400)])) noteAll(acknowledged, lines)
    noteAll(acknowledged, await killed('x1', 'x0', 200))
    const state = open('checker')
    expect(acknowledged.size).toBe(2 * runsPerProcess)
    for (const [uid, seq] of acknowledged) expect(await provenLength(state, uid)).toBeGreaterThanOrEqual(seq)
  })

  it.skipIf(!canCrash)('a database that dies and comes back makes writes wait, and takes each of them once', async () => {
    const state = open('writer')
    valueOf(await state.log.create(newRun('a')))
    const watch = state.runs.watch({})[Symbol.asyncIterator]()
    let seq = 0
    const crashed = server().crash?.()
    let isBack = false
    void crashed?.then(() => { isBack = true })
    for (let extra = 0; extra < 20; seq += 3, extra += isBack ? 1 : 0) {
      const results = await Promise.all([0, 1, 2].map((n) => state.log.append('a', seq + n, { record: record(seq + n + 1) })))
      expect(results.map(({ ok }) => ok)).toEqual([true, true, true])
    }
    await crashed
    expect(valueOf(await state.log.load('a')).records).toEqual(records(1, seq))
    const other = open('other')
    valueOf(await other.log.create(newRun('b')))
    const told = new Set<string>()
    while (!told.has('b')) {
      const { value, done } = await watch.next()
      if (done === true || value.type === 'expired') throw new Error('the watch ended')
      told.add(value.run.uid)
    }
    expect([...told]).toEqual(['a', 'b'])
  })

  it.skipIf(!canCrash)('a database that stays away is reported, and what was refused can be written when it is back', async () => {
    const state = openPostgresState(server().url, { schema, owner: { id: 'impatient', info: '' }, now: () => 0, patienceMs: 1 })
    opened.push(state)
    valueOf(await state.log.create(newRun('c')))
    const crashed = server().crash?.()
    const outcomes: string[] = []
    for (let isBack = false, seq = 0; !isBack || seq === 0; ) {
      isBack = (await Promise.race([crashed?.then(() => true), new Promise<false>((resolve) => setTimeout(() => resolve(false), 5))])) === true
      const result = await state.log.append('c', seq, { record: record(seq + 1) }).catch((error: unknown) => error)
      if (result instanceof Error) outcomes.push(String((result as Error & { code?: unknown }).code))
      else seq += 1
    }
    expect(new Set(outcomes)).toEqual(new Set(['io']))
    const { summary, records: kept } = valueOf(await state.log.load('c'))
    expect(kept).toEqual(records(1, summary.seq))
  })
})
