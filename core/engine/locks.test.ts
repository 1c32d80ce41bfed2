// Locks of databases, and locks whose size changes.
import { describe, expect, it } from 'vitest'
import { type Claim, type LockRequest, createLockTable, databaseMutexes, wantedLocks } from './locks.ts'
import type { Catalog } from './world.ts'

const catalog = (limits?: Readonly<Record<string, number>>): Catalog => ({
  workflowTemplate: () => undefined, clusterWorkflowTemplate: () => undefined, configMap: () => undefined,
  ...(limits !== undefined && { databaseLimit: (namespace: string, key: string) => limits[`${namespace}/${key}`] }),
})

function claim(name: string, ...locks: readonly LockRequest[]): Claim {
  return { holder: `argo/${name}`, run: `argo/${name}`, uid: name, priority: 0, createdAt: 1, locks }
}

describe('locks of a database', () => {
  it('SYNC-6 have the size of the limit of their key, in their own namespace or another', () => {
    const sync = { semaphores: [{ database: { key: 'gpu' } }, { database: { key: 'gpu' }, namespace: 'other' }], mutexes: [{ name: 'door', database: true }, { name: 'gate' }] }
    expect(wantedLocks(sync, 'argo', catalog({ 'argo/gpu': 3, 'other/gpu': 1 }))).toEqual({
      ok: true,
      locks: [
        { name: 'argo/Database/gpu', limit: 3, record: 'sem/argo/gpu' }, { name: 'other/Database/gpu', limit: 1, record: 'sem/other/gpu' },
        { name: 'argo/Database/door', limit: 1, record: 'mtx/argo/door' }, { name: 'argo/Mutex/gate', limit: 1 },
      ],
    })
  })

  it('SYNC-6 are an error without a limit, and without a database', () => {
    const sync = { semaphores: [{ database: { key: 'gpu' } }] }
    expect(wantedLocks(sync, 'argo', catalog({}))).toEqual({ ok: false, message: 'failed to initialize semaphore argo/Database/gpu with limit' })
    expect(wantedLocks(sync, 'argo', catalog())).toEqual({ ok: false, message: 'database session is not available for semaphore argo/Database/gpu' })
  })

  it('SYNC-6 are mutexes or semaphores by the manifest alone', () => {
    const named = databaseMutexes([{ mutexes: [{ name: 'door', database: true }, { name: 'gate' }, { name: 'wall', namespace: 'other', database: true }] }, undefined, { semaphores: [{ database: { key: 'gpu' } }] }], 'argo')
    expect([...named]).toEqual(['argo/Database/door', 'other/Database/wall'])
  })

  it('SYNC-6 tell how many hold them', () => {
    const [locks, lock] = [createLockTable(), { name: 'argo/Database/gpu', limit: 1, record: 'sem/argo/gpu' }]
    expect(locks.acquire(claim('a', lock))).toEqual({ acquired: true })
    expect(locks.acquire(claim('b', lock))).toMatchObject({ acquired: false, message: 'Waiting for argo/Database/gpu lock (sem/argo/gpu). Lock status: 1/1' })
    expect([locks.isWaiting('argo/a'), locks.isWaiting('argo/b')]).toEqual([false, true])
  })
})

describe('locks that change', () => {
  const sized = (limit: number): LockRequest => ({ name: 'argo/ConfigMap/sizes/gpu', limit })

  it('SYNC-8 let go on as many as there is room for, in whatever order they ask again', () => {
    const locks = createLockTable()
    for (const name of ['a', 'b', 'c', 'd']) locks.acquire(claim(name, sized(1)))
    expect(['c', 'b', 'd'].map((name) => locks.acquire(claim(name, sized(3))).acquired)).toEqual([true, true, false])
  })

  it('SYNC-8 are taken from nobody when they shrink', () => {
    const locks = createLockTable()
    for (const name of ['a', 'b']) locks.acquire(claim(name, sized(2)))
    expect(locks.acquire(claim('c', sized(1))).acquired).toBe(false)
    expect([locks.heldBy('argo/a'), locks.heldBy('argo/b')]).toEqual([[sized(1).name], [sized(1).name]])
    expect(locks.release('argo/a')).toEqual([])
    expect(locks.release('argo/b')).toEqual(['argo/c'])
  })

  it('SYNC-8 keep their order while there is room for one only', () => {
    const locks = createLockTable()
    for (const name of ['a', 'b', 'c']) locks.acquire(claim(name, sized(1)))
    locks.release('argo/a')
    expect(['c', 'b'].map((name) => locks.acquire(claim(name, sized(1))).acquired)).toEqual([false, true])
  })
})
