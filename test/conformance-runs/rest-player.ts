// Owns playing recorded exchanges: the driver that comes with the recordings, in a thread whose clock runs as fast as that of the server.
import { mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'

/** One line of the recordings. */
export interface Exchange {
  readonly id: string
  readonly server?: string
  readonly path: string
  readonly status: number | null
  readonly contentType?: string
  readonly responseHeaders?: Readonly<Record<string, string>>
  readonly response?: unknown
  readonly text?: string
  readonly events?: readonly unknown[]
  readonly framing?: string
  readonly textOnly?: number
}

export type Played = { readonly ok: true; readonly exchange: Exchange } | { readonly ok: false; readonly message: string }

export interface Player {
  /** Makes the objects of the world. */
  makeWorld(): Promise<Played>
  play(exchange: Exchange): Promise<Played>
  close(): Promise<void>
}

const PROGRAM = `
const { parentPort, workerData: { module, env, speed } } = require('node:worker_threads')
Object.assign(process.env, env)
const [later, now, from] = [globalThis.setTimeout, Date.now, Date.now()]
globalThis.setTimeout = (work, ms = 0, ...rest) => later(work, ms / speed, ...rest)
Date.now = () => from + (now() - from) * speed
const loaded = import(module)
parentPort.on('message', async ({ n, exchange }) => {
  try {
    const driver = await loaded
    parentPort.postMessage({ n, ok: true, exchange: exchange === undefined ? await driver.world() : await driver.play(exchange) })
  } catch (error) {
    parentPort.postMessage({ n, ok: false, message: String(error && error.stack || error) })
  }
})
`

export interface PlayerOptions {
  /** Folder of the recordings. */
  readonly folder: string
  /** A folder for what the driver needs beside it. */
  readonly scratch: string
  readonly env: Readonly<Record<string, string>>
  readonly speed: number
}

export function openPlayer({ folder, scratch, env, speed }: PlayerOptions): Player {
  const all = { ...env, WORLD: join(folder, 'world'), YAML_FROM: yamlReader(scratch) }
  const worker = new Worker(PROGRAM, { eval: true, workerData: { module: pathToFileURL(join(folder, 'play.mjs')).href, env: all, speed } })
  const waiting = new Map<number, (played: Played) => void>()
  worker.on('message', (message: Played & { readonly n: number }) => waiting.get(message.n)?.(message))
  let count = 0
  const ask = (exchange: Exchange | undefined): Promise<Played> => new Promise((resolve) => {
    const n = count++
    waiting.set(n, resolve)
    worker.postMessage({ n, exchange })
  })
  return { makeWorld: () => ask(undefined), play: ask, close: async () => void (await worker.terminate()) }
}

/** The driver reads YAML with a package that is not among ours: a stand-in for the two things that it asks of it. */
function yamlReader(scratch: string): string {
  const home = join(scratch, 'node_modules/js-yaml')
  mkdirSync(home, { recursive: true })
  const own = createRequire(import.meta.url).resolve('yaml')
  writeFileSync(join(home, 'index.js'), `const yaml = require(${JSON.stringify(own)}); exports.CORE_SCHEMA = {}; exports.loadAll = (text) => yaml.parseAllDocuments(text).map((document) => document.toJS())\n`)
  const from = join(scratch, 'from.cjs')
  writeFileSync(from, '')
  return from
}
