// Owns what must hold of lists, counts and watches of runs.
import type { RunEvent, RunIndex, RunListQuery, RunSummary } from '@tiphys/shell/ports'
import { describe, expect, it } from 'vitest'
import { codeOf, listed, newRun, type Open, type OpenRuns, type Place, t0, valueOf } from './run-log-kit.ts'

export function describeLists(open: Open): void {
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
      const all = await manyRuns(store, 2600)
      for (const [name, query, keep] of filters.filter(([filter]) => walked.has(filter))) {
        expect(await pages(store.runs, { ...query, limit: 900 }), name).toEqual(expectedUids(all, keep))
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

export function describeWatch(open: Open, place: Place): void {
  describe('watch', () => {
    it('tells what happens after a version, in order', async () => {
      const { log, runs } = open()
      await log.create(newRun('old'))
      const start = valueOf(await runs.list({})).resourceVersion
      await log.create(newRun('a'))
      await log.append('a', 0, { record: '{}', change: { phase: 'Failed' } })
      await log.create(newRun('b', { namespace: 'other' }))
      await log.remove('old')
      await log.create(newRun('c'))
      expect(await take(runs.watch({ resourceVersion: start }), 4)).toEqual(['changed a Failed', 'changed b Running', 'removed old Running', 'changed c Running'])
      expect(await take(runs.watch({ resourceVersion: start, namespace: 'other' }), 1)).toEqual(['changed b Running'])
    })

    it('waits for what comes, and ends with its signal and with the store', async () => {
      const { log, runs, close } = open()
      const stop = new AbortController()
      const [signalled, closed] = [following(runs.watch({ signal: stop.signal }), 2), following(runs.watch({}), 3)]
      await log.create(newRun('a'))
      await log.create(newRun('b'))
      await signalled.seen
      stop.abort()
      expect(await signalled.lines).toEqual(['changed a Running', 'changed b Running'])
      await log.create(newRun('c'))
      await log.append('c', 0, { record: '{}' })
      await closed.seen
      close()
      expect((await closed.lines).slice(0, 3)).toEqual(['changed a Running', 'changed b Running', 'changed c Running'])
    })

    it('misses nothing that happens while it is being read', async () => {
      const { log, runs } = open()
      const events = runs.watch({})
      await log.create(newRun('u0'))
      const seen: string[] = []
      for await (const event of events) {
        seen.push(lineOf(event))
        if (seen.length === 5) break
        await log.create(newRun(`u${seen.length}`))
      }
      expect(seen).toEqual([0, 1, 2, 3, 4].map((n) => `changed u${n} Running`))
    })

    it('hears of other processes', async () => {
      const at = place()
      const [mine, theirs] = [at('mine'), at('theirs')]
      const heard = take(mine.runs.watch({}), 1)
      await theirs.log.create(newRun('a'))
      mine.poll()
      expect(await heard).toEqual(['changed a Running'])
    })

    it('says expired when removals after that version are no longer kept', async () => {
      const { log, runs, idle } = open({ changesKept: 5 })
      const start = valueOf(await runs.list({})).resourceVersion
      for (let n = 0; n < 12; n++) await log.create(newRun(`u${n}`))
      for (let n = 0; n < 12; n++) await log.remove(`u${n}`)
      await idle()
      expect(await collect(runs.watch({ resourceVersion: start }))).toEqual(['expired'])
      const latest = valueOf(await runs.list({})).resourceVersion
      expect(await take(runs.watch({ resourceVersion: String(Number(latest) - 3) }), 3)).toEqual(['removed u9 Running', 'removed u10 Running', 'removed u11 Running'])
    })

    it('says expired for a version of another store', async () => {
      const { runs } = open()
      expect(await collect(runs.watch({ resourceVersion: '999999' }))).toEqual(['expired'])
    })
  })
}

/** Filters that leave more runs than are sorted at once. */
const walked: ReadonlySet<string> = new Set(['nothing', 'the larger namespace', 'the larger namespace and a label', 'two namespaces', 'live'])

const filters: readonly (readonly [string, RunListQuery, (run: RunSummary) => boolean])[] = [
  ['nothing', {}, () => true],
  ['namespace', { namespaces: ['other'] }, (run) => run.namespace === 'other'],
  ['the larger namespace', { namespaces: ['argo'] }, (run) => run.namespace === 'argo'],
  ['the larger namespace and a label', { namespaces: ['argo'], labels: [{ key: 'all', operator: 'in', values: ['yes'] }, { key: 'third', operator: 'exists', values: [] }] }, (run) => run.namespace === 'argo' && run.labels['third'] === 'yes'],
  ['two namespaces', { namespaces: ['other', 'argo'] }, () => true],
  ['no namespace', { namespaces: [] }, () => false],
  ['phase', { phases: ['Failed'] }, (run) => run.phase === 'Failed'],
  ['two phases', { phases: ['Failed', 'Running'] }, (run) => run.phase !== 'Succeeded'],
  ['label', { labels: [{ key: 'shard', operator: 'in', values: ['3'] }] }, (run) => run.labels['shard'] === '3'],
  ['label of two values', { labels: [{ key: 'shard', operator: 'in', values: ['3', '5'] }] }, (run) => ['3', '5'].includes(run.labels['shard'] ?? '')],
  ['label not of values', { labels: [{ key: 'third', operator: 'notin', values: ['yes'] }] }, (run) => run.labels['third'] !== 'yes'],
  ['label that exists', { labels: [{ key: 'rare', operator: 'exists', values: [] }] }, (run) => run.labels['rare'] !== undefined],
  ['label that does not exist', { labels: [{ key: 'third', operator: 'doesNotExist', values: [] }] }, (run) => run.labels['third'] === undefined],
  ['label above a number', { labels: [{ key: 'shard', operator: 'gt', values: ['4'] }] }, (run) => Number(run.labels['shard']) > 4],
  ['label below a number', { labels: [{ key: 'shard', operator: 'lt', values: ['2'] }] }, (run) => Number(run.labels['shard']) < 2],
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
    { namespaces: ['argo'], phases: ['Running', 'Failed'], labels: [{ key: 'shard', operator: 'in', values: ['1'] }, { key: 'rare', operator: 'doesNotExist', values: [] }], namePrefix: 'etl', archived: false },
    (run) => run.namespace === 'argo' && run.phase !== 'Succeeded' && run.labels['shard'] === '1' && run.labels['rare'] === undefined && run.name.startsWith('etl') && !run.archived,
  ],
]

/** What a list must show, computed the plain way. */
function expectedUids(all: readonly RunSummary[], keep: (run: RunSummary) => boolean, order: 'newest' | 'name' = 'newest'): string[] {
  const kept = all.filter(keep)
  if (order === 'newest') return kept.toReversed().sort((a, b) => b.createdAt - a.createdAt).map(({ uid }) => uid)
  const key = (run: RunSummary): string => `${run.namespace}\0${run.name}`
  return kept.sort((a, b) => (key(a) < key(b) ? -1 : 1)).map(({ uid }) => uid)
}

async function manyRuns({ log, runs }: OpenRuns, count: number): Promise<RunSummary[]> {
  const created = Array.from({ length: count }, (_, index) => {
    const labels: Record<string, string> = { all: 'yes', shard: String(index % 7), ...(index % 3 === 0 ? { third: 'yes' } : {}), ...(index % 50 === 0 ? { rare: `r${index}` } : {}) }
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

/** All that a watch tells until it ends, and when it has told so many events. */
function following(events: AsyncIterable<RunEvent>, count: number): { readonly seen: Promise<void>; readonly lines: Promise<string[]> } {
  let told: () => void = () => undefined
  const seen = new Promise<void>((resolve) => { told = resolve })
  const follow = async (): Promise<string[]> => {
    const lines: string[] = []
    for await (const event of events) if (lines.push(lineOf(event)) === count) told()
    return lines
  }
  return { seen, lines: follow() }
}
