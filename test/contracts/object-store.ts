// Owns what every object store must do, as tests to run on each adapter.
import {
  type DeleteOptions,
  type Deletion,
  type KubeMeta,
  type KubeObject,
  type ObjectEvent,
  type ObjectFilter,
  type ObjectKey,
  objectLimits,
  type ObjectListQuery,
  type ObjectResult,
  type ObjectStore,
  type ObjectWatch,
  type ResourceType,
  type StoredObject,
  type WatchQuery,
} from '@tiphys/shell/ports'
import { afterEach, describe, expect, it } from 'vitest'

/** A process's view of a store. */
export interface OpenObjects {
  readonly objects: ObjectStore
  /** Resolves once garbage and old history are dealt with. */
  idle(): Promise<void>
  /** Looks for changes of other processes now. */
  poll(): void
  close(): void
}

/** An empty place for a store. Its clock stands at `now`; history reaches back over `changesKept` changes. */
export interface ObjectsPlace {
  open(owner: string, options?: { readonly changesKept?: number }): OpenObjects
  remove(): void
}

export const objectsNow = 1_700_000_000_000
const nowText = '2023-11-14T22:13:20Z'

const widgets: ResourceType = { group: 'example.io', version: 'v1', kind: 'Widget', plural: 'widgets', namespaced: true, statusSubresource: false, generation: true }
const gadgets: ResourceType = { ...widgets, kind: 'Gadget', plural: 'gadgets', statusSubresource: true }
const realms: ResourceType = { group: '', version: 'v1', kind: 'Realm', plural: 'realms', namespaced: false, statusSubresource: false, generation: false }

type Widget = KubeObject & { readonly spec?: unknown; readonly status?: unknown; readonly data?: unknown }
type Open = (options?: { readonly changesKept?: number }) => OpenObjects
type Place = () => (owner: string) => OpenObjects

export function objectStoreContract(title: string, newPlace: () => ObjectsPlace): void {
  describe(`ObjectStore: ${title}`, () => {
    const places: ObjectsPlace[] = []
    const opened: OpenObjects[] = []

    afterEach(() => {
      for (const store of opened.splice(0)) store.close()
      for (const place of places.splice(0)) place.remove()
    })

    function place(): (owner: string, options?: { readonly changesKept?: number }) => OpenObjects {
      const created = newPlace()
      places.push(created)
      return (owner, options) => {
        const store = created.open(owner, options)
        opened.push(store)
        return store
      }
    }

    const open: Open = (options) => place()('me', options)

    describeVerbs(open, place)
    describeConcurrency(open)
    describeDeletion(open)
    describeGarbage(open)
    describeLists(open)
    describeWatch(open, place)
    describeHistory(open)
  })
}

function widget(name: string, meta: KubeMeta = {}, more: Partial<Widget> = {}): Widget {
  return { apiVersion: 'example.io/v1', kind: 'Widget', metadata: { name, namespace: 'argo', ...meta }, ...more }
}

function keyOf(name: string, type = widgets, namespace = type.namespaced ? 'argo' : ''): ObjectKey {
  return { type, namespace, name }
}

function valueOf<T>(result: ObjectResult<T>): T {
  if (!result.ok) throw new Error(`${result.problem.code}: ${result.problem.message}`)
  return result.value
}

function codeOf(result: ObjectResult<unknown>): string {
  return result.ok ? 'ok' : result.problem.code
}

async function create(objects: ObjectStore, name: string, meta: KubeMeta = {}, more: Partial<Widget> = {}): Promise<StoredObject> {
  return valueOf(await objects.create(widgets, widget(name, meta, more)))
}

async function names(objects: ObjectStore, filter: Partial<ObjectListQuery> = {}): Promise<string[]> {
  return valueOf(await objects.list({ type: widgets, ...filter })).objects.map(({ metadata }) => metadata.name)
}

async function exists(objects: ObjectStore, name: string): Promise<boolean> {
  return (await objects.get(keyOf(name))).ok
}

function describeVerbs(open: Open, place: Place): void {
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

    it('reads back what an earlier process wrote', async () => {
      const at = place()
      const before = at('before')
      const created = await create(before.objects, 'a', {}, { spec: { text: 'ä€😀\u0000\ud800' } })
      before.close()
      expect(valueOf(await at('after').objects.get(keyOf('a')))).toEqual(created)
    })
  })
}

function describeConcurrency(open: Open): void {
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
      expect(realm.metadata.generation).toBeUndefined()
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

async function removed(objects: ObjectStore, name: string, options: DeleteOptions = {}): Promise<Deletion> {
  return valueOf(await objects.delete(keyOf(name), options))
}

function describeDeletion(open: Open): void {
  describe('deletion', () => {
    it('takes an object away and answers with what it was', async () => {
      const { objects } = open()
      const live = await create(objects, 'a', {}, { spec: 1 })
      const { object, gone } = await removed(objects, 'a')
      expect([gone, object]).toMatchObject([true, { spec: 1, metadata: { uid: live.metadata.uid } }])
      expect(codeOf(await objects.get(keyOf('a')))).toBe('not_found')
      expect(codeOf(await objects.delete(keyOf('a')))).toBe('not_found')
      expect((await create(objects, 'a')).metadata.uid).not.toBe(live.metadata.uid)
    })

    it('happens only to the object that is meant', async () => {
      const { objects } = open()
      const { metadata } = await create(objects, 'a')
      expect(codeOf(await objects.delete(keyOf('a'), { preconditions: { uid: 'another' } }))).toBe('conflict')
      expect(codeOf(await objects.delete(keyOf('a'), { preconditions: { resourceVersion: '1' } }))).toBe('conflict')
      expect(codeOf(await objects.delete(keyOf('a'), { preconditions: { uid: metadata.uid, resourceVersion: metadata.resourceVersion } }))).toBe('ok')
    })

    it('waits for finalizers, which can only be taken off meanwhile', async () => {
      const { objects } = open()
      await create(objects, 'a', { finalizers: ['one', 'two'] })
      const { object, gone } = await removed(objects, 'a')
      expect([gone, object.metadata.deletionTimestamp, object.metadata.generation]).toEqual([false, nowText, 2])
      expect((await removed(objects, 'a')).object).toEqual(object)
      const withFinalizers = (finalizers: readonly string[]): KubeObject => ({ ...object, metadata: { ...object.metadata, resourceVersion: '', finalizers } })
      expect(codeOf(await objects.update(widgets, withFinalizers(['one', 'three'])))).toBe('invalid')
      expect(codeOf(await objects.update(widgets, withFinalizers(['two'])))).toBe('ok')
      expect(await exists(objects, 'a')).toBe(true)
      expect(codeOf(await objects.update(widgets, withFinalizers([])))).toBe('ok')
      expect(await exists(objects, 'a')).toBe(false)
    })

    it('gives an object time to stop when asked to', async () => {
      const { objects } = open()
      await create(objects, 'a')
      const { object, gone } = await removed(objects, 'a', { gracePeriodSeconds: 30 })
      expect([gone, object.metadata.deletionTimestamp, object.metadata.deletionGracePeriodSeconds]).toEqual([false, '2023-11-14T22:13:50Z', 30])
      expect((await removed(objects, 'a', { gracePeriodSeconds: 60 })).object.metadata.deletionGracePeriodSeconds).toBe(30)
      expect((await removed(objects, 'a', { gracePeriodSeconds: 5 })).object.metadata.deletionTimestamp).toBe('2023-11-14T22:13:25Z')
      expect((await removed(objects, 'a', { gracePeriodSeconds: 0 })).gone).toBe(true)
    })
  })
}

function ownedBy(owner: StoredObject, more: { readonly blockOwnerDeletion?: boolean } = {}): NonNullable<KubeMeta['ownerReferences']>[number] {
  return { apiVersion: owner.apiVersion, kind: owner.kind, name: owner.metadata.name, uid: owner.metadata.uid, ...more }
}

function describeGarbage(open: Open): void {
  describe('owners', () => {
    it('find what they own', async () => {
      const { objects } = open()
      const owner = await create(objects, 'owner')
      await create(objects, 'child', { ownerReferences: [ownedBy(owner)] })
      const gadget = valueOf(await objects.create(gadgets, widget('gadget', { ownerReferences: [ownedBy(owner)] })))
      expect(await objects.ownedBy(owner.metadata.uid)).toMatchObject([
        { group: 'example.io', plural: 'gadgets', namespace: 'argo', name: 'gadget', uid: gadget.metadata.uid },
        { group: 'example.io', plural: 'widgets', namespace: 'argo', name: 'child' },
      ])
      expect(await objects.ownedBy('nobody')).toEqual([])
    })

    it('take what they own with them, through generations', async () => {
      const { objects, idle } = open()
      const owner = await create(objects, 'owner')
      const child = await create(objects, 'child', { ownerReferences: [ownedBy(owner)] })
      await Promise.all(Array.from({ length: 350 }, (_, index) => create(objects, `grand-${index}`, { ownerReferences: [ownedBy(child)] })))
      await create(objects, 'stranger')
      expect((await removed(objects, 'owner')).gone).toBe(true)
      await idle()
      expect(await names(objects)).toEqual(['stranger'])
    })

    it('leave what they own when orphaning', async () => {
      const { objects, idle } = open()
      const owner = await create(objects, 'owner')
      await Promise.all(Array.from({ length: 150 }, (_, index) => create(objects, `child-${index}`, { ownerReferences: [ownedBy(owner)] })))
      expect((await removed(objects, 'owner', { propagation: 'orphan' })).object.metadata.finalizers).toEqual(['orphan'])
      await idle()
      expect(await exists(objects, 'owner')).toBe(false)
      expect(await names(objects)).toHaveLength(150)
      expect(await objects.ownedBy(owner.metadata.uid)).toEqual([])
      expect(valueOf(await objects.get(keyOf('child-7'))).metadata.ownerReferences).toBeUndefined()
    })

    it('go last in the foreground, and wait for what blocks them', async () => {
      const { objects, idle } = open()
      const owner = await create(objects, 'owner')
      const child = await create(objects, 'child', { ownerReferences: [ownedBy(owner, { blockOwnerDeletion: true })] })
      const held = await create(objects, 'held', { ownerReferences: [ownedBy(child, { blockOwnerDeletion: true })], finalizers: ['wait'] })
      await create(objects, 'free', { ownerReferences: [ownedBy(owner)], finalizers: ['wait'] })
      expect((await removed(objects, 'owner', { propagation: 'foreground' })).object.metadata.finalizers).toEqual(['foregroundDeletion'])
      await idle()
      expect(await names(objects)).toEqual(['child', 'free', 'held', 'owner'])
      expect(valueOf(await objects.get(keyOf('held'))).metadata.deletionTimestamp).toBe(nowText)
      valueOf(await objects.update(widgets, widget('held', { ownerReferences: held.metadata.ownerReferences ?? [] })))
      await idle()
      expect(await names(objects)).toEqual(['free'])
    })

    it('leave an object that has another owner, without the reference', async () => {
      const { objects, idle } = open()
      const [first, second] = [await create(objects, 'first'), await create(objects, 'second')]
      await create(objects, 'child', { ownerReferences: [ownedBy(first), ownedBy(second)] })
      await removed(objects, 'first')
      await idle()
      expect(valueOf(await objects.get(keyOf('child'))).metadata.ownerReferences).toEqual([ownedBy(second)])
      await removed(objects, 'second')
      await idle()
      expect(await exists(objects, 'child')).toBe(false)
    })

    it('that are gone take along what names them later', async () => {
      const { objects, idle } = open()
      const owner = await create(objects, 'owner')
      await removed(objects, 'owner')
      await create(objects, 'late', { ownerReferences: [ownedBy(owner)] })
      await create(objects, 'unknown', { ownerReferences: [{ ...ownedBy(owner), uid: 'never-seen' }] })
      await idle()
      expect(await names(objects)).toEqual(['unknown'])
    })

    it('only mark what has finalizers of its own', async () => {
      const { objects, idle } = open()
      const owner = await create(objects, 'owner')
      await create(objects, 'child', { ownerReferences: [ownedBy(owner)], finalizers: ['mine'] })
      await removed(objects, 'owner')
      await idle()
      expect(valueOf(await objects.get(keyOf('child'))).metadata).toMatchObject({ deletionTimestamp: nowText, finalizers: ['mine'] })
    })
  })
}

const listFilters: readonly (readonly [string, Partial<ObjectFilter>, (n: number) => boolean])[] = [
  ['nothing', {}, () => true],
  ['a namespace', { namespace: 'other' }, (n) => n % 4 === 0],
  ['a label', { labels: [{ key: 'shard', operator: 'In', values: ['2'] }] }, (n) => n % 5 === 2],
  ['two labels', { labels: [{ key: 'shard', operator: 'In', values: ['2'] }, { key: 'even', operator: 'Exists' }] }, (n) => n % 5 === 2 && n % 2 === 0],
  ['values of a label', { labels: [{ key: 'shard', operator: 'In', values: ['2', '3'] }] }, (n) => [2, 3].includes(n % 5)],
  ['a label that is not', { labels: [{ key: 'even', operator: 'DoesNotExist' }] }, (n) => n % 2 !== 0],
  ['a label of another value', { labels: [{ key: 'shard', operator: 'NotIn', values: ['1', '2'] }] }, (n) => ![1, 2].includes(n % 5)],
  ['a larger label', { labels: [{ key: 'shard', operator: 'Gt', values: ['2'] }] }, (n) => n % 5 > 2],
  ['a smaller label', { labels: [{ key: 'shard', operator: 'Lt', values: ['2'] }] }, (n) => n % 5 < 2],
  ['a name', { fields: [{ path: 'metadata.name', operator: '=', value: 'w-007' }] }, (n) => n === 7],
  ['a field', { fields: [{ path: 'status.phase', operator: '=', value: 'odd' }] }, (n) => n % 2 !== 0],
  ['a field of another value', { namespace: 'other', fields: [{ path: 'status.phase', operator: '!=', value: 'odd' }] }, (n) => n % 4 === 0],
  ['an absent field', { fields: [{ path: 'status.none', operator: '=', value: '' }] }, () => true],
]

function describeLists(open: Open): void {
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
      const labelled = { type: widgets, labels: [{ key: 'shard', operator: 'In', values: ['3'] }] } as const
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

function describeWatch(open: Open, place: Place): void {
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
      const labels = [{ key: 'team', operator: 'In', values: ['x'] }] as const
      expect(await take(objects, { resourceVersion: start, labels }, 4)).toEqual(['ADDED a', 'ADDED b', 'DELETED a', 'DELETED b'])
      expect(await take(objects, { resourceVersion: start, fields: [{ path: 'metadata.name', operator: '=', value: 'b' }] }, 3)).toEqual(['ADDED b', 'MODIFIED b', 'DELETED b'])
    })

    it('keeps to its namespace', async () => {
      const { objects } = open()
      const start = (await create(objects, 'zero')).metadata.resourceVersion
      await create(objects, 'a')
      await create(objects, 'b', { namespace: 'other' })
      expect(await take(objects, { resourceVersion: start, namespace: 'other' }, 1)).toEqual(['ADDED b'])
    })

    it('waits for what comes, of a type that is new too, and ends in four ways', async () => {
      const { objects, close } = open()
      const stop = new AbortController()
      const watches = await Promise.all([objects.watch({ type: widgets, signal: stop.signal }), objects.watch({ type: widgets }), objects.watch({ type: widgets }), objects.watch({ type: widgets })])
      const [signalled, closed, left, ended] = watches.map(valueOf)
      const all = [signalled, closed, ended].map((watch) => collect(watch))
      const leaving = linesOf(left, 1)
      await create(objects, 'a')
      expect(await leaving).toEqual(['ADDED a'])
      await create(objects, 'b')
      stop.abort()
      closed?.close()
      close()
      expect(await Promise.all(all)).toEqual([['ADDED a', 'ADDED b'], ['ADDED a', 'ADDED b'], ['ADDED a', 'ADDED b']])
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

function describeHistory(open: Open): void {
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

function lineOf(event: ObjectEvent): string {
  if (event.type === 'ERROR') return `ERROR ${event.problem.code}`
  return event.type === 'BOOKMARK' ? `BOOKMARK ${event.initialEventsEnd}` : `${event.type} ${event.object.metadata.name}`
}

async function linesOf(watch: ObjectWatch | undefined, count: number): Promise<string[]> {
  const lines: string[] = []
  for await (const event of watch ?? []) if (lines.push(lineOf(event)) === count) break
  return lines
}

async function collect(watch: ObjectWatch | undefined): Promise<string[]> {
  return linesOf(watch, Number.POSITIVE_INFINITY)
}

async function take(objects: ObjectStore, query: Omit<WatchQuery, 'type'>, count: number): Promise<string[]> {
  return linesOf(valueOf(await objects.watch({ type: widgets, ...query })), count)
}
