// Checks that the local commands take the flags of the reference's commands of the same names, and that every command explains itself.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type CommandSpec, defaultText, flagsAt, helpText } from '../flags/index.ts'
import { root } from './index.ts'

interface RecordedFlag { readonly short?: string; readonly type: string; readonly default?: string; readonly values?: readonly string[]; readonly bare?: string }

const file = join(process.env['TIPHYS_CONFORMANCE'] ?? join(import.meta.dirname, '../../../../shared/conformance'), 'cli/flags.json')
const recorded = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { commands: Record<string, { flags?: Record<string, RecordedFlag>; aliases?: readonly string[] }> }).commands : {}

const commands = root.commands ?? []
// The server of this program is its own.
const shared = commands.filter(({ name }) => recorded[name] !== undefined && name !== 'server')

/** What differs from the recorded flags of a command. */
function differences(command: CommandSpec): string[] {
  const { byName } = flagsAt({ command, parents: [root] })
  return Object.entries(recorded[command.name]?.flags ?? {}).flatMap(([name, wanted]) => {
    const own = byName.get(name)
    if (own === undefined) return [`--${name} is missing`]
    const found: string[] = []
    if (own.short !== wanted.short) found.push(`--${name} is -${own.short ?? ''} instead of -${wanted.short ?? ''}`)
    if (own.type !== wanted.type) found.push(`--${name} is ${own.type} instead of ${wanted.type}`)
    // A default that asks for everything is written as no value at all.
    if ((defaultText(own) ?? '') !== (wanted.default ?? '')) found.push(`--${name} is ${defaultText(own)} by default instead of ${wanted.default}`)
    const missing = (wanted.values ?? []).filter((value) => own.values?.includes(value) !== true)
    if (missing.length > 0) found.push(`--${name} does not take ${missing.join(', ')}`)
    return found
  })
}

describe.skipIf(shared.length === 0)('flags of the reference', () => {
  it.each(shared.map((command) => [command.name, command] as const))('%s takes them', (_, command) => {
    expect(differences(command)).toEqual([])
  })

  it('are checked for most local commands', () => expect(shared.length).toBeGreaterThan(14))
})

describe('help', () => {
  it.each(commands.map((command) => [command.name, command] as const))('of %s has examples that the program takes', (_, command) => {
    expect(command.examples?.length ?? 0).toBeGreaterThan(0)
    expect(helpText({ command, parents: [root] })).toMatch(new RegExp(`Examples:\\n  # .+\\n  tiphys ${command.name}`))
  })
})
