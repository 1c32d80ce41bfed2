// Owns what must hold of watches of objects.
import type { ObjectEvent, ObjectWatch } from '@tiphys/shell/ports'
import { describe, expect, it } from 'vitest'
import { create, gadgets, lineOf, linesOf, type Open, type Place, removed, take, valueOf, widget, widgets } from './object-store-kit.ts'

export function describeWatch(open: Open): void {
  describe('watch', () => {
    it('tells every change after a version, in order', async () => {
      const { objects } = open()
      const { metadata } = await create(objects, 'a', {}, { spec: 0 })
      await objects.update(widgets, widget('a', {}, { spec: 1 }))
      await create(objects, 'b')
      await objects.create(gadgets, widget('other-type'))
      await removed(objects, 'a')
      expect(await take(objects, { resourceVersion: metadata.resourceVersion }, 3)).toEqual(['MODIFIED a', 'ADDED b', 'DELETED a'])
    })

    it('gives the objects with the version of the change', async () => {
      const { objects } = open()
      const created = await create(objects, 'a')
      const watch = valueOf(await objects.watch({ type: widgets, resourceVersion: created.metadata.resourceVersion }))
      const updated = valueOf(await objects.update(widgets, widget('a', {}, { spec: 1 })))
      const { object } = await removed(objects, 'a')
      const seen: ObjectEvent[] = []
      for await (const event of watch) if (seen.push(event) === 2) break
      expect(seen).toEqual([{ type: 'MODIFIED', object: updated }, { type: 'DELETED', object }])
      expect(Number(object.metadata.resourceVersion)).toBeGreaterThan(Number(updated.metadata.resourceVersion))
    })

    it('starts with what there is when no version is given, and marks its end', async () => {
      const { objects } = open()
      await Promise.all(Array.from({ length: 600 }, (_, n) => create(objects, `w-${String(n).padStart(3, '0')}`)))
      const watch = valueOf(await objects.watch({ type: widgets, bookmarks: true }))
      await create(objects, 'late')
      const lines = await linesOf(watch, 602)
      expect(lines.slice(0, 2)).toEqual(['ADDED w-000', 'ADDED w-001'])
      expect(lines.slice(-2)).toEqual(['BOOKMARK true', 'ADDED late'])
    })

    it('tells when an object begins and ceases to match', async () => {
      const { objects } = open()
      const start = (await create(objects, 'zero')).metadata.resourceVersion
      const change = async (name: string, team: string): Promise<unknown> => objects.update(widgets, widget(name, { labels: { team } }))
      await create(objects, 'a', { labels: { team: 'x' } })
      await create(objects, 'b', { labels: { team: 'y' } })
      await change('b', 'x')
      await change('a', 'y')
      await change('a', 'z')
      await removed(objects, 'a')
      await removed(objects, 'b')
      const labels = [{ key: 'team', operator: 'in', values: ['x'] }] as const
      expect(await take(objects, { resourceVersion: start, labels }, 4)).toEqual(['ADDED a', 'ADDED b', 'DELETED a', 'DELETED b'])
      expect(await take(objects, { resourceVersion: start, fields: [{ field: 'metadata.name', equal: true, value: 'b' }] }, 3)).toEqual(['ADDED b', 'MODIFIED b', 'DELETED b'])
    })

    it('keeps to its namespace', async () => {
      const { objects } = open()
      const start = (await create(objects, 'zero')).metadata.resourceVersion
      await create(objects, 'a')
      await create(objects, 'b', { namespace: 'other' })
      expect(await take(objects, { resourceVersion: start, namespace: 'other' }, 1)).toEqual(['ADDED b'])
    })
  })
}

export function describeFollowing(open: Open, place: Place): void {
  describe('watch, as things happen', () => {
    it('waits for what comes, of a type that is new too, and ends in four ways', async () => {
      const { objects, close } = open()
      const stop = new AbortController()
      const watches = await Promise.all([objects.watch({ type: widgets, signal: stop.signal }), objects.watch({ type: widgets }), objects.watch({ type: widgets }), objects.watch({ type: widgets })])
      const [signalled, closed, left, ended] = watches.map(valueOf)
      const all = [signalled, closed, ended].map((watch) => following(watch, 2))
      const leaving = linesOf(left, 1)
      await create(objects, 'a')
      expect(await leaving).toEqual(['ADDED a'])
      await create(objects, 'b')
      await Promise.all(all.map(({ seen }) => seen))
      stop.abort()
      closed?.close()
      close()
      expect(await Promise.all(all.map(({ lines }) => lines))).toEqual([['ADDED a', 'ADDED b'], ['ADDED a', 'ADDED b'], ['ADDED a', 'ADDED b']])
    })

    it('misses nothing that happens while it is being read', async () => {
      const { objects } = open()
      const watch = valueOf(await objects.watch({ type: widgets }))
      await create(objects, 'w0')
      const seen: string[] = []
      for await (const event of watch) {
        seen.push(lineOf(event))
        if (seen.length === 5) break
        await create(objects, `w${seen.length}`)
      }
      expect(seen).toEqual([0, 1, 2, 3, 4].map((n) => `ADDED w${n}`))
    })

    it('hears of other processes', async () => {
      const at = place()
      const [mine, theirs] = [at('mine'), at('theirs')]
      const heard = linesOf(valueOf(await mine.objects.watch({ type: widgets })), 1)
      await create(theirs.objects, 'a')
      mine.poll()
      expect(await heard).toEqual(['ADDED a'])
    })

    it('says where it stands when only others change', async () => {
      const { objects } = open()
      const { metadata } = await create(objects, 'a')
      const watch = valueOf(await objects.watch({ type: widgets, resourceVersion: metadata.resourceVersion, bookmarks: true }))
      for (let round = 0; round < 3; round++) await Promise.all(Array.from({ length: 500 }, (_, n) => objects.create(gadgets, widget(`g-${round}-${n}`))))
      expect(await linesOf(watch, 1)).toEqual(['BOOKMARK false'])
      expect(watch.resourceVersion).toBe(valueOf(await objects.list({ type: widgets })).resourceVersion)
    })
  })
}

/** All that a watch tells until it ends, and when it has told so many events. */
function following(watch: ObjectWatch | undefined, count: number): { readonly seen: Promise<void>; readonly lines: Promise<string[]> } {
  let told: () => void = () => undefined
  const seen = new Promise<void>((resolve) => { told = resolve })
  const follow = async (): Promise<string[]> => {
    const lines: string[] = []
    for await (const event of watch ?? []) if (lines.push(lineOf(event)) === count) told()
    return lines
  }
  return { seen, lines: follow() }
}
