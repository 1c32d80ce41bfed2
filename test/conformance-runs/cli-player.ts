// Owns playing recorded invocations: the command line in this process (or as a program of its own) against the servers of the recorded world.
import { spawn } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { argoTree, beforeCommand } from '../../apps/tiphys/commands/compat.ts'
import { root } from '../../apps/tiphys/commands/index.ts'
import { execute } from '../../apps/tiphys/flags/index.ts'
import { type Exchange, type Player, openPlayer } from './rest-player.ts'
import type { RestServers } from './rest-servers.ts'

type Step = { readonly args?: readonly string[]; readonly stdin?: string }

/** One line of the recordings. */
export interface Transcript {
  readonly id: string
  readonly mode: 'kubernetes' | 'server' | 'both'
  readonly args: readonly string[]
  readonly stdin?: string
  readonly env?: Readonly<Record<string, string | null>>
  readonly setup?: readonly Step[]
  readonly during?: readonly Step[]
  readonly exit: number | 'killed'
  readonly stdout: string
  readonly stderr: string
  readonly unordered?: boolean
  readonly lines?: number
}

export interface Run { readonly exit: number | 'killed'; readonly stdout: string; readonly stderr: string }

/** The invocations that need a server, or none at all. */
export function readTranscripts(folder: string): readonly Transcript[] {
  const all = readFileSync(join(folder, 'cli/transcripts.jsonl'), 'utf8').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Transcript)
  return all.filter(({ mode }) => mode !== 'kubernetes')
}

export interface CliPlayerOptions {
  /** Folder of all recordings. */
  readonly folder: string
  readonly scratch: string
  readonly servers: RestServers
  readonly speed: number
  /** The program to start in the place of calls in this process. */
  readonly program?: readonly string[]
}

export interface CliPlayer {
  readonly driver: Player
  play(transcript: Transcript): Promise<Run>
  close(): Promise<void>
}

const KUBECONFIG = 'apiVersion: v1\nkind: Config\ncurrent-context: world\ncontexts: [{name: world, context: {cluster: world, namespace: argo, user: world}}]\nclusters: [{name: world, cluster: {server: "http://127.0.0.1:1"}}]\nusers: [{name: world, user: {}}]\n'
const LATER_MS = 2500
const KILLED_MS = 15_000
/** However fast the clock runs, a busy machine needs time of its own. */
const LATER_MIN_MS = 600
const KILLED_MIN_MS = 2000
const LIMIT_MS = 55_000

export async function openCliPlayer(options: CliPlayerOptions): Promise<CliPlayer> {
  const { folder, scratch, servers, speed } = options
  const driver = openPlayer({ folder: join(folder, 'rest'), scratch, env: servers.env, speed })
  const files = join(scratch, 'files')
  cpSync(join(folder, 'cli/files'), files, { recursive: true })
  writeFileSync(join(scratch, 'kubeconfig'), KUBECONFIG)
  const normal = await loadNormal(folder)
  const before = process.cwd()
  const play = async (transcript: Transcript): Promise<Run> => {
    process.chdir(files)
    for (const step of transcript.setup ?? []) await doStep(step)
    const args = await Promise.all(transcript.args.map((arg) => resolved(arg, servers.env.BASE)))
    const later = afterwards(transcript)
    const limit = transcript.exit === 'killed' ? Math.max(KILLED_MS / speed, KILLED_MIN_MS) : LIMIT_MS
    const env = environment(transcript)
    const run = await (options.program === undefined ? runHere : runProgram(options.program))({ args, env, stdin: transcript.stdin ?? '', limit })
    await later
    rmSync(join(files, 'out'), { recursive: true, force: true })
    return normalized(transcript, run, normal)
  }
  const afterwards = async ({ during = [] }: Transcript): Promise<void> => {
    if (during.length === 0) return
    await new Promise((resolve) => setTimeout(resolve, Math.max(LATER_MS / speed, LATER_MIN_MS)))
    for (const step of during) await doStep(step)
  }
  const doStep = async (step: Step): Promise<void> => {
    // The driver plays steps as the preparation of a request; this one asks for what costs nothing.
    const played = await driver.play({ id: 'step', setup: [step], method: 'GET', path: '/api/v1/version', status: 200 } as unknown as Exchange)
    if (!played.ok) throw new Error(played.message)
  }
  const environment = ({ env = {} }: Transcript): Record<string, string> => {
    const usual = {
      PATH: process.env['PATH'] ?? '', HOME: '/nonexistent', TERM: 'dumb', KUBECONFIG: join(scratch, 'kubeconfig'), TIPHYS_DATA_DIR: join(scratch, 'no-data'),
      ARGO_SERVER: servers.env.BASE.replace('http://', ''), ARGO_HTTP1: 'true', ARGO_SECURE: 'false', ARGO_TOKEN: 'Bearer token',
    }
    return Object.fromEntries(Object.entries<string | null>({ ...usual, ...env }).filter((entry): entry is [string, string] => entry[1] !== null))
  }
  mkdirSync(scratch, { recursive: true })
  return {
    driver, play,
    close: async () => {
      process.chdir(before)
      await driver.close()
    },
  }
}

interface Start { readonly args: readonly string[]; readonly env: Readonly<Record<string, string>>; readonly stdin: string; readonly limit: number }

async function runHere({ args, env, stdin, limit }: Start): Promise<Run> {
  const [out, err]: [string[], string[]] = [[], []]
  const end = new AbortController()
  const streams = { stdout: (text: string) => void out.push(text), stderr: (text: string) => void err.push(text), env, stdin: async () => stdin, signal: end.signal }
  const running = execute({ root: argoTree(root), before: beforeCommand }, ['--compat', 'argo', ...args], streams).catch((error: unknown) => {
    if (end.signal.aborted) return 'killed' as const
    throw error
  })
  const timer = setTimeout(() => end.abort(), limit)
  const exit = await running
  clearTimeout(timer)
  return { exit: end.signal.aborted ? 'killed' : exit, stdout: out.join(''), stderr: err.join('') }
}

function runProgram([program = '', ...first]: readonly string[]): (start: Start) => Promise<Run> {
  return ({ args, env, stdin, limit }) => new Promise((resolve, reject) => {
    const child = spawn(program, [...first, '--compat', 'argo', ...args], { env: { ...env } })
    const [out, err]: [string[], string[]] = [[], []]
    let late = false
    child.stdout.on('data', (data: Buffer) => out.push(data.toString()))
    child.stderr.on('data', (data: Buffer) => err.push(data.toString()))
    const timer = setTimeout(() => {
      late = true
      child.kill('SIGKILL')
    }, limit)
    child.on('error', reject)
    child.on('close', (code) => {
      clearTimeout(timer)
      resolve({ exit: late ? 'killed' : (code ?? 1), stdout: out.join(''), stderr: err.join('') })
    })
    child.stdin.on('error', () => undefined)
    child.stdin.end(stdin)
  })
}

/** `$(auid:NS/NAME)`: the uid of an archived workflow. */
async function resolved(arg: string, base: string): Promise<string> {
  const [, namespace, name] = /^\$\(auid:(.*)\/(.*)\)$/.exec(arg) ?? []
  if (namespace === undefined) return arg
  const answer = await fetch(`${base}/api/v1/archived-workflows?listOptions.fieldSelector=metadata.namespace=${namespace}`, { headers: { authorization: 'Bearer token' } })
  const { items } = (await answer.json()) as { items: readonly { metadata: { name: string; uid: string } }[] | null }
  return items?.find(({ metadata }) => metadata.name === name)?.metadata.uid ?? `no-archived-${name ?? ''}`
}

type Normal = (text: string) => string

/** The recording tool's own normal form. Loading it prints its usage, which is of no interest here. */
async function loadNormal(folder: string): Promise<Normal> {
  const { argv } = process
  const { log } = console
  process.argv = argv.slice(0, 2)
  console.log = () => undefined
  try {
    return ((await import(/* @vite-ignore */ pathToFileURL(join(folder, 'cli/play.mjs')).href)) as { normal: Normal }).normal
  } finally {
    process.argv = argv
    console.log = log
  }
}

/** The program's own name is that of the reference. */
const named = (text: string): string => text.replace(/\btiphys\b/g, 'argo')

function normalized({ args, unordered, lines }: Transcript, run: Run, normal: Normal): Run {
  let [stdout, stderr] = [normal(named(run.stdout)), normal(named(run.stderr))]
  if (args.some((arg) => arg === 'watch' || arg === '--watch')) {
    const frames = stdout.split(/^(?=Name: )/m)
    if (frames.length > 1) stdout = `${frames[0]?.startsWith('Name: ') === true ? '' : (frames[0] ?? '')}<frames>\n${frames.at(-1) ?? ''}`
    stderr = stderr.replace(/(<clear>)+/g, '<clear>')
  }
  if (unordered === true) stdout = stdout.split('\n').toSorted().join('\n')
  if (lines !== undefined) stdout = stdout.split('\n').slice(0, lines).join('\n')
  return { exit: run.exit, stdout, stderr }
}
