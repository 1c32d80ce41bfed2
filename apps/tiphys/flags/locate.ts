// Owns which command a command line means, before its flags are parsed, and what was probably meant when there is none.
import { type Result, bad, ok } from '@tiphys/core/kube'
import { type FlagSet, childNamed, flagsAt, pathText } from './flag-set.ts'
import type { CommandSpec, FlagSpec, Place } from './model.ts'
import { quoteText } from './quote.ts'
import { bareText } from './values.ts'

export interface Located extends Place {
  /** What is left of the command line once the names of the commands are taken out. */
  readonly rest: readonly string[]
}

/** Follows the command names through the tree. Flags may stand anywhere between them. */
export function locate(root: CommandSpec, argv: readonly string[]): Result<Located> {
  let place: Place = { command: root, parents: [] }
  let rest = argv
  for (;;) {
    const index = firstOperand(rest, flagsAt(place))
    const word = index === undefined ? undefined : rest[index]
    const child = word === undefined ? undefined : childNamed(place.command, word)
    if (index === undefined || child === undefined) return atLeaf(place, rest, word)
    place = { command: child, parents: [...place.parents, place.command] }
    rest = [...rest.slice(0, index), ...rest.slice(index + 1)]
  }
}

function atLeaf(place: Place, rest: readonly string[], word: string | undefined): Result<Located> {
  const isRoot = place.parents.length === 0
  const choosesCommand = (place.command.commands?.length ?? 0) > 0 && place.command.args === undefined
  if (isRoot && choosesCommand && word !== undefined) {
    return bad('command_unknown', unknownCommand(place, word) + suggestionText(suggestCommands(place.command, word)))
  }
  return ok({ ...place, rest })
}

export function unknownCommand(place: Place, word: string): string {
  return `unknown command ${quoteText(word)} for ${quoteText(pathText(place))}`
}

/** Where the first word is that is neither a flag nor a flag's value. */
export function firstOperand(argv: readonly string[], flags: FlagSet): number | undefined {
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] ?? ''
    if (word === '--') return undefined
    if (word.startsWith('--')) {
      if (!word.includes('=') && takesNext(flags.byName.get(word.slice(2)))) i++
    } else if (word.startsWith('-')) {
      if (word.length === 2 && takesNext(flags.byShort.get(word.slice(1)))) i++
    } else if (word !== '') {
      return i
    }
  }
  return undefined
}

// An unknown flag may take a value too; that is what the reference assumes, and the error names the flag in any case.
function takesNext(flag: FlagSpec | undefined): boolean {
  return flag === undefined || bareText(flag) === undefined
}

/** Names of subcommands that begin like the word or are at most two edits away from it. */
export function suggestCommands(command: CommandSpec, word: string): readonly string[] {
  const names = (command.commands ?? []).filter((child) => child.hidden !== true).map((child) => child.name)
  return suggestWords(names, word)
}

export function suggestWords(candidates: readonly string[], word: string): readonly string[] {
  const lower = word.toLowerCase()
  if (lower === '') return []
  return candidates.filter((name) => name.toLowerCase().startsWith(lower) || editDistance(name.toLowerCase(), lower) <= 2)
}

export function suggestionText(names: readonly string[]): string {
  if (names.length === 0) return ''
  return `\n\nDid you mean this?\n${names.map((name) => `\t${name}\n`).join('')}`
}

const COMPARED_CHARACTERS_MAX = 64

function editDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2 || a.length > COMPARED_CHARACTERS_MAX) return Infinity
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
