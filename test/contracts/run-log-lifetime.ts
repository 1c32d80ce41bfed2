// Owns what must hold of snapshots, of leases, and of removing runs.
import { describe, expect, it } from 'vitest'
import { appendAll, codeOf, listed, newRun, type Open, type Place, record, records, t0, valueOf } from './run-log-kit.ts'

export function describeSnapshots(open: Open): void {
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
  })
}

export function describeSnapshotRules(open: Open, place: Place): void {
  describe('snapshots, refused and repeated', () => {
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

export function describeLeases(place: Place): void {
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

export function describeRemoval(open: Open, place: Place): void {
  describe('removal', () => {
    it('forgets the run, its records and its labels, and frees its name', async () => {
      const { log, runs, idle } = open()
      await log.create(newRun('a', { labels: { team: 'x' }, owners: ['o'] }))
      await appendAll(log, 'a', 0, 700)
      await log.snapshot('a', 300, ['s'])
      valueOf(await log.remove('a'))
      expect(codeOf(await log.load('a'))).toBe('not_found')
      expect(await listed(runs, { labels: [{ key: 'team', operator: 'exists', values: [] }] })).toEqual([])
      expect(await listed(runs, { owner: 'o' })).toEqual([])
      expect(codeOf(await log.create(newRun('b', { name: 'run-a' })))).toBe('ok')
      await appendAll(log, 'b', 0, 5)
      await idle()
      expect(valueOf(await log.load('b')).records).toEqual(records(1, 5))
    })

    it('keeps the rows of a new run apart from those of one removed in the same turn', async () => {
      const { log, idle } = open()
      await log.create(newRun('a'))
      await appendAll(log, 'a', 0, 3)
      const results = await Promise.all([log.remove('a'), log.create(newRun('b', { name: 'run-a' })), log.append('b', 0, { record: record(1) })])
      expect(results.map(codeOf)).toEqual(['ok', 'ok', 'ok'])
      await idle()
      expect(valueOf(await log.load('b')).records).toEqual(records(1, 1))
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
