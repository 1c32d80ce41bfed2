// Owns starting the server as its users do, as a process, and talking to it, for the tests of this folder.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { makeStandIns } from '@tiphys/test/stand-ins'

const root = resolve(import.meta.dirname, '../..')
const PROGRAM = ['--import', 'tsx', join(root, 'apps/tiphys/main.ts')]

export interface TestServer {
  readonly data: string
  readonly url: string
  readonly token: string
  readonly authority: string
  /** Starts anew what ended. */
  restart(signal: NodeJS.Signals): Promise<void>
  stop(): Promise<void>
  tiphys(...args: readonly string[]): { readonly stdout: string; readonly status: number | null }
}

/** `more`: further arguments of the command. */
export async function startServer(more: readonly string[] = []): Promise<TestServer> {
  const home = mkdtempSync(join(tmpdir(), 'tiphys-server-'))
  const data = join(home, 'data')
  const images = makeStandIns(join(home, 'images'), 0.1).map(({ image, folder }) => `--image-map=${image}=${folder}`)
  const start = (port: string): Promise<Started> => started(['server', '--data-dir', data, '--port', '0', '--kube-port', port, ...images, ...more])
  let now = await start('0')
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const exited = once(now.child, 'exit')
    now.child.kill(signal)
    await exited
  }
  return {
    data, url: now.url, token: readFileSync(join(data, 'server/token'), 'utf8').trim(), authority: readFileSync(join(data, 'server/tls/ca.crt'), 'utf8'),
    restart: async (signal) => {
      await end(signal)
      now = await start(new URL(now.url).port)
    },
    stop: async () => {
      await end('SIGTERM')
      rmSync(home, { recursive: true, force: true, maxRetries: 5 })
    },
    tiphys: (...args) => spawnSync(process.execPath, [...PROGRAM, ...args, '--data-dir', data], { encoding: 'utf8', cwd: root }),
  }
}

interface Started {
  readonly child: ChildProcess
  readonly url: string
}

function started(args: readonly string[]): Promise<Started> {
  const child = spawn(process.execPath, [...PROGRAM, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  return new Promise((done, fail) => {
    let said = ''
    const read = (chunk: Buffer): void => {
      said += chunk.toString()
      const url = /Kubernetes API on (\S+)/.exec(said)?.[1]
      if (url !== undefined) done({ child, url })
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.once('exit', () => fail(new Error(`the server ended: ${said}`)))
  })
}

export interface Asked {
  readonly method?: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
  /** Absent: the right one. */
  readonly token?: string | undefined
}

export interface Replied {
  readonly status: number
  readonly text: string
  // Tests look into answers of any shape.
  readonly json: Record<string, unknown>
}

/** One request, with the token unless `token` says otherwise; an empty one sends none. */
export function ask(server: TestServer, { method = 'GET', path, headers = {}, body, token = server.token }: Asked): Promise<Replied> {
  const authorization = token === '' ? {} : { Authorization: `Bearer ${token}` }
  const type = body === undefined ? {} : { 'Content-Type': 'application/json' }
  return new Promise((done, fail) => {
    const call = request(`${server.url}${path}`, { method, ca: server.authority, servername: 'localhost', headers: { ...type, ...authorization, ...headers } }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        done({ status: response.statusCode ?? 0, text, json: jsonOf(text) })
      })
    })
    call.on('error', fail)
    call.end(body)
  })
}

function jsonOf(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    return {}
  }
}
