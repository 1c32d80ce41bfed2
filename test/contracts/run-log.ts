// Owns what every run log and run index must do, as tests to run on each adapter.
import { type NewRun, type RunEvent, type RunIndex, type RunListQuery, type RunLog, runLogLimits, type RunResult, type RunSummary } from '@tiphys/shell/ports'
import { afterEach, describe, expect, it } from 'vitest'

/** A process's view of a store. */
export interface OpenRuns {
  readonly log: RunLog
  readonly runs: RunIndex
  /** Resolves once background deletions are through. */
  idle(): Promise<void>
  /** Looks for changes of other processes now. */
  poll(): void
  close(): void
}

/** An empty place for a store, which several owners can open, also after one another. */
export interface RunsPlace {
  open(owner: string): OpenRuns
  remove(): void
}

const t0 = 1_700_000_000_000

export function runLogContract(title: string, newPlace: () => RunsPlace): void {
  describe(`RunLog: ${title}`, () => {
    const places: RunsPlace[] = []
    const opened: OpenRuns[] = []

    afterEach(() => {
      for (const store of opened.splice(0)) store.close()
      for (const place of places.splice(0)) place.remove()
    })

    function place(): (owner: string) => OpenRuns {
      const created = newPlace()
      places.push(created)
      return (owner) => {
        const store = created.open(owner)
        opened.push(store)
        return store
      }
    }

    const open = (): OpenRuns => place()('me')

    describeAppending(open, place)
    describeSnapshots(open, place)
    describeLeases(place)
    describeRemoval(open, place)
    describeLists(open)
    describeWatch(open, place)
  })
}

type Open = () => OpenRuns
type Place = () => (owner: string) => OpenRuns

export function newRun(uid: string, change: Partial<NewRun> = {}): NewRun {
  return { uid, namespace: 'argo', name: `run-${uid}`, phase: 'Running', createdAt: t0, manifest: `{"uid":${JSON.stringify(uid)}}`, ...change }
}

export function valueOf<T>(result: RunResult<T>): T {
  if (!result.ok) throw new Error(`${result.problem.code}: ${result.problem.message}`)
  return result.value
}

function codeOf(result: RunResult<unknown>): string {
  return result.ok ? 'ok' : result.problem.code
}

function record(n: number): string {
  return JSON.stringify({ n, text: `é"\\ ${n}` })
}

async function appendAll(log: RunLog, uid: string, from: number, to: number): Promise<void> {
  const results = await Promise.all(Array.from({ length: to - from }, (_, index) => log.append(uid, from + index, { record: record(from + index + 1) })))
  expect(results.map(codeOf)).toEqual(results.map(() => 'ok'))
}

function records(from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, index) => record(from + index))
}

function describeAppending(open: Open, place: Place): void {
  describe('appending', () => {
    it('gives back a new run as it was, without records', async () => {
      const { log, runs } = open()
      const run = newRun('a', { labels: { team: 'x' }, owners: ['o'], template: 't', message: 'm', progress: '0/1', details: '{"d":1}', startedAt: t0 + 1 })
      const { resourceVersion } = valueOf(await log.create(run))
      const { manifest, ...summary } = run
      const expected = { ...summary, finishedAt: undefined, archived: false, seq: 0, resourceVersion }
      expect(valueOf(await log.load('a'))).toEqual({ manifest, summary: expected, snapshot: undefined, records: [] })
      expect(valueOf(await runs.get('a'))).toEqual(expected)
      expect(valueOf(await runs.find('argo', 'run-a'))).toEqual(expected)
      expect(valueOf(await runs.manifest('a'))).toBe(manifest)
    })

    it('keeps records in order, whether they share a commit or not', async () => {
      const { log } = open()
      await log.create(newRun('a'))
      for (const [from, to] of [[0, 1], [1, 2], [2, 200], [200, 201]] as const) await appendAll(log, 'a', from, to)
      const loaded = valueOf(await log.load('a'))
      expect(loaded.records).toEqual(records(1, 201))
      expect(loaded.summary.seq).toBe(201)
    })

    it('keeps apart what many runs append in one turn', async () => {
      const { log } = open()
      const uids = Array.from({ length: 20 }, (_, index) => `u${index}`)
      await Promise.all(uids.map((uid) => log.create(newRun(uid))))
      await Promise.all(uids.flatMap((uid) => [0, 1, 2].map((seq) => log.append(uid, seq, { record: JSON.stringify({ uid, seq }) }))))
      for (const uid of uids) expect(valueOf(await log.load(uid)).records).toEqual([0, 1, 2].map((seq) => JSON.stringify({ uid, seq })))
    })

    it('answers with the number of each record, and a version that grows', async () => {
      const { log } = open()
      await log.create(newRun('a'))
      const [first, second] = (await Promise.all([log.append('a', 0, { record: '{}' }), log.append('a', 1, { record: '{}' })])).map(valueOf)
      const third = valueOf(await log.append('a', 2, { record: '{}' }))
      expect([first?.seq, second?.seq, third.seq]).toEqual([1, 2, 3])
      expect(Number(third.resourceVersion)).toBeGreaterThan(Number(first?.resourceVersion))
    })

    it('refuses a record that expects another number, and takes the right ones beside it', async () => {
      const { log } = open()
      await log.create(newRun('a'))
      const results = await Promise.all([0, 5, 1, 0].map((seq) => log.append('a', seq, { record: record(seq + 1) })))
      expect(results.map(codeOf)).toEqual(['ok', 'seq_conflict', 'ok', 'seq_conflict'])
      expect(valueOf(await log.load('a')).records).toEqual(records(1, 2))
    })

    it('changes the summary with the record, and nothing of it with a refused one', async () => {
      const { log, runs } = open()
      await log.create(newRun('a', { labels: { team: 'x' }, message: 'before' }))
      await log.append('a', 0, { record: '{}', change: { phase: 'Failed', finishedAt: t0 + 5, labels: { team: 'y', done: 'true' }, progress: '1/1', archived: true, manifest: '{"new":1}' } })
      await log.append('a', 0, { record: '{}', change: { phase: 'Succeeded', message: 'wrong' } })
      const summary = valueOf(await runs.get('a'))
      expect(summary).toMatchObject({ phase: 'Failed', finishedAt: t0 + 5, labels: { team: 'y', done: 'true' }, progress: '1/1', archived: true, message: 'before' })
      expect(valueOf(await runs.manifest('a'))).toBe('{"new":1}')
      expect(await listed(runs, { labels: [{ key: 'team', operator: 'In', values: ['x'] }] })).toEqual([])
      expect(await listed(runs, { labels: [{ key: 'team', operator: 'In', values: ['y'] }] })).toEqual(['a'])
    })

    it('lets the last of several changes in one turn win, field by field', async () => {
      const { log, runs } = open()
      await log.create(newRun('a'))
      await Promise.all([
        log.append('a', 0, { record: '{}', change: { message: 'one', progress: '1/2' } }),
        log.append('a', 1, { record: '{}', change: { message: 'two' } }),
      ])
      expect(valueOf(await runs.get('a'))).toMatchObject({ message: 'two', progress: '1/2' })
    })

    it('has one live run of a name, and any number of archived ones', async () => {
      const { log, runs } = open()
      await log.create(newRun('a', { name: 'same' }))
      expect(codeOf(await log.create(newRun('a')))).toBe('already_exists')
      expect(codeOf(await log.create(newRun('b', { name: 'same' })))).toBe('already_exists')
      expect(codeOf(await log.create(newRun('c', { name: 'same', namespace: 'other' })))).toBe('ok')
      await log.append('a', 0, { record: '{}', change: { archived: true } })
      expect(codeOf(await log.create(newRun('b', { name: 'same' })))).toBe('ok')
      expect(valueOf(await runs.find('argo', 'same')).uid).toBe('b')
    })

    it('creates two runs of one turn only if their names differ', async () => {
      const { log } = open()
      const results = await Promise.all([log.create(newRun('a', { name: 'n' })), log.create(newRun('b', { name: 'n' }))])
      expect(results.map(codeOf)).toEqual(['ok', 'already_exists'])
    })

    it('knows no run that was not created', async () => {
      const { log, runs } = open()
      const answers = [await log.load('x'), await log.append('x', 0, { record: '{}' }), await log.claim('x', t0), await log.remove('x'), await log.snapshot('x', 1, ['s']), await runs.get('x'), await runs.manifest('x')]
      expect(answers.map(codeOf)).toEqual(answers.map(() => 'not_found'))
    })

    it('refuses what is no record, and what is above a limit', async () => {
      const { log } = open()
      await log.create(newRun('a'))
      const { recordCharsMax, manifestCharsMax, labelsMax, detailsCharsMax, ownersMax, messageCharsMax } = runLogLimits
      const appended = async (text: string): Promise<string> => codeOf(await log.append('a', valueOf(await log.load('a')).summary.seq, { record: text }))
      expect(await Promise.all(['', '{}\n{}', '{"a":"\0"}', '{}\x1e{}'].map(appended))).toEqual(['invalid', 'invalid', 'invalid', 'invalid'])
      expect(await appended('x'.repeat(recordCharsMax))).toBe('ok')
      expect(await appended('x'.repeat(recordCharsMax + 1))).toBe('too_large')
      const labels = (count: number): Record<string, string> => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 'v']))
      expect(codeOf(await log.append('a', 1, { record: '{}', change: { labels: labels(labelsMax) } }))).toBe('ok')
      expect(codeOf(await log.append('a', 2, { record: '{}', change: { labels: labels(labelsMax + 1) } }))).toBe('too_large')
      expect(codeOf(await log.append('a', 2, { record: '{}', change: { details: 'x'.repeat(detailsCharsMax + 1) } }))).toBe('too_large')
      expect(codeOf(await log.create(newRun('b', { manifest: 'x'.repeat(manifestCharsMax + 1) })))).toBe('too_large')
      expect(codeOf(await log.create(newRun('b', { owners: Array.from({ length: ownersMax + 1 }, String) })))).toBe('too_large')
      expect(codeOf(await log.create(newRun('b', { createdAt: 1.5 })))).toBe('invalid')
      expect(codeOf(await log.create(newRun('')))).toBe('invalid')
      valueOf(await log.append('a', 2, { record: '{}', change: { message: 'm'.repeat(messageCharsMax + 1) } }))
      expect(valueOf(await log.load('a')).summary.message).toHaveLength(messageCharsMax)
    })

    it('reads back what an earlier process wrote, byte for byte', async () => {
      const at = place()
      const before = at('before')
      await before.log.create(newRun('a'))
      const texts = ['{"a":"ä€😀"}', '{"u":"\\ud800"}', `{"long":"${'x'.repeat(300_000)}"}`, '[1,2.50,-0]', '"text"']
      await Promise.all(texts.map((text, seq) => before.log.append('a', seq, { record: text })))
      before.close()
      expect(valueOf(await at('after').log.load('a')).records).toEqual(texts)
    })
  })
}

function describeSnapshots(open: Open, place: Place): void {
  describe('snapshots', () => {
    it('loads the snapshot and only the records after it', async () => {
      const { log } = open()
      await log.create(newRun('a'))
      await appendAll(log, 'a', 0, 10)
      valueOf(await log.snapshot('a', 7, ['part one', '', 'part\nthree é']))
      const loaded = valueOf(await log.load('a'))
      expect(loaded.snapshot).toEqual({ seq: 7, parts: ['part one', '', 'part\nthree é'] })
      expect(loaded.records).toEqual(records(8, 10))
    })

    it('replaces an older snapshot, and takes appends while it is written', async () => {
      const { log } = open()
      await log.create(newRun('a'))
      await appendAll(log, 'a', 0, 10)
      await log.snapshot('a', 5, ['old'])
      const parts = Array.from({ length: 6 }, (_, index) => String(index).repeat(700_000))
      const [written] = await Promise.all([log.snapshot('a', 10, parts), appendAll(log, 'a', 10, 20)])
      valueOf(written)
      const loaded = valueOf(await log.load('a'))
      expect(loaded.snapshot?.seq).toBe(10)
      expect(loaded.snapshot?.parts).toEqual(parts)
      expect(loaded.records).toEqual(records(11, 20))
    })

    it('keeps the former snapshot when writing a new one stops half-way', async () => {
      const { log } = open()
      await log.create(newRun('a'))
      await appendAll(log, 'a', 0, 10)
      await log.snapshot('a', 5, ['old'])
      function* breaking(): Iterable<string> {
        for (let part = 0; part < 5; part++) yield 'x'.repeat(700_000)
        throw new RangeError('stop')
      }
      await expect(log.snapshot('a', 10, breaking())).rejects.toThrow(RangeError)
      expect(valueOf(await log.load('a'))).toMatchObject({ snapshot: { seq: 5, parts: ['old'] }, records: records(6, 10) })
      valueOf(await log.snapshot('a', 10, ['new']))
      expect(valueOf(await log.load('a'))).toMatchObject({ snapshot: { seq: 10, parts: ['new'] }, records: [] })
    })

    it('refuses a number that the run has not reached, or that is behind the last snapshot', async () => {
      const { log } = open()
      await log.create(newRun('a'))
      await appendAll(log, 'a', 0, 4)
      expect(codeOf(await log.snapshot('a', 5, ['s']))).toBe('invalid')
      valueOf(await log.snapshot('a', 3, ['s']))
      expect(codeOf(await log.snapshot('a', 3, ['s']))).toBe('invalid')
      const [first, second] = await Promise.all([log.snapshot('a', 4, ['s']), log.snapshot('a', 4, ['s'])])
      expect([codeOf(first), codeOf(second)]).toEqual(['ok', 'invalid'])
    })

    it('is a writer’s right', async () => {
      const at = place()
      const [mine, theirs] = [at('mine'), at('theirs')]
      await mine.log.create(newRun('a'))
      await appendAll(mine.log, 'a', 0, 2)
      expect(codeOf(await theirs.log.snapshot('a', 2, ['s']))).toBe('lease_lost')
    })

    it('loads a run of any mixture of appends and snapshots as a list would hold it', async () => {
      const { log } = open()
      await log.create(newRun('a'))
      let [seq, kept] = [0, 0]
      for (const [appends, snapshotBack] of [[3, 0], [600, 100], [1, 0], [50, 50], [2, 1]] as const) {
        await appendAll(log, 'a', seq, seq + appends)
        seq += appends
        if (seq - snapshotBack > kept) valueOf(await log.snapshot('a', (kept = seq - snapshotBack), [`state ${kept}`]))
        const loaded = valueOf(await log.load('a'))
        expect(loaded.snapshot).toEqual({ seq: kept, parts: [`state ${kept}`] })
        expect(loaded.records).toEqual(records(kept + 1, seq))
      }
    })
  })
}

function describeLeases(place: Place): void {
  describe('leases', () => {
    it('lets only the holder append', async () => {
      const at = place()
      const [mine, theirs] = [at('mine'), at('theirs')]
      await mine.log.create(newRun('a'))
      const refusal = await theirs.log.append('a', 0, { record: '{}' })
      expect(refusal).toMatchObject({ ok: false, problem: { code: 'lease_lost', holder: { owner: 'mine', info: 'info of mine', heartbeatAt: t0 } } })
      expect(codeOf(await theirs.log.claim('a', t0))).toBe('lease_held')
      expect(codeOf(await mine.log.claim('a', t0))).toBe('ok')
      expect(codeOf(await mine.log.append('a', 0, { record: '{}' }))).toBe('ok')
    })

    it('passes a lease on when it is given back', async () => {
      const at = place()
      const [mine, theirs] = [at('mine'), at('theirs')]
      await mine.log.create(newRun('a'))
      await theirs.log.release('a')
      expect(codeOf(await theirs.log.claim('a', t0))).toBe('lease_held')
      await mine.log.release('a')
      expect(codeOf(await mine.log.append('a', 0, { record: '{}' }))).toBe('lease_lost')
      expect(valueOf(await theirs.log.claim('a', t0)).seq).toBe(0)
      expect(codeOf(await theirs.log.append('a', 0, { record: '{}' }))).toBe('ok')
    })

    it('takes a lease only from the holder who was judged dead', async () => {
      const at = place()
      const [dead, first, second] = [at('dead'), at('first'), at('second')]
      await dead.log.create(newRun('a'))
      await dead.log.append('a', 0, { record: '{}' })
      expect(valueOf(await first.log.takeOver('a', 'dead', t0)).seq).toBe(1)
      expect(codeOf(await second.log.takeOver('a', 'dead', t0))).toBe('lease_held')
      expect(codeOf(await dead.log.append('a', 1, { record: '{"late":1}' }))).toBe('lease_lost')
      expect(codeOf(await first.log.append('a', 1, { record: '{"new":1}' }))).toBe('ok')
      expect(valueOf(await second.log.load('a')).records).toEqual(['{}', '{"new":1}'])
    })

    it('tells when each holder was last heard of', async () => {
      const at = place()
      const [mine, theirs] = [at('mine'), at('theirs')]
      await mine.log.create(newRun('a'))
      await theirs.log.heartbeat(t0 + 1000)
      await mine.log.heartbeat(t0 + 2000)
      await mine.log.heartbeat(t0 + 1500)
      expect(await mine.log.holders()).toEqual([
        { owner: 'mine', info: 'info of mine', heartbeatAt: t0 + 2000 },
        { owner: 'theirs', info: 'info of theirs', heartbeatAt: t0 + 1000 },
      ])
    })

    it('finds runs by who has them', async () => {
      const at = place()
      const [mine, theirs] = [at('mine'), at('theirs')]
      await mine.log.create(newRun('a'))
      await theirs.log.create(newRun('b'))
      await theirs.log.create(newRun('c'))
      await theirs.log.release('c')
      expect(await listed(mine.runs, { leasedBy: 'theirs' })).toEqual(['b'])
      expect(await listed(mine.runs, { leasedBy: '' })).toEqual(['c'])
    })
  })
}

function describeRemoval(open: Open, place: Place): void {
  describe('removal', () => {
    it('forgets the run, its records and its labels, and frees its name', async () => {
      const { log, runs, idle } = open()
      await log.create(newRun('a', { labels: { team: 'x' }, owners: ['o'] }))
      await appendAll(log, 'a', 0, 700)
      await log.snapshot('a', 300, ['s'])
      valueOf(await log.remove('a'))
      expect(codeOf(await log.load('a'))).toBe('not_found')
      expect(await listed(runs, { labels: [{ key: 'team', operator: 'Exists' }] })).toEqual([])
      expect(await listed(runs, { owner: 'o' })).toEqual([])
      expect(codeOf(await log.create(newRun('b', { name: 'run-a' })))).toBe('ok')
      await idle()
      expect(valueOf(await log.load('b')).records).toEqual([])
    })

    it('is refused while another process has the run', async () => {
      const at = place()
      const [mine, theirs] = [at('mine'), at('theirs')]
      await mine.log.create(newRun('a'))
      expect(codeOf(await theirs.log.remove('a'))).toBe('lease_held')
      await mine.log.release('a')
      expect(codeOf(await theirs.log.remove('a'))).toBe('ok')
      expect(codeOf(await mine.log.load('a'))).toBe('not_found')
    })
  })
}

async function listed(runs: RunIndex, query: RunListQuery): Promise<string[]> {
  return valueOf(await runs.list(query)).runs.map(({ uid }) => uid)
}

/** What a list must show, computed the plain way. */
function expectedUids(all: readonly RunSummary[], keep: (run: RunSummary) => boolean, order: 'newest' | 'name' = 'newest'): string[] {
  const kept = all.filter(keep)
  if (order === 'newest') return kept.toReversed().sort((a, b) => b.createdAt - a.createdAt).map(({ uid }) => uid)
  const key = (run: RunSummary): string => `${run.namespace}\0${run.name}`
  return kept.sort((a, b) => (key(a) < key(b) ? -1 : 1)).map(({ uid }) => uid)
}

async function manyRuns({ log, runs }: OpenRuns, count: number): Promise<RunSummary[]> {
  const created = Array.from({ length: count }, (_, index) => {
    const labels: Record<string, string> = { shard: String(index % 7), ...(index % 3 === 0 ? { third: 'yes' } : {}), ...(index % 50 === 0 ? { rare: `r${index}` } : {}) }
    return newRun(`u${index}`, {
      name: `${index % 2 === 0 ? 'etl' : 'ml'}-${index}`,
      namespace: index % 5 === 0 ? 'other' : 'argo',
      phase: ['Running', 'Succeeded', 'Failed'][index % 3] ?? '',
      createdAt: t0 + Math.floor(index / 2) * 1000,
      template: index % 4 === 0 ? 'tpl' : '',
      labels,
      ...(index % 3 === 0 ? {} : { finishedAt: t0 + index * 1000 + 500 }),
      startedAt: t0 + index * 1000 + 100,
      owners: index % 10 === 0 ? ['cron'] : [],
    })
  })
  await Promise.all(created.map((run) => log.create(run)))
  await Promise.all(created.map((run, index) => (index % 6 === 1 ? log.append(run.uid, 0, { record: '{}', change: { archived: true } }) : undefined)))
  return Promise.all(created.map(async ({ uid }) => valueOf(await runs.get(uid))))
}

const filters: readonly (readonly [string, RunListQuery, (run: RunSummary) => boolean])[] = [
  ['nothing', {}, () => true],
  ['namespace', { namespaces: ['other'] }, (run) => run.namespace === 'other'],
  ['two namespaces', { namespaces: ['other', 'argo'] }, () => true],
  ['no namespace', { namespaces: [] }, () => false],
  ['phase', { phases: ['Failed'] }, (run) => run.phase === 'Failed'],
  ['two phases', { phases: ['Failed', 'Running'] }, (run) => run.phase !== 'Succeeded'],
  ['label', { labels: [{ key: 'shard', operator: 'In', values: ['3'] }] }, (run) => run.labels['shard'] === '3'],
  ['label of two values', { labels: [{ key: 'shard', operator: 'In', values: ['3', '5'] }] }, (run) => ['3', '5'].includes(run.labels['shard'] ?? '')],
  ['label not of values', { labels: [{ key: 'third', operator: 'NotIn', values: ['yes'] }] }, (run) => run.labels['third'] !== 'yes'],
  ['label that exists', { labels: [{ key: 'rare', operator: 'Exists' }] }, (run) => run.labels['rare'] !== undefined],
  ['label that does not exist', { labels: [{ key: 'third', operator: 'DoesNotExist' }] }, (run) => run.labels['third'] === undefined],
  ['label above a number', { labels: [{ key: 'shard', operator: 'Gt', values: ['4'] }] }, (run) => Number(run.labels['shard']) > 4],
  ['label below a number', { labels: [{ key: 'shard', operator: 'Lt', values: ['2'] }] }, (run) => Number(run.labels['shard']) < 2],
  ['name', { name: 'etl-10' }, (run) => run.name === 'etl-10'],
  ['name prefix', { namePrefix: 'ml-1' }, (run) => run.name.startsWith('ml-1')],
  ['part of a name', { nameContains: '-2' }, (run) => run.name.includes('-2')],
  ['uids', { uids: ['u3', 'u4', 'nobody'] }, (run) => ['u3', 'u4'].includes(run.uid)],
  ['template', { template: 'tpl' }, (run) => run.template === 'tpl'],
  ['created', { createdFrom: t0 + 10_000, createdBefore: t0 + 20_000 }, (run) => run.createdAt >= t0 + 10_000 && run.createdAt < t0 + 20_000],
  ['started', { startedFrom: t0 + 10_100, startedBefore: t0 + 20_100 }, (run) => (run.startedAt ?? 0) >= t0 + 10_100 && (run.startedAt ?? 0) < t0 + 20_100],
  ['finished', { finishedFrom: t0 + 10_000, finishedBefore: t0 + 20_000 }, (run) => run.finishedAt !== undefined && run.finishedAt >= t0 + 10_000 && run.finishedAt < t0 + 20_000],
  ['archived', { archived: true }, (run) => run.archived],
  ['live', { archived: false }, (run) => !run.archived],
  ['unfinished', { finished: false }, (run) => run.finishedAt === undefined],
  ['done', { finished: true }, (run) => run.finishedAt !== undefined],
  ['owner', { owner: 'cron' }, (run) => run.owners.includes('cron')],
  [
    'all together',
    { namespaces: ['argo'], phases: ['Running', 'Failed'], labels: [{ key: 'shard', operator: 'In', values: ['1'] }, { key: 'rare', operator: 'DoesNotExist' }], namePrefix: 'etl', archived: false },
    (run) => run.namespace === 'argo' && run.phase !== 'Succeeded' && run.labels['shard'] === '1' && run.labels['rare'] === undefined && run.name.startsWith('etl') && !run.archived,
  ],
]

function describeLists(open: Open): void {
  describe('lists', () => {
    it('filter by every field, in both orders, whole and page by page', async () => {
      const store = open()
      const all = await manyRuns(store, 300)
      for (const [name, query, keep] of filters) {
        for (const order of ['newest', 'name'] as const) {
          const expected = expectedUids(all, keep, order)
          expect(await listed(store.runs, { ...query, order }), `${name}, ${order}`).toEqual(expected)
          expect(await pages(store.runs, { ...query, order, limit: 7 }), `${name}, ${order}, in pages`).toEqual(expected)
        }
      }
    })

    it('walk an index in order when a filter leaves many runs', async () => {
      const store = open()
      const all = await manyRuns(store, 4500)
      for (const index of [0, 4, 6, 14, 22, 23]) {
        const [name, query, keep] = filters[index] ?? ['', {}, () => false]
        expect((await pages(store.runs, { ...query, limit: 900 })), name).toEqual(expectedUids(all, keep))
      }
    })

    it('count by phase under the same filters', async () => {
      const store = open()
      const all = await manyRuns(store, 120)
      for (const [name, query, keep] of filters) {
        const expected: Record<string, number> = {}
        for (const { phase } of all.filter(keep)) expected[phase] = (expected[phase] ?? 0) + 1
        expect(await store.runs.countByPhase(query), name).toEqual(expected)
      }
    })

    it('go on where the page ended, though runs come and go', async () => {
      const { log, runs } = open()
      for (let n = 0; n < 6; n++) await log.create(newRun(`u${n}`, { createdAt: t0 + n }))
      const first = valueOf(await runs.list({ limit: 3 }))
      await log.create(newRun('new', { createdAt: t0 + 100 }))
      await log.remove('u2')
      const second = valueOf(await runs.list({ limit: 3, ...(first.continue === undefined ? {} : { continue: first.continue }) }))
      expect([first, second].map((page) => page.runs.map(({ uid }) => uid))).toEqual([['u5', 'u4', 'u3'], ['u1', 'u0']])
    })

    it('refuse a token that is not theirs', async () => {
      const { log, runs } = open()
      for (let n = 0; n < 3; n++) await log.create(newRun(`u${n}`))
      const token = valueOf(await runs.list({ limit: 1 })).continue ?? ''
      expect(codeOf(await runs.list({ continue: 'nonsense' }))).toBe('invalid')
      expect(codeOf(await runs.list({ continue: token, order: 'name' }))).toBe('invalid')
      expect(codeOf(await runs.list({ continue: token }))).toBe('ok')
    })

    it('hold at most a full page, and refuse filters without end', async () => {
      const { runs } = open()
      expect(codeOf(await runs.list({ uids: Array.from({ length: 6000 }, String) }))).toBe('too_large')
      expect(valueOf(await runs.list({ limit: 1_000_000 })).runs).toEqual([])
    })
  })
}

async function pages(runs: RunIndex, query: RunListQuery): Promise<string[]> {
  const uids: string[] = []
  let token: string | undefined
  do {
    const page = valueOf(await runs.list({ ...query, ...(token === undefined ? {} : { continue: token }) }))
    uids.push(...page.runs.map(({ uid }) => uid))
    token = page.continue
  } while (token !== undefined)
  return uids
}

function describeWatch(open: Open, place: Place): void {
  describe('watch', () => {
    it('tells what happens after a version, in order', async () => {
      const { log, runs } = open()
      await log.create(newRun('old'))
      const start = valueOf(await runs.list({})).resourceVersion
      await log.create(newRun('a'))
      await log.append('a', 0, { record: '{}', change: { phase: 'Failed' } })
      await log.create(newRun('b', { namespace: 'other' }))
      await log.remove('old')
      expect(await take(runs.watch({ resourceVersion: start }), 3)).toEqual(['changed a Failed', 'changed b Running', 'removed old Running'])
      expect(await take(runs.watch({ resourceVersion: start, namespace: 'other' }), 1)).toEqual(['changed b Running'])
    })

    it('waits for what comes, and ends with its signal and with the store', async () => {
      const { log, runs, close } = open()
      const stop = new AbortController()
      const [signalled, closed] = [collect(runs.watch({ signal: stop.signal })), collect(runs.watch({}))]
      await log.create(newRun('a'))
      await log.create(newRun('b'))
      stop.abort()
      expect(await signalled).toEqual(['changed a Running', 'changed b Running'])
      await log.create(newRun('c'))
      await log.append('c', 0, { record: '{}' })
      close()
      expect((await closed).slice(0, 3)).toEqual(['changed a Running', 'changed b Running', 'changed c Running'])
    })

    it('hears of other processes', async () => {
      const at = place()
      const [mine, theirs] = [at('mine'), at('theirs')]
      const heard = take(mine.runs.watch({}), 1)
      await theirs.log.create(newRun('a'))
      mine.poll()
      expect(await heard).toEqual(['changed a Running'])
    })

    it('says expired for a version of another store', async () => {
      const { runs } = open()
      expect(await collect(runs.watch({ resourceVersion: '999999' }))).toEqual(['expired'])
    })
  })
}

function lineOf(event: RunEvent): string {
  return event.type === 'expired' ? 'expired' : `${event.type} ${event.run.uid} ${event.run.phase}`
}

async function take(events: AsyncIterable<RunEvent>, count: number): Promise<string[]> {
  const lines: string[] = []
  for await (const event of events) if (lines.push(lineOf(event)) === count) break
  return lines
}

async function collect(events: AsyncIterable<RunEvent>): Promise<string[]> {
  const lines: string[] = []
  for await (const event of events) lines.push(lineOf(event))
  return lines
}
