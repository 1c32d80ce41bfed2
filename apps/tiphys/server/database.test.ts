// Checks when a server takes up what another one left, with two processes' views of one state and a clock that is set by hand.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EmbeddedState, openState } from '@tiphys/shell/adapters/sqlite'
import type { RunHost } from '@tiphys/shell/runtime'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { dataFolders } from '../local/home.ts'
import { databaseProblem, type Relief, relieveOthers } from './database.ts'

const NOW = 1_700_000_000_000

async function passed(mine: EmbeddedState, seconds: number): Promise<void> {
  for (let past = 0; past < seconds; past += 10) {
    await vi.advanceTimersByTimeAsync(10_000)
    await mine.log.heartbeat(Date.now())
    await mine.idle()
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
  }
}

describe('relieving other servers', () => {
  let folder = ''
  let relief: Relief | undefined
  const states: EmbeddedState[] = []
  const open = (id: string): EmbeddedState => {
    const state = openState(folder, { owner: { id, info: JSON.stringify({ pid: 1, started: '', host: `elsewhere:${id}` }) }, now: () => NOW })
    states.push(state)
    return state
  }

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tiphys-relief-'))
    vi.useFakeTimers({ now: NOW, toFake: ['Date', 'setInterval', 'clearInterval'] })
  })

  afterEach(() => {
    relief?.close()
    vi.useRealTimers()
    for (const state of states.splice(0)) state.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it('takes up runs of a server that is silent for a minute, and those that nobody had for as long, each once', async () => {
    const [mine, theirs] = [open('mine'), open('theirs')]
    for (const uid of ['held', 'free', 'kept']) await theirs.log.create({ uid, namespace: 'n', name: uid, phase: 'Running', createdAt: NOW, manifest: '{}' })
    await theirs.log.release('free')
    await mine.log.claim('free', NOW)
    await mine.log.release('free')
    await theirs.log.append('kept', 0, { record: '{}', change: { finishedAt: NOW } })
    const resumed: string[] = []
    const host = { runOf: () => undefined, resume: async (uid: string) => ({ ok: resumed.push(uid) > 0 }) } as unknown as RunHost
    relief = relieveOthers({ folders: dataFolders(folder, {}), state: mine, owner: 'mine', socket: undefined }, host, { manages: () => true, now: () => Date.now(), onTrouble: () => undefined })
    await passed(mine, 50)
    expect(resumed).toEqual([])
    await passed(mine, 40)
    expect(resumed.toSorted()).toEqual(['free', 'held'])
    await passed(mine, 40)
    expect(resumed).toHaveLength(2)
    const held = await mine.runs.list({ leasedBy: 'mine' })
    expect(held.ok && held.value.runs.map(({ uid }) => uid).toSorted()).toEqual(['free', 'held'])
  })

  it('INSTANCE-1 take up what another one left to them at once, and never what is not theirs', async () => {
    const [mine, theirs] = [open('mine'), open('theirs')]
    const create = async (uid: string, instance: string): Promise<unknown> => theirs.log.create({ uid, namespace: 'n', name: uid, phase: '', createdAt: NOW, labels: { instance }, manifest: '{}' })
    for (const [uid, instance] of [['left', 'blue'], ['held', 'blue'], ['foreign', 'green'], ['stranded', 'green']] as const) await create(uid, instance)
    for (const uid of ['left', 'foreign']) await theirs.log.release(uid)
    const resumed: string[] = []
    const host = { runOf: () => undefined, resume: async (uid: string) => ({ ok: resumed.push(uid) > 0 }) } as unknown as RunHost
    const manages = (labels: Readonly<Record<string, string>>): boolean => labels['instance'] === 'blue'
    relief = relieveOthers({ folders: dataFolders(folder, {}), state: mine, owner: 'mine', socket: undefined }, host, { manages, now: () => Date.now(), onTrouble: () => undefined })
    await passed(mine, 10)
    expect(resumed).toEqual(['left'])
    await passed(mine, 120)
    expect(resumed).toEqual(['left', 'held'])
  })
})

describe('URLs of databases', () => {
  it('are those of PostgreSQL', () => {
    expect([databaseProblem('postgres://u@h/d'), databaseProblem('postgresql:///d?host=/run')]).toEqual([undefined, undefined])
    expect(databaseProblem('mysql://u@h/d')).toContain('postgres://USER:PASSWORD@HOST')
  })
})
