// The control channel between two ends of this machine.
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ControlRequest, type ControlServer, askControl, controlPath, openControlServer, removeStaleSockets } from './index.ts'

let folder = ''
let server: ControlServer | undefined

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'control-'))
})

afterEach(async () => {
  await server?.close()
  server = undefined
  rmSync(folder, { recursive: true, force: true })
})

function listen(answer: (request: ControlRequest) => Promise<{ ok: true } | { ok: false; problem: { code: string; message: string } }>): string {
  const path = controlPath(join(folder, 'sockets'), 'me')
  server = openControlServer({ path, answer })
  return path
}

const ask = (path: string, request: ControlRequest = { uid: 'u', ask: {} }) => askControl({ path, request, timeoutMs: 5000 })

describe('the control channel', () => {
  it('gives a request to the process that has the run and brings its answer back', async () => {
    const asked: ControlRequest[] = []
    const path = listen(async (request) => {
      asked.push(request)
      return { ok: true }
    })
    expect(await ask(path, { uid: 'a', ask: { kind: 'stop' } })).toEqual({ reached: true, reply: { ok: true } })
    expect(asked).toEqual([{ uid: 'a', ask: { kind: 'stop' } }])
  })

  it('brings refusals and failures back as problems', async () => {
    const path = listen(async ({ uid }) => {
      if (uid === 'b') throw new Error('disk on fire')
      return { ok: false, problem: { code: 'no', message: 'not now' } }
    })
    expect(await ask(path)).toEqual({ reached: true, reply: { ok: false, problem: { code: 'no', message: 'not now' } } })
    expect(await ask(path, { uid: 'b', ask: 1 })).toEqual({ reached: true, reply: { ok: false, problem: { code: 'failed', message: 'disk on fire' } } })
  })

  it('lies in a folder that only its user can enter', () => {
    const path = listen(async () => ({ ok: true }))
    expect(statSync(join(path, '..')).mode & 0o777).toBe(0o700)
  })

  it('tells when nobody listens or when the other end goes away', async () => {
    expect(await ask(join(folder, 'none.sock'))).toMatchObject({ reached: false })
    const path = listen(() => new Promise(() => undefined))
    const waiting = askControl({ path, request: { uid: 'u', ask: 1 }, timeoutMs: 100 })
    expect(await waiting).toEqual({ reached: false, message: 'there was no answer within 0.1 s' })
  })

  it('answers nonsense with a problem and cuts off whoever sends a line without end', async () => {
    const path = listen(async () => ({ ok: true }))
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(path, () => socket.write('nonsense\n'))
      socket.on('data', (data) => {
        socket.destroy()
        resolve(data.toString())
      })
    })
    expect(JSON.parse(answer)).toMatchObject({ id: null, ok: false, problem: { code: 'invalid' } })
    await new Promise<void>((resolve) => {
      const socket = connect(path, () => socket.write('x'.repeat(5 * 1024 * 1024)))
      socket.on('error', () => undefined)
      socket.on('close', () => resolve())
    })
  })

  it('is removed with its process, by that process or by the next one', async () => {
    const path = listen(async () => ({ ok: true }))
    await ask(path)
    await server?.close()
    expect(existsSync(path)).toBe(false)
    writeFileSync(join(folder, 'dead.sock'), '')
    writeFileSync(join(folder, 'alive.sock'), '')
    removeStaleSockets(folder, (owner) => owner === 'dead')
    expect([existsSync(join(folder, 'dead.sock')), existsSync(join(folder, 'alive.sock'))]).toEqual([false, true])
    removeStaleSockets(join(folder, 'missing'), () => true)
  })

  it('lies elsewhere when its path would be too long for a socket', () => {
    const path = controlPath(join(folder, 'x'.repeat(120)), 'me')
    expect(path.length).toBeLessThan(100)
    rmSync(join(path, '..'), { recursive: true })
  })
})
