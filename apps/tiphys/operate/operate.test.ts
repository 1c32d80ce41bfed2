// Checks that a copy of a data directory is one moment of it, that it can be put back, and that the doctor sees what is wrong.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { resourceOfKind } from '@tiphys/core/api'
import { openDatabase, openState, schemaVersion } from '@tiphys/shell/adapters/sqlite'
import type { KubeObject } from '@tiphys/shell/ports'
import { dataFolders } from '../local/home.ts'
import { backUp, restore } from './backup.ts'
import { examine } from './doctor.ts'

const CONFIG_MAPS = resourceOfKind('ConfigMap')
const facts = { version: '0', createdAt: '2024-05-01T10:00:00Z' }
let home = ''
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'tiphys-operate-'))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const foldersOf = (name: string) => dataFolders(join(home, name), {})
const open = (name: string) => openState(foldersOf(name).root, { owner: { id: name, info: '{}' }, now: () => 0 })

async function put(state: ReturnType<typeof open>, name: string): Promise<void> {
  await state.objects.create(CONFIG_MAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' }, data: { name } } as KubeObject)
}

async function namesIn(name: string): Promise<readonly string[]> {
  const state = open(name)
  const page = await state.objects.list({ type: CONFIG_MAPS })
  state.close()
  return page.ok ? page.value.objects.map(({ metadata }) => metadata.name) : []
}

describe('backups', () => {
  it('hold what was acknowledged before, while the state is open and written to', async () => {
    const state = open('a')
    await put(state, 'before')
    mkdirSync(join(home, 'a/server/tls'), { recursive: true })
    writeFileSync(join(home, 'a/server/token'), 'secret')
    mkdirSync(join(home, 'a/artifacts'), { recursive: true })
    writeFileSync(join(home, 'a/artifacts/one'), 'bytes')
    const made = backUp({ folders: foldersOf('a'), file: join(home, 'copy.tar.gz'), bulky: ['artifacts'], facts })
    for (let i = 0; i < 20; i++) await put(state, `later-${i}`)
    expect(await made).toMatchObject({ ok: true })
    state.close()
    expect(statSync(join(home, 'copy.tar.gz')).mode & 0o777).toBe(0o600)
    expect(readdirSync(join(home, 'a')).filter((name) => name.startsWith('.backup'))).toEqual([])
    expect(await restore({ folders: foldersOf('b'), file: join(home, 'copy.tar.gz'), replace: false })).toMatchObject({ ok: true, value: { facts: { holds: ['state.db', 'server/token', 'server/tls', 'artifacts'] }, aside: undefined } })
    expect(await namesIn('b')).toContain('before')
    expect(readFileSync(join(home, 'b/server/token'), 'utf8')).toBe('secret')
    expect(readFileSync(join(home, 'b/artifacts/one'), 'utf8')).toBe('bytes')
  })

  it('are put back only where nothing is, or beside what is set aside', async () => {
    for (const name of ['a', 'b']) {
      const state = open(name)
      await put(state, `of-${name}`)
      state.close()
    }
    const file = join(home, 'copy.tar.gz')
    await backUp({ folders: foldersOf('a'), file, bulky: [], facts })
    expect(await restore({ folders: foldersOf('b'), file, replace: false })).toMatchObject({ ok: false, message: expect.stringContaining('in use already') as unknown })
    const replaced = await restore({ folders: foldersOf('b'), file, replace: true })
    expect(await namesIn('b')).toEqual(['of-a'])
    const aside = replaced.ok ? (replaced.value.aside ?? '') : ''
    expect(existsSync(join(aside, 'state.db'))).toBe(true)
  })

  it('that are none, damaged or of a later program change nothing', async () => {
    const state = open('a')
    await put(state, 'x')
    state.close()
    const file = join(home, 'copy.tar.gz')
    await backUp({ folders: foldersOf('a'), file, bulky: [], facts })
    writeFileSync(join(home, 'text'), 'no archive')
    writeFileSync(join(home, 'half'), readFileSync(file).subarray(0, 4000))
    for (const name of ['text', 'half', 'absent']) {
      expect((await restore({ folders: foldersOf('c'), file: join(home, name), replace: true })).ok).toBe(false)
      expect(readdirSync(join(home, 'c'))).toEqual([])
    }
    expect(await backUp({ folders: foldersOf('nothing'), file, bulky: [], facts })).toMatchObject({ ok: false, message: expect.stringContaining('nothing to back up') as unknown })
  })
})

describe('the doctor', () => {
  it('finds a machine well on which this test runs', async () => {
    const findings = await examine(foldersOf('a'))
    expect(findings.filter(({ level }) => level === 'fail')).toEqual([])
    expect(findings.map(({ name }) => name)).toContain('private views of steps')
  })

  it('leaves nothing behind where there was nothing', async () => {
    const folders = foldersOf('deep/er')
    expect((await examine(folders)).find(({ name }) => name === 'data directory')).toMatchObject({ level: 'ok', message: expect.stringContaining('is made when it is needed') as unknown })
    expect(existsSync(join(folders.root, '..'))).toBe(false)
  })

  it('tells a database of a newer program', async () => {
    const { root } = foldersOf('newer')
    mkdirSync(root, { mode: 0o700 })
    open('newer').close()
    const db = openDatabase(join(root, 'state.db'))
    db.exec(`PRAGMA user_version = ${schemaVersion + 1}`)
    db.close()
    expect((await examine(foldersOf('newer'))).find(({ name }) => name === 'database')).toMatchObject({ level: 'fail', message: expect.stringContaining('newer version') as unknown })
  })

  it('tells a damaged database, an open folder and a taken port, each with the way to mend it', async () => {
    const { root } = foldersOf('a')
    mkdirSync(root, { mode: 0o755 })
    writeFileSync(join(root, 'state.db'), 'this is no database, however long it may be. '.repeat(200))
    const taken = createServer()
    await new Promise<void>((resolve) => taken.once('error', () => resolve()).listen(2746, '127.0.0.1', () => resolve()))
    const bad = (await examine(foldersOf('a'))).filter(({ level }) => level !== 'ok')
    taken.close()
    const names = bad.map(({ name, level }) => `${level} ${name}`)
    expect(names).toEqual(expect.arrayContaining(['warn data directory', 'fail database', 'warn port of the Argo REST API']))
    expect(bad.every(({ mend = '' }) => mend !== '')).toBe(true)
  })
})
