// Owns what must hold when objects are created, read and updated.
import { type KubeObject, objectLimits } from '@tiphys/shell/ports'
import { describe, expect, it } from 'vitest'
import { codeOf, create, exists, gadgets, keyOf, nowText, type Open, type Place, realms, valueOf, widget, widgets } from './object-store-kit.ts'

export function describeVerbs(open: Open, place: Place): void {
  describe('verbs', () => {
    it('stamps a new object and gives it back as it was otherwise', async () => {
      const { objects } = open()
      const given = widget('a', { labels: { x: '1' }, annotations: { note: 'é' }, finalizers: ['f'] }, { spec: { list: [1, 2.5, null, 'x'], deep: { a: { b: {} } } }, status: { phase: 'New' } })
      const created = valueOf(await objects.create(widgets, given))
      const { uid, resourceVersion } = created.metadata
      expect(created).toEqual({ ...given, metadata: { ...given.metadata, uid, resourceVersion, generation: 1, creationTimestamp: nowText } })
      expect(uid).toMatch(/^[0-9a-f-]{36}$/)
      expect(valueOf(await objects.get(keyOf('a')))).toEqual(created)
    })

    it('leaves out of a new object what only the store may say', async () => {
      const { objects } = open()
      const meta = { uid: 'mine', generation: 7, creationTimestamp: '2000-01-01T00:00:00Z', deletionTimestamp: '2000-01-01T00:00:00Z', deletionGracePeriodSeconds: 3, selfLink: '/x' }
      const { metadata } = await create(objects, 'a', meta)
      expect(metadata).toEqual({ name: 'a', namespace: 'argo', uid: metadata.uid, resourceVersion: metadata.resourceVersion, generation: 1, creationTimestamp: nowText })
      expect(metadata.uid).not.toBe('mine')
    })

    it('has one object of a name in each namespace and type', async () => {
      const { objects } = open()
      await create(objects, 'a')
      expect(codeOf(await objects.create(widgets, widget('a')))).toBe('already_exists')
      expect(codeOf(await objects.create(widgets, widget('a', { namespace: 'other' })))).toBe('ok')
      expect(codeOf(await objects.create(gadgets, widget('a')))).toBe('ok')
      expect(codeOf(await objects.create(realms, { apiVersion: 'v1', kind: 'Realm', metadata: { name: 'a' } }))).toBe('ok')
      const twice = await Promise.all([objects.create(widgets, widget('b')), objects.create(widgets, widget('b'))])
      expect(twice.map(codeOf)).toEqual(['ok', 'already_exists'])
    })

    it('makes up a name from generateName', async () => {
      const { objects } = open()
      const made = await Promise.all(Array.from({ length: 20 }, () => objects.create(widgets, { ...widget(''), metadata: { namespace: 'argo', generateName: 'run-' } })))
      const made20 = made.map((result) => valueOf(result).metadata)
      expect(new Set(made20.map(({ name }) => name)).size).toBe(20)
      for (const { name, generateName } of made20) expect([name, generateName]).toEqual([expect.stringMatching(/^run-[a-z0-9]{5}$/), 'run-'])
    })

    it('reads back what an earlier process wrote', async () => {
      const at = place()
      const before = at('before')
      const created = await create(before.objects, 'a', {}, { spec: { text: 'ä€😀\u0000\ud800' } })
      before.close()
      expect(valueOf(await at('after').objects.get(keyOf('a')))).toEqual(created)
    })
  })
}

export function describeRefusals(open: Open): void {
  describe('refusals', () => {
    it('refuses an object in the wrong place or without a name', async () => {
      const { objects } = open()
      const bad = [widget('a', { namespace: '' }), widget(''), widget('a/b'), widget('x'.repeat(objectLimits.nameCharsMax + 1)), widget('a', { resourceVersion: '5' })]
      expect((await Promise.all(bad.map((object) => objects.create(widgets, object)))).map(codeOf)).toEqual(bad.map(() => 'invalid'))
      expect(codeOf(await objects.create(realms, widget('a')))).toBe('invalid')
      expect(codeOf(await objects.create(widgets, widget('x'.repeat(objectLimits.nameCharsMax))))).toBe('ok')
    })

    it('refuses what is above a limit, and takes what is at it', async () => {
      const { objects } = open()
      const many = (count: number): string[] => Array.from({ length: count }, (_, index) => `example.io/f${index}`)
      expect(codeOf(await objects.create(widgets, widget('a', { finalizers: many(objectLimits.finalizersMax) })))).toBe('ok')
      expect(codeOf(await objects.create(widgets, widget('b', { finalizers: many(objectLimits.finalizersMax + 1) })))).toBe('too_large')
      expect(codeOf(await objects.create(widgets, widget('c', { labels: Object.fromEntries(many(objectLimits.labelsMax + 1).map((key) => [key, ''])) })))).toBe('too_large')
      expect(codeOf(await objects.create(widgets, widget('d', {}, { data: 'x'.repeat(objectLimits.objectCharsMax) })))).toBe('too_large')
      const large = await create(objects, 'e', {}, { data: 'x'.repeat(objectLimits.objectCharsMax - 1000) })
      expect(codeOf(await objects.update(widgets, { ...large, data: 'x'.repeat(objectLimits.objectCharsMax) } as KubeObject))).toBe('too_large')
      expect(valueOf(await objects.delete(keyOf('e'))).gone).toBe(true)
    })

    it('does nothing in a dry run', async () => {
      const { objects } = open()
      expect(valueOf(await objects.create(widgets, widget('a'), { dryRun: true })).metadata.name).toBe('a')
      expect(await exists(objects, 'a')).toBe(false)
      const live = await create(objects, 'a')
      expect(codeOf(await objects.create(widgets, widget('a'), { dryRun: true }))).toBe('already_exists')
      expect(valueOf(await objects.update(widgets, { ...live, spec: 1 } as KubeObject, { dryRun: true }))).toMatchObject({ spec: 1, metadata: { generation: 2 } })
      expect(valueOf(await objects.delete(keyOf('a'), { dryRun: true })).gone).toBe(true)
      expect(valueOf(await objects.get(keyOf('a')))).toEqual(live)
    })
  })
}

export function describeConcurrency(open: Open): void {
  describe('updates', () => {
    it('replace everything but what belongs to the store', async () => {
      const { objects } = open()
      const live = await create(objects, 'a', { labels: { x: '1' } }, { spec: { n: 1 }, data: 'old' })
      const next = valueOf(await objects.update(widgets, widget('a', { labels: { y: '2' }, generation: 9, creationTimestamp: '2000-01-01T00:00:00Z', deletionTimestamp: '2000-01-01T00:00:00Z' }, { spec: { n: 2 } })))
      const { resourceVersion } = next.metadata
      expect(next).toEqual({ ...widget('a'), spec: { n: 2 }, metadata: { ...live.metadata, labels: { y: '2' }, generation: 2, resourceVersion } })
      expect(Number(resourceVersion)).toBeGreaterThan(Number(live.metadata.resourceVersion))
    })

    it('count generations only when what is desired changes', async () => {
      const { objects } = open()
      const live = await create(objects, 'a', {}, { spec: { n: 1 } })
      const labelled = valueOf(await objects.update(widgets, { ...live, metadata: { ...live.metadata, labels: { x: '1' } } }))
      expect(labelled.metadata.generation).toBe(1)
      const changed = valueOf(await objects.update(widgets, { ...labelled, spec: { n: 2 } } as KubeObject))
      expect(changed.metadata.generation).toBe(2)
      const realm = valueOf(await objects.create(realms, { apiVersion: 'v1', kind: 'Realm', metadata: { name: 'r' } }))
      const updated = valueOf(await objects.update(realms, { ...realm, spec: 1 } as KubeObject))
      expect([realm.metadata.generation, updated.metadata.generation]).toEqual([undefined, undefined])
    })

    it('let nobody overwrite what he has not seen', async () => {
      const { objects } = open()
      const live = await create(objects, 'a', {}, { spec: 0 })
      const attempts = [1, 2, 3].map((spec) => objects.update(widgets, { ...live, spec } as KubeObject))
      expect((await Promise.all(attempts)).map(codeOf)).toEqual(['ok', 'conflict', 'conflict'])
      expect(valueOf(await objects.get(keyOf('a')))).toMatchObject({ spec: 1 })
      expect(codeOf(await objects.update(widgets, widget('a', {}, { spec: 9 })))).toBe('ok')
      expect(codeOf(await objects.update(widgets, widget('a', { uid: 'another' })))).toBe('conflict')
      expect(codeOf(await objects.update(widgets, widget('nobody')))).toBe('not_found')
    })

    it('make no event and no version when nothing changes, whatever the order of keys', async () => {
      const { objects } = open()
      const live = await create(objects, 'a', {}, { spec: { a: 1, b: [{ c: 2, d: 3 }] } })
      const same = valueOf(await objects.update(widgets, widget('a', {}, { spec: { b: [{ d: 3, c: 2 }], a: 1 } })))
      expect(same).toEqual(live)
      const other = valueOf(await objects.update(widgets, widget('a', {}, { spec: { b: [{ d: 3, c: 2 }], a: null } })))
      expect(other.metadata.resourceVersion).not.toBe(live.metadata.resourceVersion)
    })

    it('keep status and the rest apart where the type says so', async () => {
      const { objects } = open()
      const created = valueOf(await objects.create(gadgets, { ...widget('a', {}, { spec: 1, status: 'given' }), kind: 'Gadget' }))
      expect(created).not.toHaveProperty('status')
      const key = keyOf('a', gadgets)
      valueOf(await objects.update(gadgets, { ...created, spec: 2, status: 'phase 1', metadata: { ...created.metadata, labels: { no: 'no' } } } as KubeObject, { subresource: 'status' }))
      expect(valueOf(await objects.get(key))).toMatchObject({ spec: 1, status: 'phase 1', metadata: { generation: 1 } })
      expect(valueOf(await objects.get(key)).metadata.labels).toBeUndefined()
      valueOf(await objects.update(gadgets, { ...widget('a', {}, { spec: 3, status: 'ignored' }), kind: 'Gadget' }))
      expect(valueOf(await objects.get(key))).toMatchObject({ spec: 3, status: 'phase 1', metadata: { generation: 2 } })
    })
  })
}
