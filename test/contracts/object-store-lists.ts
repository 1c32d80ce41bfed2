// Owns what must hold of lists of objects, and how long their history is kept.
import type { ObjectFilter, ObjectStore } from '@tiphys/shell/ports'
import { describe, expect, it } from 'vitest'
import { codeOf, collect, create, gadgets, names, type Open, removed, take, valueOf, widget, widgets } from './object-store-kit.ts'

export function describeLists(open: Open): void {
  describe('lists', () => {
    it('select by namespace, labels and fields, whole and page by page', async () => {
      const { objects } = open()
      await fill(objects, 200)
      for (const [name, filter, keep] of listFilters) {
        expect(await names(objects, filter), name).toEqual(expected(200, keep))
        const seen: string[] = []
        let token: string | undefined
        do {
          const page = valueOf(await objects.list({ type: widgets, ...filter, limit: 9, ...(token === undefined ? {} : { continue: token }) }))
          expect(page.objects.length).toBeLessThanOrEqual(9)
          seen.push(...page.objects.map(({ metadata }) => metadata.name))
          token = page.continue
        } while (token !== undefined)
        expect(seen, `${name}, in pages`).toEqual(expected(200, keep))
      }
    })

    it('show one moment on all their pages', async () => {
      const { objects } = open()
      await fill(objects, 60)
      const before = valueOf(await objects.list({ type: widgets })).objects
      const first = valueOf(await objects.list({ type: widgets, limit: 20 }))
      await Promise.all([
        create(objects, 'w-030-new'),
        removed(objects, 'w-037'),
        objects.update(widgets, widget('w-038', { labels: { shard: 'changed' } })),
        objects.update(widgets, widget('w-001', { labels: { shard: 'changed' } })),
      ])
      await objects.update(widgets, widget('w-038', { labels: { shard: 'again' } }))
      await create(objects, 'w-037')
      const seen = [...first.objects]
      let page = first
      while (page.continue !== undefined) {
        page = valueOf(await objects.list({ type: widgets, limit: 20, continue: page.continue }))
        expect(page.resourceVersion).toBe(first.resourceVersion)
        seen.push(...page.objects)
      }
      expect(seen).toEqual(before)
      expect(valueOf(await objects.list({ type: widgets, resourceVersion: first.resourceVersion })).objects).toEqual(before)
      const labelled = { type: widgets, labels: [{ key: 'shard', operator: 'in', values: ['3'] }] } as const
      expect(valueOf(await objects.list({ ...labelled, resourceVersion: first.resourceVersion })).objects).toEqual(before.filter(({ metadata }) => metadata.labels?.['shard'] === '3'))
    })

    it('refuse tokens and versions that are not theirs', async () => {
      const { objects } = open()
      await create(objects, 'a')
      expect(codeOf(await objects.list({ type: widgets, continue: 'nonsense' }))).toBe('invalid')
      expect(codeOf(await objects.list({ type: widgets, resourceVersion: 'nonsense' }))).toBe('invalid')
      expect(codeOf(await objects.list({ type: widgets, resourceVersion: '999999' }))).toBe('expired')
    })

    it('are empty for a type that nobody stored', async () => {
      expect(valueOf(await open().objects.list({ type: gadgets }))).toMatchObject({ objects: [], damaged: [] })
    })
  })
}

export function describeHistory(open: Open): void {
  describe('history', () => {
    it('is bounded: what lies too far back is expired, what is kept is whole', async () => {
      const { objects, idle } = open({ changesKept: 100 })
      const first = await create(objects, 'a', {}, { spec: -1 })
      const page = valueOf(await objects.list({ type: widgets, limit: 1 }))
      await create(objects, 'still')
      const slow = valueOf(await objects.watch({ type: widgets, resourceVersion: first.metadata.resourceVersion }))
      for (let spec = 0; spec < 400; spec++) await objects.update(widgets, widget('a', {}, { spec }))
      await idle()
      const latest = Number(valueOf(await objects.list({ type: widgets })).resourceVersion)
      expect(codeOf(await objects.watch({ type: widgets, resourceVersion: first.metadata.resourceVersion }))).toBe('expired')
      expect(codeOf(await objects.list({ type: widgets, resourceVersion: page.resourceVersion }))).toBe('expired')
      expect(await collect(slow)).toEqual(['ERROR expired'])
      const back = String(latest - 100)
      expect(await take(objects, { resourceVersion: back }, 100)).toEqual(Array.from({ length: 100 }, () => 'MODIFIED a'))
      expect(valueOf(await objects.list({ type: widgets, resourceVersion: back })).objects).toMatchObject([{ spec: 299 }, { metadata: { name: 'still' } }])
      expect(await names(objects)).toEqual(['a', 'still'])
    })
  })
}

const listFilters: readonly (readonly [string, Partial<ObjectFilter>, (n: number) => boolean])[] = [
  ['nothing', {}, () => true],
  ['a namespace', { namespace: 'other' }, (n) => n % 4 === 0],
  ['a label', { labels: [{ key: 'shard', operator: 'in', values: ['2'] }] }, (n) => n % 5 === 2],
  ['two labels', { labels: [{ key: 'shard', operator: 'in', values: ['2'] }, { key: 'even', operator: 'exists', values: [] }] }, (n) => n % 5 === 2 && n % 2 === 0],
  ['values of a label', { labels: [{ key: 'shard', operator: 'in', values: ['2', '3'] }] }, (n) => [2, 3].includes(n % 5)],
  ['a label that is not', { labels: [{ key: 'even', operator: 'doesNotExist', values: [] }] }, (n) => n % 2 !== 0],
  ['a label of another value', { labels: [{ key: 'shard', operator: 'notin', values: ['1', '2'] }] }, (n) => ![1, 2].includes(n % 5)],
  ['a label that may be absent', { labels: [{ key: 'even', operator: 'notin', values: [''] }] }, (n) => n % 2 !== 0],
  ['a larger label', { labels: [{ key: 'shard', operator: 'gt', values: ['2'] }] }, (n) => n % 5 > 2],
  ['a smaller label', { labels: [{ key: 'shard', operator: 'lt', values: ['2'] }] }, (n) => n % 5 < 2],
  ['a name', { fields: [{ field: 'metadata.name', equal: true, value: 'w-007' }] }, (n) => n === 7],
  ['a field', { fields: [{ field: 'status.phase', equal: true, value: 'odd' }] }, (n) => n % 2 !== 0],
  ['a field of another value', { namespace: 'other', fields: [{ field: 'status.phase', equal: false, value: 'odd' }] }, (n) => n % 4 === 0],
  ['an absent field', { fields: [{ field: 'status.none', equal: true, value: '' }] }, () => true],
]

async function fill(objects: ObjectStore, count: number): Promise<void> {
  await Promise.all(
    Array.from({ length: count }, (_, n) =>
      create(objects, `w-${String(n).padStart(3, '0')}`, { namespace: n % 4 === 0 ? 'other' : 'argo', labels: { shard: String(n % 5), ...(n % 2 === 0 ? { even: '' } : {}) } }, { status: { phase: n % 2 === 0 ? 'even' : 'odd' } }),
    ),
  )
}

/** By namespace and name, as every list is. */
function expected(count: number, keep: (n: number) => boolean): string[] {
  const kept = Array.from({ length: count }, (_, n) => n).filter(keep)
  return [...kept.filter((n) => n % 4 !== 0), ...kept.filter((n) => n % 4 === 0)].map((n) => `w-${String(n).padStart(3, '0')}`)
}
