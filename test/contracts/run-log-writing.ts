// Owns what must hold when runs are created and appended to.
import { runLogLimits } from '@tiphys/shell/ports'
import { describe, expect, it } from 'vitest'
import { appendAll, codeOf, listed, newRun, type Open, type Place, record, records, t0, valueOf } from './run-log-kit.ts'

export function describeCreating(open: Open): void {
  describe('creating', () => {
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
  })
}

export function describeAppending(open: Open, place: Place): void {
  describe('appending', () => {
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
      expect(await listed(runs, { labels: [{ key: 'team', operator: 'in', values: ['x'] }] })).toEqual([])
      expect(await listed(runs, { labels: [{ key: 'team', operator: 'in', values: ['y'] }] })).toEqual(['a'])
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

export function describeLimits(open: Open): void {
  describe('limits', () => {
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
  })
}
