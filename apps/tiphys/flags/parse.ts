// Owns the parsing of a command's flags and arguments, in the manner and with the messages of pflag.
import { type Result, bad, ok } from '@tiphys/core/kube'
import { type FlagSet, HELP_FLAG } from './flag-set.ts'
import { suggestWords } from './locate.ts'
import type { FlagSpec, FlagValue, Flags, WrongVariable } from './model.ts'
import { quoteCharacter, quoteText } from './quote.ts'
import { bareText, defaultValue, parseFlagValue } from './values.ts'

export interface Parsed {
  readonly flags: Flags
  readonly args: readonly string[]
  readonly helpWanted: boolean
  readonly wrongVariable?: WrongVariable
}

type Env = Readonly<Record<string, string | undefined>>

/** Reads flags anywhere among the arguments, up to `--`. */
export function parseFlags(set: FlagSet, argv: readonly string[], env: Env): Result<Parsed> {
  const cursor: Cursor = { set, argv, values: new Map(), args: [], at: 0 }
  const failure = readArguments(cursor)
  if (failure !== undefined) return failure
  const wrongVariable = readEnvironment(set, cursor.values, env)
  const flags = flagValues(set, cursor.values)
  return ok({ flags, args: cursor.args, helpWanted: flags.bool(HELP_FLAG), ...(wrongVariable !== undefined && { wrongVariable }) })
}

type Failure = ReturnType<typeof bad>

// One pass over one command line; the position moves on when a flag takes the next word.
interface Cursor {
  readonly set: FlagSet
  readonly argv: readonly string[]
  readonly values: Map<string, FlagValue>
  readonly args: string[]
  at: number
}

function readArguments(cursor: Cursor): Failure | undefined {
  for (let word = nextWord(cursor); word !== undefined; word = nextWord(cursor)) {
    if (word === '--') {
      cursor.args.push(...cursor.argv.slice(cursor.at))
      return undefined
    }
    if (!word.startsWith('-') || word === '-') {
      cursor.args.push(word)
      continue
    }
    const failure = word.startsWith('--') ? readLong(cursor, word) : readShorts(cursor, word.slice(1))
    if (failure !== undefined) return failure
  }
  return undefined
}

function nextWord(cursor: Cursor): string | undefined {
  const word = cursor.argv[cursor.at]
  if (word !== undefined) cursor.at++
  return word
}

function readLong(cursor: Cursor, word: string): Failure | undefined {
  const body = word.slice(2)
  if (body.startsWith('-') || body.startsWith('=')) return bad('flag_syntax', `bad flag syntax: ${word}`)
  const equals = body.indexOf('=')
  const name = equals < 0 ? body : body.slice(0, equals)
  const flag = cursor.set.byName.get(name)
  if (flag === undefined) {
    const near = suggestWords([...cursor.set.byName.keys()], name).map((known) => `--${known}`)
    return bad('flag_unknown', `unknown flag: --${name}`, near.length === 0 ? undefined : `did you mean ${near.join(' or ')}?`)
  }
  const text = equals < 0 ? (bareText(flag) ?? nextWord(cursor)) : body.slice(equals + 1)
  if (text === undefined) return bad('flag_value_missing', `flag needs an argument: --${name}`)
  return assign(flag, text, cursor.values)
}

/** A cluster of letters, of which the last may take a value: `wn x`, `ojson`, `o=json`. */
function readShorts(cursor: Cursor, cluster: string): Failure | undefined {
  for (let rest = cluster; rest !== ''; ) {
    const letter = rest[0] ?? ''
    const flag = cursor.set.byShort.get(letter)
    if (flag === undefined) return bad('flag_unknown', `unknown shorthand flag: ${quoteCharacter(letter)} in -${rest}`)
    const bare = rest.length > 2 && rest[1] === '=' ? undefined : bareText(flag)
    const text = bare ?? attachedText(rest) ?? nextWord(cursor)
    if (text === undefined) return bad('flag_value_missing', `flag needs an argument: ${quoteCharacter(letter)} in -${rest}`)
    const failure = assign(flag, text, cursor.values)
    if (failure !== undefined) return failure
    rest = bare === undefined ? '' : rest.slice(1)
  }
  return undefined
}

function attachedText(letters: string): string | undefined {
  if (letters.length > 2 && letters[1] === '=') return letters.slice(2)
  return letters.length > 1 ? letters.slice(1) : undefined
}

function assign(flag: FlagSpec, text: string, values: Map<string, FlagValue>): Failure | undefined {
  const value = parseFlagValue(flag, text, values.get(flag.name))
  if (value.ok) {
    values.set(flag.name, value.value)
    return undefined
  }
  const name = flag.short === undefined ? `--${flag.name}` : `-${flag.short}, --${flag.name}`
  return bad('flag_value_invalid', `invalid argument ${quoteText(text)} for ${quoteText(name)} flag: ${value.problem.message}`)
}

function readEnvironment(set: FlagSet, values: Map<string, FlagValue>, env: Env): WrongVariable | undefined {
  for (const flag of set.byName.values()) {
    if (values.has(flag.name)) continue
    // An empty variable counts as absent, so that a script can switch one off.
    const name = flag.env?.find((candidate) => env[candidate] !== undefined && env[candidate] !== '')
    const failure = name === undefined ? undefined : assign(flag, env[name] ?? '', values)
    if (name !== undefined && failure !== undefined) return { name, message: failure.problem.message }
  }
  return undefined
}

function flagValues(set: FlagSet, values: ReadonlyMap<string, FlagValue>): Flags {
  const read = (name: string): FlagValue => {
    const flag = set.byName.get(name) ?? set.absent.get(name)
    if (flag === undefined) throw new Error(`flag --${name} is not declared`)
    return values.get(name) ?? defaultValue(flag)
  }
  const wrong = (name: string, type: string): never => {
    throw new Error(`flag --${name} is not a ${type}`)
  }
  return {
    bool: (name) => {
      const value = read(name)
      return typeof value === 'boolean' ? value : wrong(name, 'bool')
    },
    number: (name) => {
      const value = read(name)
      return typeof value === 'number' ? value : wrong(name, 'number')
    },
    text: (name) => {
      const value = read(name)
      return typeof value === 'string' ? value : wrong(name, 'string')
    },
    list: (name) => {
      const value = read(name)
      return Array.isArray(value) ? value : wrong(name, 'list')
    },
    given: (name) => {
      read(name)
      return values.has(name)
    },
  }
}
