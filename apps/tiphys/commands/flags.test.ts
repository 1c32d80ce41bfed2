// Checks that the local commands take the flags of the reference's commands of the same names, and that every command explains itself.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type CommandSpec, type FlagSpec, defaultText, flagsAt, helpText } from '../flags/index.ts'
import { argoTree, wantsArgo } from './compat.ts'
import { root } from './index.ts'

interface RecordedFlag { readonly short?: string; readonly type: string; readonly default?: string; readonly values?: readonly string[]; readonly bare?: string }
interface RecordedCommand { readonly flags?: Record<string, RecordedFlag>; readonly aliases?: readonly string[]; readonly commands?: readonly string[]; readonly usage?: readonly string[] }

const file = join(process.env['TIPHYS_CONFORMANCE'] ?? join(import.meta.dirname, '../../../../shared/conformance'), 'cli/flags.json')
const recorded = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { commands: Record<string, RecordedCommand>; global: Record<string, RecordedFlag> }) : { commands: {}, global: {} }

const commands = root.commands ?? []
const argo = argoTree(root)
// The reference's program has no commands that this one lacks.
const paths = Object.keys(recorded.commands).filter((path) => path !== '')

function placeOf(tree: CommandSpec, path: string): { readonly command: CommandSpec; readonly parents: readonly CommandSpec[] } {
  const parents: CommandSpec[] = []
  let command = tree
  for (const word of path.split(' ')) {
    parents.push(command)
    const child = command.commands?.find(({ name }) => name === word)
    if (child === undefined) throw new Error(`there is no command ${path}`)
    command = child
  }
  return { command, parents }
}

/** A flag as the recording describes it. */
function described(flag: FlagSpec, wanted: RecordedFlag | undefined): RecordedFlag {
  // Sentences that list the values are recorded as if they were checked.
  const values = flag.values ?? wanted?.values
  const value = flag.default === true ? 'true' : (defaultText(flag) ?? '')
  return {
    type: flag.placeholder !== undefined && flag.placeholder === wanted?.type ? flag.placeholder : flag.type,
    ...(flag.short === undefined ? {} : { short: flag.short }), ...(value === '' ? {} : { default: value }), ...(values === undefined ? {} : { values }),
  }
}

const describedAll = (flags: readonly FlagSpec[], wanted: Readonly<Record<string, RecordedFlag>> = {}): Record<string, RecordedFlag> =>
  Object.fromEntries(flags.filter((flag) => flag.hidden !== true && flag.absent !== true).map((flag) => [flag.name, described(flag, wanted[flag.name])] as const).toSorted(([a], [b]) => (a < b ? -1 : 1)))

describe.skipIf(paths.length === 0)('with --compat argo', () => {
  it.each(paths)('%s has the flags, aliases and subcommands of the reference', (path) => {
    const { command } = placeOf(argo, path)
    const wanted = recorded.commands[path]
    expect(describedAll(command.flags ?? [], wanted?.flags)).toEqual(wanted?.flags)
    expect([command.name, ...(command.aliases ?? [])]).toEqual(wanted?.aliases ?? [command.name])
    expect((command.commands ?? []).map(({ name }) => name).toSorted()).toEqual(wanted?.commands ?? [])
  })

  it('all commands take its global flags', () => {
    const { help: _, ...wanted } = recorded.global
    const own = describedAll(argo.persistentFlags ?? [], recorded.global)
    expect(own).toEqual(wanted)
  })

  it('without it, our own commands take at least the same', () => {
    for (const path of paths) {
      const names = flagsAt(placeOf(root, path)).byName
      for (const name of Object.keys(recorded.commands[path]?.flags ?? {})) expect(names.has(name), `${path} --${name}`).toBe(true)
    }
  })

  it('is found before the tree is chosen', () => {
    expect(wantsArgo(['--compat', 'argo', 'list'], {})).toBe(true)
    expect(wantsArgo(['list', '--compat=argo'], {})).toBe(true)
    expect(wantsArgo(['list'], { TIPHYS_COMPAT: 'argo' })).toBe(true)
    expect(wantsArgo(['list', '--compat', ''], { TIPHYS_COMPAT: 'argo' })).toBe(false)
    expect(wantsArgo(['list', '--', '--compat=argo'], {})).toBe(false)
  })
})

describe('help', () => {
  it.each(commands.map((command) => [command.name, command] as const))('of %s has examples that the program takes', (_, command) => {
    expect(command.examples?.length ?? 0).toBeGreaterThan(0)
    expect(helpText({ command, parents: [root] })).toMatch(new RegExp(`Examples:\\n  # .+\\n  tiphys ${command.name}`))
  })
})
