// Checks the command-line kit against recorded invocations, and the completion scripts in the shells themselves.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type CommandSpec, type FlagSpec, type FlagType, completionScript, execute, flagsAt, helpText } from './index.ts'

const folder = join(process.env['TIPHYS_CONFORMANCE'] ?? join(import.meta.dirname, '../../../../shared/conformance'), 'cli')
const present = existsSync(folder)

interface RecordedFlag {
  readonly short?: string
  readonly type: string
  readonly default?: string
  readonly values?: readonly string[]
  readonly bare?: string
}

interface RecordedCommand {
  readonly usage: readonly string[]
  readonly aliases?: readonly string[]
  readonly commands?: readonly string[]
  readonly flags?: Readonly<Record<string, RecordedFlag>>
}

interface Recorded {
  readonly commands: Readonly<Record<string, RecordedCommand>>
  readonly global: Readonly<Record<string, RecordedFlag>>
}

interface Transcript {
  readonly id: string
  readonly args: readonly string[]
  readonly exit: number
  readonly stdout: string
  readonly stderr: string
}

const TYPES: ReadonlySet<string> = new Set<FlagType>(['bool', 'string', 'int', 'int32', 'uint', 'float32', 'duration', 'strings', 'stringArray'])

function flagFrom(name: string, recorded: RecordedFlag): FlagSpec {
  const known = TYPES.has(recorded.type)
  const type = known ? (recorded.type as FlagType) : 'string'
  const list = type === 'strings' || type === 'stringArray'
  const text = recorded.default
  const value = text === undefined ? undefined : list ? text.slice(1, -1).split(',') : type === 'bool' ? text === 'true' : type === 'string' ? text : Number(text)
  return {
    name, type, usage: 'A flag.',
    ...(recorded.short === undefined ? {} : { short: recorded.short }),
    ...(known ? {} : { placeholder: recorded.type }),
    ...(value === undefined ? {} : { default: value }),
    ...(recorded.values === undefined ? {} : { values: recorded.values }),
    ...(recorded.bare === undefined ? {} : { bare: recorded.bare }),
  }
}

const flagsFrom = (recorded: Readonly<Record<string, RecordedFlag>> = {}): readonly FlagSpec[] =>
  Object.entries(recorded).map(([name, flag]) => flagFrom(name, flag))

/** How many arguments the recorded usage errors say a command takes. */
const COUNTS: Readonly<Record<string, { min?: number; max?: number }>> = {
  get: { min: 1 }, logs: { min: 1, max: 2 }, lint: { min: 1 }, 'cron get': { min: 1 }, 'archive get': { min: 1, max: 1 }, completion: { min: 1, max: 1 },
  convert: { min: 1 }, watch: { min: 1, max: 1 }, 'sync get': { min: 1, max: 1 }, node: { min: 2 }, 'template create': { min: 1 }, 'cluster-template create': { min: 1 },
  'cron create': { min: 1 }, 'executor-plugin build': { min: 1, max: 1 },
}

function commandFrom(recorded: Recorded, path: string): CommandSpec {
  const own = recorded.commands[path]
  if (own === undefined) throw new Error(`no command ${path}`)
  const program = recorded.commands['']?.usage[0]?.split(' ')[0] ?? ''
  const name = path === '' ? program : (path.split(' ').at(-1) ?? '')
  const operands = own.usage[0]?.slice(`${path === '' ? program : `${program} ${path}`} `.length).replace(/ ?\[flags\]$/, '')
  const children = own.commands?.map((child) => commandFrom(recorded, path === '' ? child : `${path} ${child}`))
  const count = COUNTS[path]
  return {
    name, short: 'Does something.',
    ...(operands === undefined || operands === '' ? {} : { operands }),
    ...(own.aliases === undefined ? {} : { aliases: own.aliases.slice(1) }),
    ...(count === undefined ? {} : { args: count }),
    ...(path === 'executor-plugin build' ? { quiet: true } : {}),
    ...(path === '' ? { persistentFlags: flagsFrom(recorded.global).filter((flag) => flag.name !== 'help') } : { flags: flagsFrom(own.flags) }),
    ...(children === undefined ? { load: () => Promise.resolve({ run: () => Promise.resolve({ exit: 0 }) }) } : { commands: children }),
  }
}

const lines = <T>(file: string): T[] =>
  readFileSync(join(folder, file), 'utf8').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as T)

const usageHidden = (text: string): string => text.replace(/\nUsage:\n[\s\S]*/, '\n<usage>\n')

async function run(root: CommandSpec, argv: readonly string[]): Promise<{ exit: number; stdout: string; stderr: string }> {
  let stdout = ''
  let stderr = ''
  const exit = await execute({ root }, argv, { stdout: (text) => (stdout += text), stderr: (text) => (stderr += text), env: {} })
  return { exit, stdout, stderr }
}

/** The flags that a help text lists under a heading, read back as the recording tool reads them. */
function flagsInHelp(text: string, heading: string): Record<string, RecordedFlag> {
  const table = new RegExp(`(?:^|\\n)${heading}:\\n((?: .*\\n)*)`).exec(text)?.[1] ?? ''
  const found: Record<string, RecordedFlag> = {}
  for (const line of table.split('\n')) {
    const match = /^ +(?:-(\w), )?--([\w.-]+)(?: ([^\s].*?))?(?: {2,}|$)(.*)$/.exec(line)
    if (match === null || match[2] === undefined || match[2] === 'help') continue
    const value = /\(default (.*)\)\s*$/.exec(match[4] ?? '')?.[1]?.replace(/^"(.*)"$/, '$1')
    const oneOf = /One of: ([\w|-]+)/.exec(match[4] ?? '')?.[1]
    found[match[2]] = {
      ...(match[1] === undefined ? {} : { short: match[1] }),
      type: match[3] ?? 'bool',
      ...(value === undefined ? {} : { default: value }),
      ...(oneOf === undefined ? {} : { values: oneOf.split('|') }),
    }
  }
  return found
}

describe.skipIf(!present)('the recorded command line', () => {
  const recorded = present ? (JSON.parse(readFileSync(join(folder, 'flags.json'), 'utf8')) as Recorded) : { commands: {}, global: {} }
  const root = present ? commandFrom(recorded, '') : { name: '', short: '' }

  it('help texts list exactly the recorded usage lines and flags', () => {
    for (const [path, expected] of Object.entries(recorded.commands)) {
      const parents: CommandSpec[] = []
      let command = root
      for (const word of path.split(' ').filter((part) => part !== '')) {
        parents.push(command)
        const child = command.commands?.find((candidate) => candidate.name === word)
        if (child === undefined) throw new Error(path)
        command = child
      }
      const text = helpText({ command, parents })
      const usage = /\nUsage:\n((?: .*\n)+)/.exec(`\n${text}`)?.[1]?.split('\n').map((line) => line.trim()).filter((line) => line !== '')
      expect(usage, path).toEqual(expected.usage)
      const { help: _, ...global } = recorded.global
      expect(flagsInHelp(text, 'Flags'), path).toEqual(path === '' ? global : expected.flags)
      expect(flagsAt({ command, parents }).byName.size, path).toBe(new Set([...Object.keys(recorded.global), ...Object.keys(expected.flags ?? {})]).size)
    }
  })

  // What the parser alone decides: mistakes in the call, and help.
  const decided = present
    ? lines<Transcript>('transcripts.jsonl').filter(
        ({ stderr, stdout, args }) =>
          /^Error: (unknown (command|flag|shorthand)|flag needs|invalid argument|requires at least|accepts )/.test(stderr) ||
          (stdout === '<help>\n<usage>\n' && stderr === '' && args.join(' ') !== 'cron backfill'),
      )
    : []
  it.each(decided.map((transcript) => [transcript.id, transcript] as const))('%s', async (_, transcript) => {
    const { exit, stdout, stderr } = await run(root, transcript.args)
    expect(exit).toBe(transcript.exit)
    expect(stdout.replace(/^[\s\S]*Usage:\n[\s\S]*/, '<help>\n<usage>\n')).toBe(transcript.stdout)
    expect(usageHidden(stderr)).toBe(transcript.stderr)
  })

  it('the completion script begins as recorded', () => {
    const recordedLine = lines<Transcript>('transcripts.jsonl').find((transcript) => transcript.id === 'completion-bash')?.stdout
    expect(completionScript('bash', 'argo')?.split('\n')[0]?.replace(/(\S) {2,}/g, '$1  ')).toBe(recordedLine)
  })
})

/** Runs a script in a shell if the machine has it. */
function inShell(shell: string, script: string): string | undefined {
  const { error, stdout, status, stderr } = spawnSync(shell, shell === 'fish' ? ['--no-config', '-c', script] : ['-c', script], { encoding: 'utf8' })
  if (error !== undefined) return undefined
  if (status !== 0) throw new Error(stderr)
  return stdout
}

const has = (shell: string): boolean => inShell(shell, 'exit 0') !== undefined

describe('the completion scripts', () => {
  it.skipIf(!has('bash'))('bash completes with its script', () => {
    const session = `
      tiphys() { printf '%s\\n' list lint 'with blank' ":4"; }
      ${completionScript('bash', 'tiphys')}
      COMP_WORDS=(tiphys li); COMP_CWORD=1
      __tiphys_complete
      printf '%s|' "\${COMPREPLY[@]}"`
    expect(inShell('bash', session)).toBe('list|lint|with\\ blank|')
  })

  it.skipIf(!has('bash'))('bash passes the words so far and adds files by extension', () => {
    const session = `
      cd ${JSON.stringify(import.meta.dirname)}
      exec 3>&1
      tiphys() { printf '[%s]' "$@" >&3; printf '%s\\n' test.ts ":8"; }
      ${completionScript('bash', 'tiphys')}
      COMP_WORDS=(tiphys -n x lint fl); COMP_CWORD=4
      __tiphys_complete
      printf '%s|' "\${COMPREPLY[@]}"`
    expect(inShell('bash', session)).toBe('[__completeNoDesc][-n][x][lint][fl]flags.test.ts|')
  })

  it.skipIf(!has('zsh'))('zsh completes with its script', () => {
    const session = `
      compdef() { :; }
      _describe() { print -rl -- "$1" "\${(@P)2}"; }
      tiphys() { print -r -- "$*" >&2; printf '%s\\n' $'list\\tlist: all' 'a:b' ':4'; }
      ${completionScript('zsh', 'tiphys')}
      words=(tiphys -n x li); CURRENT=4
      _tiphys`
    expect(inShell('zsh', session)).toBe('completions\nlist:list: all\na\\:b\n')
  })

  it.skipIf(!has('fish'))('fish completes with its script', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tiphys-fish-'))
    writeFileSync(join(folder, 'tiphys'), '#!/bin/sh\nprintf \'%s\\n\' "list\tlist all" "li$2$3" ":4"\n', { mode: 0o755 })
    try {
      const session = `set -x PATH ${folder} $PATH\n${completionScript('fish', 'tiphys')}\ncomplete -C 'tiphys -n li'`
      expect(inShell('fish', session)).toBe('list\tlist all\nli-nli\n')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('knows no other shells', () => {
    expect(completionScript('dos', 'tiphys')).toBeUndefined()
    for (const shell of ['zsh', 'fish']) expect(completionScript(shell, 'my-prog')).toContain('my_prog')
  })
})
