// Owns the built program as a fault test uses it: started, killed at any moment with or without its steps, and asked for its state afterwards.
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readFileSync, readdirSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openState } from '@tiphys/shell/adapters/sqlite'
import { stateOf } from '@tiphys/shell/runtime'

const root = fileURLToPath(new URL('../..', import.meta.url))
const entry = join(root, 'apps/tiphys/bin/tiphys.js')

export const isBuilt = existsSync(join(root, 'apps/tiphys/dist/main.js'))

export interface Exit {
  /** Undefined when a signal ended it. */
  readonly code: number | undefined
  readonly stdout: string
  readonly stderr: string
}

export interface Started {
  readonly pid: number
  readonly exit: Promise<Exit>
  /** What it said so far. */
  said(): string
  isOver(): boolean
}

export interface Stored {
  readonly isOver: boolean
  /** Ids of the nodes that have ended. */
  readonly finished: ReadonlySet<string>
}

/** The program on one data directory. */
export class Program {
  readonly dataFolder: string
  private readonly children = new Set<ChildProcess>()

  constructor(dataFolder: string) {
    this.dataFolder = dataFolder
  }

  start(args: readonly string[]): Started {
    const child = spawn(process.execPath, [entry, ...args, '--data-dir', this.dataFolder], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NO_COLOR: '1' } })
    this.children.add(child)
    let stdout = ''
    let stderr = ''
    let over = false
    child.stdout.setEncoding('utf8').on('data', (text: string) => { stdout += text })
    child.stderr.setEncoding('utf8').on('data', (text: string) => { stderr += text })
    const exit = new Promise<Exit>((resolve) => {
      child.on('close', (code) => {
        over = true
        this.children.delete(child)
        resolve({ code: code ?? undefined, stdout, stderr })
      })
    })
    return { pid: child.pid ?? 0, exit, said: () => stdout + stderr, isOver: () => over }
  }

  run(args: readonly string[]): Promise<Exit> {
    return this.start(args).exit
  }

  /** Ends the program alone, as the kernel does when memory is short: its steps go on. */
  async kill(started: Started): Promise<void> {
    signal(started.pid)
    await closedBy(started)
  }

  /** Ends the program and everything that it started, now or in an earlier life, as a crash of the machine does. */
  async crash(started: Started, marks: readonly string[]): Promise<void> {
    // All stand still before the first is killed: a shell that outlives its step by a moment would note how that ended, which no crash lets it do.
    const stopped = new Set([started.pid])
    signal(started.pid, 'SIGSTOP')
    for (let known = 0; known < stopped.size;) {
      known = stopped.size
      for (const pid of processesOf([this.dataFolder, ...marks])) {
        signal(pid, 'SIGSTOP')
        stopped.add(pid)
      }
    }
    for (const pid of stopped) signal(pid)
    await closedBy(started)
    // A shell that was being forked a moment ago shows what it belongs to only now.
    for (const pid of processesOf([this.dataFolder, ...marks])) signal(pid)
  }

  /** What the store holds of a run; undefined when it is not there. */
  async stored(name: string): Promise<Stored | undefined> {
    if (!existsSync(join(this.dataFolder, 'state.db'))) return undefined
    const state = openState(this.dataFolder, { owner: { id: 'onlooker', info: '{}' }, now: () => Date.now() })
    try {
      const found = await state.runs.find('default', name)
      if (!found.ok) return undefined
      const loaded = await state.log.load(found.value.uid)
      if (!loaded.ok) throw new Error(loaded.problem.message)
      const read = stateOf(loaded.value)
      if (!read.ok) throw new Error(read.problem.message)
      const nodes = [...read.state.nodes.values()].filter(({ phase }) => phase !== 'Pending' && phase !== 'Running')
      return { isOver: found.value.finishedAt !== undefined, finished: new Set(nodes.map(({ id }) => id)) }
    } finally {
      state.close()
    }
  }

  /** Leaves nothing behind. */
  async close(marks: readonly string[] = []): Promise<void> {
    for (const child of this.children) child.kill('SIGKILL')
    for (const pid of processesOf([this.dataFolder, ...marks])) signal(pid)
    await Promise.all([...this.children].map((child) => new Promise((resolve) => child.on('close', resolve))))
  }
}

function closedBy(started: Started): Promise<Exit> {
  return started.exit
}

function signal(pid: number, name: 'SIGKILL' | 'SIGSTOP' = 'SIGKILL'): void {
  try {
    process.kill(pid, name)
  } catch {
    // It ended by itself meanwhile.
  }
}

/** Processes that have a file open below one of the paths, or name one of them in their environment. */
export function processesOf(paths: readonly string[]): readonly number[] {
  return readdirSync('/proc').map(Number).filter((pid) => Number.isInteger(pid) && pid !== process.pid && belongsTo(pid, paths))
}

function belongsTo(pid: number, paths: readonly string[]): boolean {
  try {
    const environment = readFileSync(`/proc/${pid}/environ`, 'latin1')
    if (paths.some((path) => environment.includes(path))) return true
    const files = readdirSync(`/proc/${pid}/fd`).map((fd) => linkOf(`/proc/${pid}/fd/${fd}`))
    return files.some((file) => paths.some((path) => file.startsWith(path)))
  } catch {
    return false
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}
