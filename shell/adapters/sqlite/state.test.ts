// Proves what opening and closing the embedded state promise, beyond what every store must do.
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ResourceType, runLogLimits, StorageError } from '@tiphys/shell/ports'
import { afterEach, describe, expect, it } from 'vitest'
import { openDatabase } from './open-database.ts'
import { type EmbeddedState, openState } from './state.ts'

const widgets: ResourceType = { group: 'example.io', version: 'v1', kind: 'Widget', plural: 'widgets', namespaced: true, statusSubresource: false, generation: true }

describe('openState', () => {
  const directories: string[] = []
  const opened: EmbeddedState[] = []

  afterEach(() => {
    for (const state of opened.splice(0)) state.close()
    for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true })
  })

  function newDirectory(): string {
    const directory = mkdtempSync(join(tmpdir(), 'tiphys-open-'))
    directories.push(directory)
    return directory
  }

  function open(directory: string): EmbeddedState {
    const state = openState(directory, { owner: { id: 'me', info: '' }, now: () => 0 })
    opened.push(state)
    return state
  }

  async function addRun({ log }: EmbeddedState, uid: string, records: number): Promise<void> {
    await log.create({ uid, namespace: 'ns', name: uid, phase: 'Running', createdAt: 1, manifest: '{}' })
    for (let seq = 0; seq < records; seq++) await log.append(uid, seq, { record: `"${'x'.repeat(25_000)}"` })
  }

  function rowsOf({ db }: EmbeddedState, table: string): unknown {
    return db.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.['n']
  }

  it('makes a directory that belongs to its owner alone', () => {
    const directory = join(newDirectory(), 'deep', 'data')
    open(directory)
    expect(statSync(directory).mode & 0o777).toBe(0o700)
    expect(statSync(join(directory, 'state.db')).mode & 0o777).toBe(0o600)
  })

  it('keeps everything in memory when asked to', async () => {
    const state = open(':memory:')
    await addRun(state, 'a', 3)
    expect((await state.log.load('a')).ok).toBe(true)
  })

  it('says why it cannot open, as a storage error', () => {
    const directory = newDirectory()
    const db = openDatabase(join(directory, 'state.db'))
    db.exec('PRAGMA user_version = 999; PRAGMA application_id = 0x54697068')
    db.close()
    expect(() => open(directory)).toThrow(StorageError)
    expect(() => open(directory)).toThrow('newer version')
    expect(() => open('/dev/null/data')).toThrow(StorageError)
  })

  it('goes on deleting where a process stopped, and gives the space back', async () => {
    const directory = newDirectory()
    const before = open(directory)
    await addRun(before, 'a', 300)
    await addRun(before, 'b', 1)
    await before.log.remove('a')
    before.close()
    const after = open(directory)
    expect(rowsOf(after, 'run_trash')).toBe(1)
    await after.idle()
    expect([rowsOf(after, 'run_trash'), rowsOf(after, 'run_log')]).toEqual([0, 1])
    expect(Number(after.db.prepare('PRAGMA freelist_count').get()?.['freelist_count'])).toBeLessThan(1024)
    expect(Number(after.db.prepare('PRAGMA page_count').get()?.['page_count'])).toBeLessThan(1400)
  })

  it('goes on collecting garbage where a process stopped', async () => {
    const directory = newDirectory()
    const before = open(directory)
    await addRun(before, 'owner', 1)
    const ownerReferences = [{ apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', name: 'owner', uid: 'owner' }]
    await Promise.all(Array.from({ length: 350 }, (_, n) => before.objects.create(widgets, { apiVersion: 'example.io/v1', kind: 'Widget', metadata: { name: `w${n}`, namespace: 'ns', ownerReferences } })))
    await before.log.remove('owner')
    before.close()
    const after = open(directory)
    expect(rowsOf(after, 'object')).toBeGreaterThan(0)
    await after.idle()
    expect(rowsOf(after, 'object')).toBe(0)
  })

  it('leaves what a removed run owned when it is orphaned', async () => {
    const state = open(newDirectory())
    await addRun(state, 'owner', 1)
    const ownerReferences = [{ apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', name: 'owner', uid: 'owner' }]
    await state.objects.create(widgets, { apiVersion: 'example.io/v1', kind: 'Widget', metadata: { name: 'w', namespace: 'ns', ownerReferences } })
    await state.log.remove('owner', { dependents: 'orphan' })
    await state.idle()
    const left = await state.objects.get({ type: widgets, namespace: 'ns', name: 'w' })
    expect(left.ok && left.value.metadata.ownerReferences).toBeUndefined()
    expect(left.ok).toBe(true)
  })

  it('writes what waits when it closes', async () => {
    const directory = newDirectory()
    const state = open(directory)
    await addRun(state, 'a', 0)
    const appended = state.log.append('a', 0, { record: '{}' })
    state.close()
    expect((await appended).ok).toBe(true)
    await expect(state.log.append('a', 1, { record: '{}' })).rejects.toMatchObject({ code: 'closed' })
    expect(await open(directory).log.load('a')).toMatchObject({ ok: true, value: { records: ['{}'] } })
  })

  it('keeps no more history of objects than was asked for', async () => {
    const state = openState(newDirectory(), { owner: { id: 'me', info: '' }, now: () => 0, changesKept: 50 })
    opened.push(state)
    for (let n = 0; n < 150; n++) {
      const created = state.objects.create(widgets, { apiVersion: 'example.io/v1', kind: 'Widget', metadata: { name: 'w', namespace: 'ns', labels: { n: String(n) } } })
      await Promise.all([created, state.objects.delete({ type: widgets, namespace: 'ns', name: 'w' })])
    }
    await state.idle()
    expect(rowsOf(state, 'object_version')).toBeLessThan(120)
    expect([rowsOf(state, 'object'), rowsOf(state, 'object_label'), rowsOf(state, 'object_owner')]).toEqual([0, 0, 0])
    expect(rowsOf(state, 'object_garbage')).toBeLessThan(120)
  })

  it('leaves nothing of a removed run behind but the word that it is gone', async () => {
    const state = open(newDirectory())
    await state.log.create({ uid: 'a', namespace: 'ns', name: 'a', phase: 'Running', createdAt: 1, manifest: '{}', labels: { x: '1' }, owners: ['cron'] })
    await state.log.append('a', 0, { record: '{}' })
    await state.log.snapshot('a', 1, ['s'])
    await state.log.append('a', 1, { record: '{}' })
    await state.log.remove('a')
    await state.idle()
    const tables = ['run', 'run_label', 'run_owner', 'run_manifest', 'run_log', 'run_snapshot', 'run_trash']
    expect(tables.map((table) => rowsOf(state, table))).toEqual(tables.map(() => 0))
    expect(rowsOf(state, 'run_removed')).toBe(1)
  })

  it('lays the records of a turn in one row, and long ones in several', async () => {
    const state = open(newDirectory())
    await addRun(state, 'a', 0)
    await Promise.all(Array.from({ length: 1000 }, (_, seq) => state.log.append('a', seq, { record: '{}' })))
    expect(rowsOf(state, 'run_log')).toBe(1)
    await Promise.all(Array.from({ length: 10 }, (_, n) => state.log.append('a', 1000 + n, { record: `"${'x'.repeat(100_000)}"` })))
    expect(rowsOf(state, 'run_log')).toBe(6)
  })

  it('takes no record above the number that keys have room for', async () => {
    const state = open(newDirectory())
    await addRun(state, 'a', 0)
    const { recordsMax } = runLogLimits
    state.db.exec(`UPDATE run SET seq = ${recordsMax - 1}, snapshot_seq = ${recordsMax - 1}, snapshot_parts = 0`)
    expect(await state.log.append('a', recordsMax - 1, { record: '{}' })).toMatchObject({ ok: true, value: { seq: recordsMax } })
    expect(await state.log.append('a', recordsMax, { record: '{}' })).toMatchObject({ ok: false, problem: { code: 'too_large' } })
    expect(await state.log.load('a')).toMatchObject({ ok: true, value: { records: ['{}'] } })
  })
})
