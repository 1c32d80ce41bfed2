// Owns which flags a command knows: its own, those inherited from above, and `--help`.
import type { CommandSpec, FlagSpec, Place } from './model.ts'

export interface FlagSet {
  readonly local: readonly FlagSpec[]
  readonly inherited: readonly FlagSpec[]
  readonly byName: ReadonlyMap<string, FlagSpec>
  readonly byShort: ReadonlyMap<string, FlagSpec>
  /** Those that only the code of commands knows. */
  readonly absent: ReadonlyMap<string, FlagSpec>
}

export const HELP_FLAG = 'help'

/** The flags at a place of the tree; the nearest declaration of a name or letter wins. */
export function flagsAt(place: Place): FlagSet {
  const { command, parents } = place
  const declared = [...(command.flags ?? []), ...(command.persistentFlags ?? [])]
  const own = declared.filter((flag) => flag.absent !== true)
  const local = own.some((flag) => flag.name === HELP_FLAG) ? own : [...own, helpFlag(pathText(place))]
  const byName = new Map<string, FlagSpec>()
  const byShort = new Map<string, FlagSpec>()
  const add = (flag: FlagSpec): boolean => {
    if (byName.has(flag.name)) return false
    byName.set(flag.name, flag)
    if (flag.short !== undefined && !byShort.has(flag.short)) byShort.set(flag.short, flag)
    return true
  }
  for (const flag of local) add(flag)
  const inherited: FlagSpec[] = []
  for (const parent of parents.toReversed()) inherited.push(...(parent.persistentFlags ?? []).filter(add))
  const absent = new Map(declared.filter((flag) => flag.absent === true).map((flag) => [flag.name, flag]))
  return { local, inherited, byName, byShort, absent }
}

/** The words that call a command, such as `tiphys cron list`. */
export function pathText(place: Place): string {
  return [...place.parents, place.command].map((command) => command.name).join(' ')
}

/** The subcommand called by a name or an alias. */
export function childNamed(command: CommandSpec, name: string): CommandSpec | undefined {
  return command.commands?.find((child) => child.name === name || child.aliases?.includes(name) === true)
}

function helpFlag(of: string): FlagSpec {
  return { name: HELP_FLAG, short: 'h', type: 'bool', usage: `help for ${of.slice(of.lastIndexOf(' ') + 1)}` }
}
