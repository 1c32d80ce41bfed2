// Owns what the shell asks for at each press of the tab key: `__complete WORDS... PARTIAL` answers candidates and a directive.
import { type FlagSet, flagsAt } from './flag-set.ts'
import { type Located, locate } from './locate.ts'
import type { CommandSpec, FlagSpec, Flags } from './model.ts'
import { parseFlags } from './parse.ts'
import { bareText, isList } from './values.ts'

export interface Candidate {
  readonly value: string
  readonly description?: string
}

export interface CompletionQuery {
  /** What is wanted, as declared in the command tree, such as `workflows`. */
  readonly kind: string
  readonly path: readonly string[]
  readonly args: readonly string[]
  readonly flag: (name: string) => string | undefined
  /** All flags so far; absent where they cannot be read. */
  readonly flags?: Flags | undefined
}

/** Looks up values, such as the names of workflows. Failing is an empty list: a shell has nowhere to show errors. */
export type Completer = (query: CompletionQuery) => Promise<readonly Candidate[]>

/** Bits that tell the shell's script what to do with the candidates. */
export const DIRECTIVE = { default: 0, noSpace: 2, noFiles: 4, fileExtensions: 8, directories: 16, keepOrder: 32 } as const

const REQUEST = '__complete'
const REQUEST_PLAIN = '__completeNoDesc'

/** Kinds that the shell completes by itself, from the file system. */
const FILE_KINDS: Readonly<Record<string, { lines: readonly string[]; directive: number }>> = {
  files: { lines: [], directive: DIRECTIVE.default },
  manifests: { lines: ['yaml', 'yml', 'json'], directive: DIRECTIVE.fileExtensions },
  directories: { lines: [], directive: DIRECTIVE.directories },
}

export function isCompletionRequest(argv: readonly string[]): boolean {
  return argv[0] === REQUEST || argv[0] === REQUEST_PLAIN
}

interface Asker {
  readonly root: CommandSpec
  readonly completer?: Completer
}

/** The lines to print: one candidate a line, its description after a tab, and `:DIRECTIVE` last. */
export async function completionReply(program: Asker, argv: readonly string[], env: Readonly<Record<string, string | undefined>>): Promise<string> {
  const words = argv.slice(1, -1)
  const partial = argv.length > 1 ? (argv.at(-1) ?? '') : ''
  const located = locate(program.root, words)
  const reply = located.ok ? await candidatesAt({ program, place: located.value, partial, env }) : nothing
  const plain = argv[0] === REQUEST_PLAIN
  const lines = reply.candidates.map(({ value, description }) =>
    plain || description === undefined || description === '' ? value : `${value}\t${description.split('\n')[0]}`,
  )
  return [...lines, `:${reply.directive}`, ''].join('\n')
}

interface Reply {
  readonly candidates: readonly Candidate[]
  readonly directive: number
}

interface Question {
  readonly program: Asker
  readonly place: Located
  readonly partial: string
  readonly env: Readonly<Record<string, string | undefined>>
}

const nothing: Reply = { candidates: [], directive: DIRECTIVE.noFiles }

async function candidatesAt(question: Question): Promise<Reply> {
  const { place, partial } = question
  const set = flagsAt(place)
  const value = flagValueWanted(set, place.rest, partial)
  if (value !== undefined) return flagValues(question, value)
  if (partial.startsWith('-') && !partial.includes('=') && !place.rest.includes('--')) return flagNames(set, place.rest, partial)
  const children = place.command.commands ?? []
  const parsed = parseFlags(set, place.rest, question.env)
  const args = parsed.ok ? parsed.value.args : []
  if (children.length > 0 && args.length === 0) return commandNames(place, partial)
  const rule = place.command.args
  if (rule?.complete === undefined || args.length >= (rule.max ?? Infinity)) {
    return rule === undefined || rule.complete !== undefined ? nothing : { candidates: [], directive: DIRECTIVE.default }
  }
  return lookUp(question, rule.complete, partial)
}

function commandNames(place: Located, partial: string): Reply {
  const children = (place.command.commands ?? []).filter((child) => child.hidden !== true && child.name.startsWith(partial))
  const candidates: Candidate[] = children.map((child) => ({ value: child.name, description: child.short }))
  if (place.parents.length === 0 && 'help'.startsWith(partial)) candidates.push({ value: 'help', description: 'help about any command' })
  return { candidates: candidates.toSorted((a, b) => (a.value < b.value ? -1 : 1)), directive: DIRECTIVE.noFiles }
}

function flagNames(set: FlagSet, given: readonly string[], partial: string): Reply {
  const used = new Set(given.map((word) => word.split('=')[0]))
  const fresh = [...set.byName.values()].filter(
    (flag) => flag.hidden !== true && (isList(flag) || !(used.has(`--${flag.name}`) || used.has(`-${flag.short}`))),
  )
  const required = fresh.filter((flag) => flag.required === true && `--${flag.name}`.startsWith(partial))
  const candidates = (required.length > 0 ? required : fresh).flatMap((flag) => {
    const names = flag.short === undefined || partial.startsWith('--') ? [`--${flag.name}`] : [`--${flag.name}`, `-${flag.short}`]
    return names.filter((name) => name.startsWith(partial)).map((value) => ({ value, description: flag.usage }))
  })
  return { candidates: candidates.toSorted((a, b) => (a.value < b.value ? -1 : 1)), directive: DIRECTIVE.noFiles }
}

interface WantedValue {
  readonly flag: FlagSpec
  readonly partial: string
  /** What stands before the value within the same word: `--output=`. */
  readonly prefix: string
}

function flagValueWanted(set: FlagSet, given: readonly string[], partial: string): WantedValue | undefined {
  if (given.includes('--')) return undefined
  const attached = /^(--([^=]+)|-(.))=/.exec(partial)
  if (attached !== null) {
    const flag = set.byName.get(attached[2] ?? '') ?? set.byShort.get(attached[3] ?? '')
    return flag === undefined ? undefined : { flag, partial: partial.slice(attached[0].length), prefix: attached[0] }
  }
  const last = given.at(-1) ?? ''
  const flag = last.startsWith('--') ? set.byName.get(last.slice(2)) : /^-[^-]/.test(last) ? set.byShort.get(last.at(-1) ?? '') : undefined
  return flag === undefined || bareText(flag) !== undefined ? undefined : { flag, partial, prefix: '' }
}

async function flagValues(question: Question, { flag, partial, prefix }: WantedValue): Promise<Reply> {
  const fixed = flag.values ?? (flag.type === 'bool' ? ['true', 'false'] : undefined)
  let reply: Reply
  if (fixed !== undefined) {
    reply = { candidates: fixed.filter((value) => value.startsWith(partial)).map((value) => ({ value })), directive: DIRECTIVE.noFiles }
  } else if (flag.complete !== undefined) {
    reply = await lookUp(question, flag.complete, partial)
  } else {
    return { candidates: [], directive: DIRECTIVE.default }
  }
  if (prefix === '' || reply.directive === DIRECTIVE.fileExtensions) return reply
  return { ...reply, candidates: reply.candidates.map((candidate) => ({ ...candidate, value: prefix + candidate.value })) }
}

async function lookUp({ program, place, env }: Question, kind: string, partial: string): Promise<Reply> {
  const files = FILE_KINDS[kind]
  if (files !== undefined) return { candidates: files.lines.map((value) => ({ value })), directive: files.directive }
  if (program.completer === undefined) return nothing
  const parsed = parseFlags(flagsAt(place), place.rest, env)
  const found = await program.completer({
    kind,
    path: [...place.parents.slice(1), place.command].map((command) => command.name),
    args: parsed.ok ? parsed.value.args : [],
    flag: (name) => (parsed.ok && parsed.value.flags.given(name) ? parsed.value.flags.text(name) : undefined),
    flags: parsed.ok ? parsed.value.flags : undefined,
  })
  return { candidates: found.filter((candidate) => candidate.value.startsWith(partial)), directive: DIRECTIVE.noFiles }
}
