// Owns what every archive and every store of limits must do, as tests to run on each adapter.
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { matchesLabels, parseLabelSelector } from '@tiphys/core/kube'
import type { ArchiveFilter, ArchiveListQuery, ArchiveStore, ArchivedSummary, NewArchived, SyncLimitStore } from '@tiphys/shell/ports'

export interface ArchivePlace {
  open(): { readonly archive: ArchiveStore; readonly limits: SyncLimitStore; close(): void }
  remove(): void
}

const DAY = Date.UTC(2030, 0, 1)

function archived(name: string, more: Partial<NewArchived> = {}): NewArchived {
  return {
    uid: `uid-${name}`, namespace: 'argo', name, phase: 'Succeeded', createdAt: DAY, startedAt: DAY, finishedAt: DAY + 1000, labels: {}, outline: `{"of":"${name}"}`,
    workflow: `{"name":"${name}"}`, ...more,
  }
}

export function archiveContract(title: string, newPlace: () => ArchivePlace): void {
  describe(`ArchiveStore: ${title}`, () => {
    const undo: (() => void)[] = []
    afterEach(() => {
      for (const step of undo.splice(0).reverse()) step()
    })
    const place = (): (() => ReturnType<ArchivePlace['open']>) => {
      const created = newPlace()
      undo.push(() => created.remove())
      return () => {
        const store = created.open()
        undo.push(() => store.close())
        return store
      }
    }
    const open = (): ReturnType<ArchivePlace['open']> => place()()
    describeKeeping(open, place)
    describeLists(open)
    describeModel(open)
    describeLimits(open, place)
  })
}

type Open = () => ReturnType<ArchivePlace['open']>

async function namesOf(archive: ArchiveStore, query: ArchiveListQuery = {}): Promise<string[]> {
  const page = await archive.list(query)
  if (!page.ok) throw new Error(page.problem.message)
  return page.value.workflows.map(({ name }) => name)
}

function describeKeeping(open: Open, place: () => Open): void {
  it('keeps workflows beyond the process, and replaces one that is archived again', async () => {
    const openHere = place()
    const first = openHere()
    await first.archive.put(archived('a', { labels: { team: 'x', old: 'yes' } }))
    await first.archive.put(archived('a', { labels: { team: 'y' }, phase: 'Failed', startedAt: DAY + 5000, workflow: '{"again":true}' }))
    first.close()
    const { archive } = openHere()
    expect(await archive.get('uid-a')).toBe('{"again":true}')
    const page = await archive.list({})
    expect(page).toMatchObject({ ok: true, value: { workflows: [{ uid: 'uid-a', phase: 'Failed', startedAt: DAY + 5000, labels: { team: 'y' }, outline: '{"of":"a"}' }] } })
    expect(await archive.labelKeys()).toEqual(['team'])
    expect(await archive.labelValues('team')).toEqual(['y'])
    expect(await archive.get('uid-b')).toBeUndefined()
  })

  it('finds all workflows that ever had a name, the latest first', async () => {
    const { archive } = open()
    for (const [uid, startedAt] of [['1', DAY], ['2', DAY + 9], ['3', DAY + 4]] as const) await archive.put(archived('a', { uid, startedAt }))
    await archive.put(archived('a', { uid: '4', namespace: 'other' }))
    expect((await archive.find('argo', 'a')).map(({ uid }) => uid)).toEqual(['2', '3', '1'])
    expect(await archive.find('argo', 'b')).toEqual([])
  })

  it('removes one with its labels, and says whether it was there', async () => {
    const { archive } = open()
    await archive.put(archived('a', { labels: { only: 'here', team: 'x' } }))
    await archive.put(archived('b', { labels: { team: 'x' } }))
    expect([await archive.remove('uid-a'), await archive.remove('uid-a')]).toEqual([true, false])
    expect(await archive.get('uid-a')).toBeUndefined()
    expect(await archive.labelKeys()).toEqual(['team'])
    expect(await namesOf(archive)).toEqual(['b'])
  })

  it('sweeps what finished before a time, however much that is', async () => {
    const { archive } = open()
    for (let i = 0; i < 600; i++) await archive.put(archived(`w${i}`, { finishedAt: DAY + i }))
    await archive.put(archived('endless', { finishedAt: undefined }))
    expect(await archive.sweep(DAY + 590)).toBe(590)
    expect(await archive.count({})).toEqual({ ok: true, value: 11 })
    expect(await archive.sweep(DAY + 590)).toBe(0)
  })

  it('refuses what is too large, and tokens and filters that it did not make', async () => {
    const { archive } = open()
    expect(await archive.list({ continue: 'nonsense' })).toMatchObject({ ok: false, problem: { code: 'invalid' } })
    expect(await archive.list({ notUids: Array.from({ length: 5001 }, (_, i) => String(i)) })).toMatchObject({ ok: false, problem: { code: 'too_large' } })
    expect(await archive.count({ notUids: Array.from({ length: 5000 }, (_, i) => String(i)) })).toEqual({ ok: true, value: 0 })
  })
}

function describeLists(open: Open): void {
  it('tells pages in the order of starts, none twice and none left out while others come and go', async () => {
    const { archive } = open()
    for (let i = 0; i < 7; i++) await archive.put(archived(`w${i}`, { startedAt: DAY + i }))
    const first = await archive.list({ limit: 3 })
    if (!first.ok) throw new Error(first.problem.message)
    expect(first.value.workflows.map(({ name }) => name)).toEqual(['w6', 'w5', 'w4'])
    await archive.remove('uid-w6')
    await archive.put(archived('late', { startedAt: DAY + 100 }))
    const second = await archive.list({ limit: 3, continue: first.value.continue ?? '' })
    expect(second).toMatchObject({ ok: true, value: { workflows: [{ name: 'w3' }, { name: 'w2' }, { name: 'w1' }] } })
    const third = await archive.list({ limit: 3, continue: (second.ok ? second.value.continue : undefined) ?? '' })
    expect(third.ok && third.value).toEqual({ workflows: [expect.objectContaining({ name: 'w0' })] })
    expect(await namesOf(archive, { limit: 2, offset: 4 })).toEqual(['w2', 'w1'])
  })

  it('sorts what never started by its creation, and bounds on starts leave it out', async () => {
    const { archive } = open()
    await archive.put(archived('early', { startedAt: DAY }))
    await archive.put(archived('never', { startedAt: undefined, createdAt: DAY + 5 }))
    await archive.put(archived('late', { startedAt: DAY + 10 }))
    expect(await namesOf(archive)).toEqual(['late', 'never', 'early'])
    expect(await namesOf(archive, { startedTo: DAY + 10, startedFrom: DAY })).toEqual(['late', 'early'])
  })

  it('knows names and values of labels, of one namespace too', async () => {
    const { archive } = open()
    await archive.put(archived('a', { labels: { team: 'x', tier: '1' } }))
    await archive.put(archived('b', { namespace: 'other', labels: { team: 'y', zone: 'n' } }))
    expect([await archive.labelKeys(), await archive.labelKeys('argo')]).toEqual([['team', 'tier', 'zone'], ['team', 'tier']])
    expect([await archive.labelValues('team'), await archive.labelValues('team', 'other'), await archive.labelValues('none')]).toEqual([['x', 'y'], ['y'], []])
  })
}

const SELECTORS = ['team=a', 'team!=a', 'team in (a,b)', 'team notin (a)', 'team', '!team', 'size>1', 'size<2', 'team=a,size', 'none=x'] as const

function model(rows: readonly NewArchived[], filter: ArchiveFilter): string[] {
  const { namespaces, notNamespace, name, notName, namePrefix = '', nameContains = '', phases, labels = [], createdFrom, startedFrom, startedTo, finishedTo, notUids = [] } = filter
  const atLeast = (value: number | undefined, bound: number | undefined): boolean => bound === undefined || (value !== undefined && value >= bound)
  const atMost = (value: number | undefined, bound: number | undefined): boolean => bound === undefined || (value !== undefined && value <= bound)
  const met = (row: NewArchived): boolean =>
    (namespaces === undefined || namespaces.includes(row.namespace)) && row.namespace !== notNamespace && (name === undefined || row.name === name) && row.name !== notName &&
    row.name.startsWith(namePrefix) && row.name.includes(nameContains) && (phases === undefined || phases.includes(row.phase)) && matchesLabels(labels, row.labels) &&
    !notUids.includes(row.uid) && atLeast(row.createdAt, createdFrom) && atLeast(row.startedAt, startedFrom) && atMost(row.startedAt, startedTo) && atMost(row.finishedAt, finishedTo)
  return rows.filter(met).sort((a, b) => (b.startedAt ?? b.createdAt) - (a.startedAt ?? a.createdAt)).map(({ uid }) => uid)
}

const optional = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(values, { nil: undefined, freq: 2 })
const time = fc.integer({ min: 0, max: 40 }).map((n) => DAY + n * 10)

const row = fc.record({
  name: fc.constantFrom('a', 'ab', 'abc', 'b', 'bab'), namespace: fc.constantFrom('argo', 'other', 'play'), phase: fc.constantFrom('Succeeded', 'Failed', 'Error'), createdAt: time,
  hasStarted: fc.boolean(), finishedAt: optional(time), team: optional(fc.constantFrom('a', 'b', '')), size: optional(fc.constantFrom('1', '2', '10', 'big')),
})

/** Only those that were drawn: an absent filter is no filter. */
const given = <T extends object>(value: T): ArchiveFilter => Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as ArchiveFilter

const filter = fc.record({
  namespaces: optional(fc.subarray(['argo', 'other', 'play'], { minLength: 1 })), notNamespace: optional(fc.constantFrom('argo', 'other')), name: optional(fc.constantFrom('a', 'ab', 'zz')),
  notName: optional(fc.constantFrom('a', 'b')), namePrefix: optional(fc.constantFrom('a', 'ab', 'b', 'z')), nameContains: optional(fc.constantFrom('b', 'ba')),
  phases: optional(fc.subarray(['Succeeded', 'Failed', 'Error'], { minLength: 1 })), createdFrom: optional(time), startedFrom: optional(time), startedTo: optional(time), finishedTo: optional(time),
  labels: optional(fc.constantFrom(...SELECTORS).map((text) => {
    const parsed = parseLabelSelector(text)
    return parsed.ok ? parsed.value : []
  })),
}).map(given)

function describeModel(open: Open): void {
  it('lists and counts what a plain filter over all workflows gives, page by page', async () => {
    await fc.assert(fc.asyncProperty(fc.array(row, { maxLength: 40 }), fc.array(filter, { minLength: 1, maxLength: 6 }), fc.integer({ min: 1, max: 7 }), async (drawn, filters, limit) => {
      const { archive, close } = open()
      const rows = drawn.map(({ hasStarted, team, size, ...rest }, index): NewArchived => ({
        ...archived(rest.name), ...rest, uid: `u${index}`, createdAt: DAY + index * 7, startedAt: hasStarted ? DAY + index * 7 + 3 : undefined,
        labels: { ...(team !== undefined && { team }), ...(size !== undefined && { size }) },
      }))
      await Promise.all(rows.map((entry) => archive.put(entry)))
      for (const wanted of filters) {
        const expected = model(rows, wanted)
        expect(await allOf(archive, { ...wanted, limit })).toEqual(expected)
        expect(await archive.count(wanted)).toEqual({ ok: true, value: expected.length })
      }
      close()
    }), { numRuns: 25 })
  })
}

async function allOf(archive: ArchiveStore, query: ArchiveListQuery): Promise<string[]> {
  const uids: string[] = []
  for (let token: string | undefined; ;) {
    const page = await archive.list({ ...query, ...(token !== undefined && { continue: token }) })
    if (!page.ok) throw new Error(page.problem.message)
    uids.push(...page.value.workflows.map(({ uid }: ArchivedSummary) => uid))
    token = page.value.continue
    if (token === undefined) return uids
  }
}

function describeLimits(open: Open, place: () => Open): void {
  it('keeps limits of semaphores by namespace and key', async () => {
    const openHere = place()
    const first = openHere()
    expect([await first.limits.create('argo', 'k', 2), await first.limits.create('argo', 'k', 3), await first.limits.create('other', 'k', 4)]).toEqual([true, false, true])
    expect([await first.limits.update('argo', 'k', 5), await first.limits.update('argo', 'none', 5)]).toEqual([true, false])
    first.close()
    const { limits } = openHere()
    expect([await limits.get('argo', 'k'), await limits.get('argo', 'none')]).toEqual([5, undefined])
    expect(await limits.all()).toEqual([{ namespace: 'argo', key: 'k', size: 5 }, { namespace: 'other', key: 'k', size: 4 }])
    expect([await limits.remove('argo', 'k'), await limits.remove('argo', 'k')]).toEqual([true, false])
    expect(await open().limits.all()).toEqual([])
  })
}
