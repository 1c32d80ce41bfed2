// Does to a server what machines do to servers: kills it under load, holds its database, fills its disk, and gives it clients that do not listen.
import { spawnSync } from 'node:child_process'
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { type Socket, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openState } from '@tiphys/shell/adapters/sqlite'
import { chance } from './chance.ts'
import { Program, isBuilt } from './program.ts'
import { type Served, ask, serve, until, workflowsOf } from './served.ts'

const LIVE = 200
const KILLS = 3
const WATCHERS = 1000

let home: string
let program: Program
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'tiphys-server-faults-'))
  program = new Program(join(home, 'data'))
})
afterEach(async () => {
  await program.close()
  rmSync(home, { recursive: true, force: true, maxRetries: 5 })
})

const PATH = '/api/v1/workflows/default'

/** Two steps one after the other, each of which notes that it ran. */
function noting(name: string, notes: string): object {
  const step = (mark: string): object[] => [{ name: mark, template: 'note', arguments: { parameters: [{ name: 'mark', value: `${name}-${mark}` }] } }]
  const note = { name: 'note', inputs: { parameters: [{ name: 'mark' }] }, container: { image: 'busybox', command: ['sh', '-c', `sleep 0.05; echo {{inputs.parameters.mark}} >> ${notes}`] } }
  return { workflow: { metadata: { name, namespace: 'default' }, spec: { entrypoint: 'main', templates: [{ name: 'main', steps: [step('a'), step('b')] }, note] } } }
}

/** Creates what is not there yet; a server that dies meanwhile may or may not have heard. */
async function submitAll(served: Served, names: readonly string[], notes: string): Promise<readonly string[]> {
  const acknowledged: string[] = []
  let next = 0
  const client = async (): Promise<void> => {
    for (let name = names[next++]; name !== undefined; name = names[next++]) {
      const { status } = await ask(served, 'POST', PATH, noting(name, notes)).catch(() => ({ status: 0 }))
      if (status === 0) return
      expect([200, 409]).toContain(status)
      acknowledged.push(name)
    }
  }
  await Promise.all(Array.from({ length: 8 }, client))
  return acknowledged
}

const mayMount = process.getuid?.() === 0 && spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', '/mnt'], { stdio: 'ignore' }).status === 0

describe.skipIf(!isBuilt || !mayMount)('a server on a full disk (needs the built program, and root for a disk of its own)', () => {
  it('says so, loses nothing that it took, and goes on once there is room', async () => {
    mkdirSync(program.dataFolder)
    spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', program.dataFolder])
    try {
      const served = await serve(program, ['--runner', 'simulate'])
      const submit = (name: string): Promise<{ readonly status: number; readonly body: object }> => {
        const metadata = { name, namespace: 'default', annotations: { large: 'x'.repeat(100_000) } }
        return ask(served, 'POST', PATH, { workflow: { metadata, spec: { entrypoint: 'main', templates: [{ name: 'main', container: { image: 'busybox', command: ['true'] } }] } } })
      }
      const taken: string[] = []
      let refused: { readonly status: number; readonly body: object } | undefined
      for (let i = 0; i < 1000 && refused === undefined; i++) {
        const answer = await submit(`job-${i}`)
        if (answer.status === 200) taken.push(`job-${i}`)
        else refused = answer
      }
      expect(taken.length).toBeGreaterThan(3)
      expect(refused).toMatchObject({ status: 500, body: { message: expect.any(String) as string } })
      expect((await ask(served, 'GET', '/api/v1/version')).status).toBe(200)
      spawnSync('mount', ['-o', 'remount,size=256m', program.dataFolder])
      await until(async () => (await submit('last')).status === 200, 'the server takes workflows again', 30_000)
      await until(async () => {
        const done = new Set((await workflowsOf(served)).filter(({ status }) => status?.phase === 'Succeeded').map(({ metadata }) => metadata.name))
        return [...taken, 'last'].every((name) => done.has(name))
      }, 'everything that was taken succeeds')
      await program.kill(served.started)
    } finally {
      spawnSync('umount', ['-l', program.dataFolder])
    }
  }, 180_000)
})

describe.skipIf(!isBuilt)('a server (needs the built program)', () => {
  it(`that is killed with ${LIVE} workflows under way loses none of them and repeats no step`, async () => {
    const notes = join(home, 'notes')
    appendFileSync(notes, '')
    const random = chance('server')
    const names = Array.from({ length: LIVE }, (_, i) => `job-${i}`)
    const acknowledged = new Set<string>()
    for (let kill = 0; kill < KILLS; kill++) {
      const served = await serve(program)
      const submitting = submitAll(served, names.filter((name) => !acknowledged.has(name)), notes)
      await sleep(500 + 1500 * random())
      await program.kill(served.started)
      for (const name of await submitting) acknowledged.add(name)
    }
    const served = await serve(program)
    const there = (await workflowsOf(served)).map(({ metadata }) => metadata.name)
    for (const name of acknowledged) expect(there).toContain(name)
    await submitAll(served, names.filter((name) => !there.includes(name)), notes)
    await until(async () => (await workflowsOf(served)).filter(({ status }) => status?.phase === 'Succeeded').length === LIVE, 'all workflows succeed')
    const lines = readFileSync(notes, 'utf8').trimEnd().split('\n').sort()
    expect(lines).toEqual(names.flatMap((name) => [`${name}-a`, `${name}-b`]).sort())
  }, 180_000)

  it('waits while another process holds the database, and says so by waiting, not by failing', async () => {
    const served = await serve(program)
    const holder = openState(program.dataFolder, { owner: { id: 'holder', info: '{}' }, now: () => Date.now() })
    const asked = holder.db.transaction(() => {
      const answer = ask(served, 'POST', PATH, noting('patient', join(home, 'notes')))
      const free = Date.now() + 1500
      while (Date.now() < free) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50)
      return answer
    })
    expect((await asked).status).toBe(200)
    holder.close()
    await until(async () => (await workflowsOf(served))[0]?.status?.phase === 'Succeeded', 'the workflow succeeds')
  }, 60_000)

  it(`serves others while ${WATCHERS} watch, and one of them never reads`, async () => {
    // All of them come from one address within a second, which is more than is usual.
    const served = await serve(program, ['--runner', 'simulate', '--api-rate-limit', String(10 * WATCHERS)])
    const url = new URL(served.address)
    const watch = (path: string): Promise<Socket> => new Promise((resolve, reject) => {
      const socket = connect(Number(url.port), url.hostname, () => {
        socket.write(`GET ${path} HTTP/1.1\r\nHost: ${url.host}\r\nAuthorization: Bearer ${served.token}\r\nAccept: text/event-stream\r\n\r\n`)
        resolve(socket)
      })
      socket.once('error', reject)
    })
    const heard = new Set<number>()
    const sockets = await Promise.all(Array.from({ length: WATCHERS }, async (_, index) => {
      const socket = await watch('/api/v1/workflow-events/default')
      let text = ''
      socket.setEncoding('utf8').on('data', (chunk: string) => {
        text = (text + chunk).slice(-12_000)
        if (text.includes('"last-')) heard.add(index)
      })
      return socket
    }))
    const deaf = await watch('/api/v1/workflow-events/default')
    deaf.pause()
    const large = 'x'.repeat(5000)
    for (let i = 0; i < 20; i++) {
      const metadata = { name: `${i < 19 ? 'job' : 'last'}-${i}`, namespace: 'default', annotations: { large } }
      const { status } = await ask(served, 'POST', PATH, { workflow: { metadata, spec: { entrypoint: 'main', suspend: true, templates: [{ name: 'main', container: { image: 'busybox', command: ['true'] } }] } } })
      expect(status).toBe(200)
    }
    await until(async () => heard.size === WATCHERS, 'every watcher hears of the last workflow')
    const rss = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${served.started.pid}/status`, 'utf8'))?.[1]) / 1024
    expect(rss).toBeLessThan(1200)
    for (const socket of [...sockets, deaf]) socket.destroy()
    const from = Date.now()
    expect((await ask(served, 'GET', '/api/v1/version')).status).toBe(200)
    expect(Date.now() - from).toBeLessThan(5000)
  }, 180_000)
})
