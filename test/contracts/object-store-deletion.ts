// Owns what must hold when objects are deleted, and when their owners are.
import type { KubeMeta, KubeObject, StoredObject } from '@tiphys/shell/ports'
import { describe, expect, it } from 'vitest'
import { codeOf, create, exists, gadgets, keyOf, names, nowText, type Open, removed, valueOf, widget, widgets } from './object-store-kit.ts'

export function describeDeletion(open: Open): void {
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

export function describeOwners(open: Open): void {
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
  })
}

export function describeSharing(open: Open): void {
  describe('owners, shared and gone', () => {
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

    it('leave alone what is being deleted already', async () => {
      const { objects, idle } = open()
      const owner = await create(objects, 'owner')
      await create(objects, 'child', { ownerReferences: [ownedBy(owner)], finalizers: ['mine'] })
      const { object } = await removed(objects, 'child')
      await removed(objects, 'owner')
      await idle()
      expect(valueOf(await objects.get(keyOf('child')))).toEqual(object)
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

function ownedBy(owner: StoredObject, more: { readonly blockOwnerDeletion?: boolean } = {}): NonNullable<KubeMeta['ownerReferences']>[number] {
  return { apiVersion: owner.apiVersion, kind: owner.kind, name: owner.metadata.name, uid: owner.metadata.uid, ...more }
}
