// Owns a server under measurement: the program as users start it, with stubs in the place of steps, and a client for its REST API.
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { Agent, type IncomingMessage, request as open } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const PROGRAM = fileURLToPath(new URL('../../apps/tiphys/bin/tiphys.js', import.meta.url))
const START_MS = 30_000
const LOOK_MS = 50

export interface Served {
  readonly pid: number
  /** Sends a request and gives the body as JSON. Throws on any other status than 200. */
  ask<T>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<T>
  /** Reads a stream of server-sent events until `signal` fires; `onEvent` gets the text of each. */
  stream(path: string, onEvent: (text: string) => void, signal: AbortSignal): Promise<void>
  stop(): Promise<void>
}

/** Starts a server on a data directory; with the simulated runner the steps of its workflows end at once. */
export async function serve(folder: string, runner: 'simulate' | 'process'): Promise<Served> {
  const stubs = join(folder, 'stubs.json')
  writeFileSync(stubs, JSON.stringify({ default: { duration: '0s' } }))
  const data = join(folder, `data-${runner}`)
  const stubbed = runner === 'simulate' ? ['--stubs', stubs] : []
  const child = spawn(process.execPath, [PROGRAM, 'server', '--data-dir', data, '--port', '0', '--kube-port', '0', '--runner', runner, ...stubbed], { stdio: ['ignore', 'pipe', 'inherit'] })
  const address = await announced(child)
  const token = readFileSync(join(data, 'server/token'), 'utf8').trim()
  const agent = new Agent({ keepAlive: true, maxSockets: 1200 })
  const send = (method: string, path: string, body?: object, signal?: AbortSignal): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const text = body === undefined ? undefined : JSON.stringify(body)
      const headers = { authorization: `Bearer ${token}`, ...(signal !== undefined && { accept: 'text/event-stream' }), ...(text !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }) }
      open(`${address}${path}`, { method, headers, agent, ...(signal !== undefined && { signal }) }, resolve).on('error', reject).end(text)
    })
  return {
    pid: child.pid as number,
    ask: async (method, path, body) => {
      const response = await send(method, path, body)
      const text = await textOf(response)
      if (response.statusCode !== 200) throw new Error(`${method} ${path} answered ${String(response.statusCode)}: ${text.slice(0, 300)}`)
      return JSON.parse(text)
    },
    stream: async (path, onEvent, signal) => {
      try {
        const response = await send('GET', path, undefined, signal)
        response.setEncoding('utf8')
        let rest = ''
        for await (const chunk of response as AsyncIterable<string>) {
          const parts = (rest + chunk).split('\n\n')
          rest = parts.pop() ?? ''
          for (const part of parts) if (part.startsWith('data: ')) onEvent(part.slice('data: '.length))
        }
      } catch (error) {
        if (!signal.aborted) throw error
      }
    },
    stop: async () => {
      agent.destroy()
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      await ended
    },
  }
}

async function textOf(response: IncomingMessage): Promise<string> {
  response.setEncoding('utf8')
  let text = ''
  for await (const chunk of response as AsyncIterable<string>) text += chunk
  return text
}

function announced(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('the server did not start')), START_MS)
    let text = ''
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      const address = /REST API on (\S+)/.exec(text)?.[1]
      if (address === undefined) return
      clearTimeout(late)
      resolve(address)
    })
    child.once('exit', (code) => reject(new Error(`the server ended with ${String(code)}`)))
  })
}

export async function until(condition: () => Promise<boolean> | boolean, msMax: number): Promise<void> {
  const from = performance.now()
  while (!(await condition())) {
    if (performance.now() - from > msMax) throw new Error(`nothing came of it within ${msMax} ms`)
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
}
