// Proves that damage to what is stored is noticed, and stays with the run or object that it hit.
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ResourceType, RunResult } from '@tiphys/shell/ports'
import { afterEach, describe, expect, it } from 'vitest'
import { type EmbeddedState, openState } from './state.ts'

const widgets: ResourceType = { group: 'example.io', version: 'v1', kind: 'Widget', plural: 'widgets', namespaced: true, statusSubresource: false, generation: true }

describe('damage', () => {
  const directories: string[] = []
  const opened: EmbeddedState[] = []

  afterEach(() => {
    for (const state of opened.splice(0)) state.close()
    for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true })
  })

  function open(directory = newDirectory()): EmbeddedState {
    const state = openState(directory, { owner: { id: 'me', info: '' }, now: () => 0 })
    opened.push(state)
    return state
  }

  function newDirectory(): string {
    const directory = mkdtempSync(join(tmpdir(), 'tiphys-damage-'))
    directories.push(directory)
    return directory
  }

  async function addRun({ log }: EmbeddedState, uid: string, filler = ''): Promise<void> {
    await log.create({ uid, namespace: 'ns', name: uid, phase: 'Running', createdAt: 1, manifest: '{}', labels: { team: 'x' } })
    for (let seq = 0; seq < 6; seq++) await log.append(uid, seq, { record: JSON.stringify({ uid, seq, filler }) })
  }

  it.each([
    ['a changed text', "UPDATE run_log SET body = replace(body, '\"seq\":3', '\"seq\":4') WHERE key = ?4"],
    ['a missing record', 'DELETE FROM run_log WHERE key = ?4'],
    ['a missing first record', 'DELETE FROM run_log WHERE key = ?1'],
    ['a missing last record', 'DELETE FROM run_log WHERE key = ?6'],
    ['a record too many', "UPDATE run_log SET body = body || char(10) || '{}' WHERE key = ?4"],
    ['records in each other’s place', 'UPDATE run_log SET body = (SELECT body FROM run_log WHERE key = ?3), sum = (SELECT sum FROM run_log WHERE key = ?3) WHERE key = ?4'],
    ['a changed checksum', 'UPDATE run_log SET sum = sum + 1 WHERE key = ?2'],
    ['a row in another place', 'DELETE FROM run_log WHERE key = ?2; UPDATE run_log SET key = ?2 WHERE key = ?3'],
    ['a record separator inside', "UPDATE run_log SET body = substr(body, 1, 5) || char(30) || substr(body, 7) WHERE key = ?2"],
    ['a missing manifest', 'DELETE FROM run_manifest WHERE run = 2'],
  ])('%s is an error of that run alone', async (_, sql) => {
    const state = open()
    for (const uid of ['a', 'b', 'c']) await addRun(state, uid)
    state.db.exec(sql.replaceAll(/\?(\d)/g, (_mark, seq: string) => String(2 * 2 ** 24 + Number(seq))))
    expect([await state.log.load('a'), await state.log.load('b'), await state.log.load('c')].map(codeOf)).toEqual(['ok', 'damaged', 'ok'])
    const page = await state.runs.list({})
    expect(page.ok && page.value.runs.map(({ uid }) => uid)).toEqual(['c', 'b', 'a'])
    expect(codeOf(await state.log.remove('b'))).toBe('ok')
    await state.idle()
    expect([await state.log.load('a'), await state.log.load('b')].map(codeOf)).toEqual(['ok', 'not_found'])
  })

  it.each([
    ['a changed part', "UPDATE run_snapshot SET body = 'other' WHERE part = 1"],
    ['a missing part', 'DELETE FROM run_snapshot WHERE part = 2'],
    ['parts in each other’s place', 'UPDATE run_snapshot SET part = part + 10; UPDATE run_snapshot SET part = 12 - part'],
  ])('%s of a snapshot is noticed', async (_, sql) => {
    const state = open()
    await addRun(state, 'a')
    await state.log.snapshot('a', 5, ['zero', 'one', 'two'])
    expect(codeOf(await state.log.load('a'))).toBe('ok')
    state.db.exec(sql)
    expect(codeOf(await state.log.load('a'))).toBe('damaged')
  })

  it('labels that cannot be read are none, and the list goes on', async () => {
    const state = open()
    for (const uid of ['a', 'b']) await addRun(state, uid)
    state.db.exec("UPDATE run SET labels = '{broken', owners = '7' WHERE uid = 'b'")
    const page = await state.runs.list({ order: 'name' })
    expect(page.ok && page.value.runs.map(({ uid, labels, owners }) => [uid, labels, owners])).toEqual([['a', { team: 'x' }, []], ['b', {}, []]])
  })

  it('a page of the file that was overwritten is an error of the run it held', async () => {
    const directory = newDirectory()
    const state = open(directory)
    for (const uid of ['a', 'b', 'c']) await addRun(state, uid, `${uid.repeat(50_000)}`)
    expect(state.db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()).toMatchObject({ busy: 0 })
    state.close()
    const path = join(directory, 'state.db')
    // A page in the middle of a long text: it holds nothing but that text and a pointer to the next page.
    const page = Math.floor(readFileSync(path).indexOf('b'.repeat(4000)) / 4096) + 1
    const file = openSync(path, 'r+')
    writeSync(file, Buffer.alloc(4096, 0xff), 0, 4096, page * 4096)
    closeSync(file)
    const { log } = open(directory)
    expect([await log.load('a'), await log.load('b'), await log.load('c')].map(codeOf)).toEqual(['ok', 'damaged', 'ok'])
    expect(codeOf(await log.append('c', 6, { record: '{}' }))).toBe('ok')
  })

  it('an object that cannot be read is told of in lists and can be deleted', async () => {
    const { objects, db, idle } = open()
    for (const name of ['a', 'b', 'c']) await objects.create(widgets, { apiVersion: 'example.io/v1', kind: 'Widget', metadata: { name, namespace: 'ns', labels: { team: 'x' } } })
    db.exec("UPDATE object_version SET body = substr(body, 5) WHERE name = 'b'")
    const key = { type: widgets, namespace: 'ns', name: 'b' }
    const [read, list] = [await objects.get(key), await objects.list({ type: widgets })]
    expect(read).toMatchObject({ ok: false, problem: { code: 'damaged' } })
    expect(list.ok && [list.value.objects.map(({ metadata }) => metadata.name), list.value.damaged]).toEqual([['a', 'c'], [{ namespace: 'ns', name: 'b' }]])
    expect(await objects.update(widgets, { apiVersion: 'example.io/v1', kind: 'Widget', metadata: { name: 'b', namespace: 'ns' } })).toMatchObject({ ok: false, problem: { code: 'damaged' } })
    expect(await objects.delete(key)).toMatchObject({ ok: true, value: { gone: true } })
    expect(await objects.create(widgets, { apiVersion: 'example.io/v1', kind: 'Widget', metadata: { name: 'b', namespace: 'ns', labels: { team: 'x' } } })).toMatchObject({ ok: true })
    const again = await objects.list({ type: widgets, labels: [{ key: 'team', operator: 'in', values: ['x'] }] })
    expect(again.ok && again.value.objects.map(({ metadata }) => metadata.name)).toEqual(['a', 'b', 'c'])
    await idle()
  })
})

function codeOf(result: RunResult<unknown>): string {
  return result.ok ? 'ok' : result.problem.code
}
