// Owns the built program as tests use it: one data directory, invocations that end, and some that are watched while they run.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const entry = join(root, 'apps/tiphys/bin/tiphys.js')

export const built = existsSync(join(root, 'apps/tiphys/dist/main.js'))

export interface Ended { readonly code: number | null; readonly stdout: string; readonly stderr: string }

/** An invocation under way. */
export class Invocation {
  readonly ended: Promise<Ended>
  private readonly child: ChildProcess
  private readonly listeners = new Set<() => void>()
  private stdout = ''
  private stderr = ''
  private over = false

  constructor([command = '', ...args]: readonly string[], data: string) {
    this.child = spawn(command, args, { env: { ...process.env, TIPHYS_DATA_DIR: data, NODE_EXTRA_CA_CERTS: '' }, stdio: ['ignore', 'pipe', 'pipe'] })
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => this.hear(text, ''))
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => this.hear('', text))
    this.ended = new Promise((resolve) => {
      this.child.on('close', (code) => {
        this.over = true
        this.hear('', '')
        resolve({ code, stdout: this.stdout, stderr: this.stderr })
      })
    })
  }

  get output(): string {
    return this.stdout + this.stderr
  }

  /** Resolves once the output holds the text; fails when the program ends without it. */
  async says(text: string): Promise<void> {
    while (!this.output.includes(text)) {
      if (this.over) throw new Error(`the program ended without saying ${JSON.stringify(text)}:\n${this.output}`)
      await new Promise<void>((resolve) => this.listeners.add(resolve))
    }
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name)
  }

  private hear(stdout: string, stderr: string): void {
    this.stdout += stdout
    this.stderr += stderr
    for (const listener of this.listeners) listener()
    this.listeners.clear()
  }
}

export class Program {
  readonly folder = mkdtempSync(join(tmpdir(), 'tiphys-e2e-'))
  readonly data = join(this.folder, 'data')
  private readonly started: Invocation[] = []

  start(...args: readonly string[]): Invocation {
    return this.spawn([process.execPath, entry, ...args])
  }

  /** The same with a terminal for its output; undefined where `script` is not there to make one. */
  startOnTerminal(...args: readonly string[]): Invocation | undefined {
    if (spawnSync('script', ['--version']).status !== 0) return undefined
    const line = [process.execPath, entry, ...args].map((word) => `'${word}'`).join(' ')
    return this.spawn(['script', '-qefc', `stty cols 80 rows 24; ${line}`, '/dev/null'])
  }

  private spawn(words: readonly string[]): Invocation {
    const invocation = new Invocation(words, this.data)
    this.started.push(invocation)
    return invocation
  }

  run(...args: readonly string[]): Promise<Ended> {
    return this.start(...args).ended
  }

  /** Writes a manifest and says where it is. */
  manifest(name: string, text: string): string {
    const path = join(this.folder, `${name}.yaml`)
    writeFileSync(path, `apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata: { name: ${name} }\n${text}`)
    return path
  }

  async close(): Promise<void> {
    for (const invocation of this.started) invocation.signal('SIGKILL')
    await Promise.all(this.started.map(({ ended }) => ended))
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 })
  }
}
