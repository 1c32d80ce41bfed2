// Owns the help and usage texts of commands.
import { flagsAt, pathText } from './flag-set.ts'
import type { CommandSpec, Example, FlagSpec, Place } from './model.ts'
import { defaultText } from './values.ts'

/** What `--help` prints: the description, then the usage. */
export function helpText(place: Place): string {
  const description = (place.command.long ?? place.command.short).trim()
  return `${description}\n\n${usageText(place)}`
}

/** How to call a command: usage lines, aliases, examples, subcommands, flags. */
export function usageText(place: Place): string {
  const { command } = place
  const path = pathText(place)
  const flags = flagsAt(place)
  const children = visibleCommands(command)
  const lines = [`  ${useLine(place)}`]
  if (children.length > 0) lines.push(`  ${path} [command]`)
  const sections = [section('Usage', lines)]
  if (command.aliases !== undefined && command.aliases.length > 0) {
    sections.push(section('Aliases', [`  ${[command.name, ...command.aliases].join(', ')}`]))
  }
  if (command.examples !== undefined && command.examples.length > 0) {
    const root = place.parents[0]?.name ?? command.name
    sections.push(section('Examples', exampleLines(command.examples, root)))
  }
  if (children.length > 0) sections.push(section('Available Commands', commandLines(children)))
  sections.push(section('Flags', flagLines(flags.local)))
  if (flags.inherited.length > 0) sections.push(section('Global Flags', flagLines(flags.inherited)))
  const more = children.length === 0 ? '' : `\nUse "${path} [command] --help" for more information about a command.\n`
  return sections.join('\n') + more
}

/** The first usage line, such as `tiphys get WORKFLOW... [flags]`. */
export function useLine(place: Place): string {
  const operands = place.command.operands
  return [pathText(place), ...(operands === undefined ? [] : [operands]), '[flags]'].join(' ')
}

function section(title: string, lines: readonly string[]): string {
  return `${title}:\n${lines.join('\n')}\n`
}

function visibleCommands(command: CommandSpec): readonly CommandSpec[] {
  const visible = (command.commands ?? []).filter((child) => child.hidden !== true)
  return visible.toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

function exampleLines(examples: readonly Example[], program: string): readonly string[] {
  return examples.flatMap(({ does, run }, index) => {
    const [first = '', ...others] = run.split('\n')
    const lines = [`  # ${does}`, `  ${program} ${first}`.trimEnd(), ...others.map((line) => `  ${line}`)]
    return index === 0 ? lines : ['', ...lines]
  })
}

const NAME_WIDTH_MIN = 11

function commandLines(commands: readonly CommandSpec[]): readonly string[] {
  const width = Math.max(NAME_WIDTH_MIN, ...commands.map((command) => command.name.length))
  return commands.map((command) => `  ${command.name.padEnd(width)} ${command.short}`)
}

function flagLines(flags: readonly FlagSpec[]): readonly string[] {
  const shown = flags.filter((flag) => flag.hidden !== true).toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const rows = shown.map((flag) => ({ left: flagLabel(flag), right: flagDescription(flag) }))
  const width = Math.max(0, ...rows.map((row) => row.left.length))
  return rows.map((row) => `${row.left.padEnd(width)}   ${row.right}`.trimEnd())
}

function flagLabel(flag: FlagSpec): string {
  const name = flag.short === undefined ? `      --${flag.name}` : `  -${flag.short}, --${flag.name}`
  const placeholder = flag.placeholder ?? (flag.type === 'bool' ? undefined : flag.type)
  const bare = flag.bare === undefined ? '' : flag.type === 'string' ? `[="${flag.bare}"]` : `[=${flag.bare}]`
  return (placeholder === undefined ? name : `${name} ${placeholder}`) + bare
}

function flagDescription(flag: FlagSpec): string {
  const parts = [flag.usage]
  if (flag.values !== undefined) parts.push(`${flag.usage.endsWith('.') || flag.usage === '' ? '' : '. '}One of: ${flag.values.join('|')}`)
  const text = parts.join(flag.usage.endsWith('.') ? ' ' : '')
  const value = defaultText(flag)
  if (value === undefined) return text
  return `${text} (default ${flag.type === 'string' ? JSON.stringify(value) : value})`
}
