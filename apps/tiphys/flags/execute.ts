// Owns one invocation of the program: find the command, parse, check, load and run it, and report what went wrong.
import type { Problem } from '@tiphys/core/kube'
import { type Completer, completionReply, isCompletionRequest } from './complete.ts'
import { type FlagSet, childNamed, flagsAt } from './flag-set.ts'
import { helpText, usageText } from './help.ts'
import { type Located, firstOperand, locate, unknownCommand } from './locate.ts'
import type { ArgumentRule, CommandSpec, Flags, Invocation, Outcome, Place, Streams, WrongVariable } from './model.ts'
import { type Parsed, parseFlags } from './parse.ts'

export interface Program {
  readonly root: CommandSpec
  /** Offers values for completion; absent: only commands, flags and their fixed values are completed. */
  readonly completer?: Completer
  /** Judges an invocation before its command runs; an outcome is its end. */
  readonly before?: (invocation: Invocation) => Outcome | undefined
}

/** Runs a command line and answers the exit code. Everything that a user can get wrong is reported, nothing is thrown for it. */
export async function execute(program: Program, argv: readonly string[], streams: Streams): Promise<number> {
  // Flags of all commands may stand in front, as in a script that always gives some.
  const words = argv.slice(firstOperand(argv, flagsAt({ command: program.root, parents: [] })) ?? argv.length)
  if (isCompletionRequest(words)) return replyToCompletion(program, words, streams)
  if (words[0] === 'help') return help(program.root, words.slice(1), streams)
  const located = locate(program.root, argv)
  if (!located.ok) {
    streams.stderr(`Error: ${located.problem.message}\nRun '${program.root.name} --help' for usage.\n`)
    return 1
  }
  return runAt(located.value, program, streams)
}

async function runAt(place: Located, program: Program, streams: Streams): Promise<number> {
  const set = flagsAt(place)
  const parsed = parseFlags(set, place.rest, streams.env)
  if (!parsed.ok) return usageError(place, parsed.problem, streams)
  if (parsed.value.wrongVariable !== undefined) return wrongEnvironment(parsed.value.wrongVariable, program, invocationAt(place, parsed.value, streams))
  const load = place.command.load
  if (parsed.value.helpWanted) return printHelp(place, streams)
  const wrongArguments = argumentProblem(place, parsed.value)
  if (wrongArguments !== undefined) return usageError(place, { code: 'arguments', message: wrongArguments }, streams)
  if (load === undefined) return groupHelp(place, program.before?.(invocationAt(place, parsed.value, streams)), streams)
  const wrongFlags = place.command.check?.(parsed.value.flags) ?? missingFlags(set, parsed.value.flags) ?? exclusiveFlags(place.command, parsed.value.flags)
  if (wrongFlags !== undefined) return fail({ error: wrongFlags }, streams)
  for (const { name, idle } of set.byName.values()) if (idle === true && parsed.value.flags.given(name)) streams.stderr(`--${name} is taken, and means nothing here\n`)
  const invocation = invocationAt(place, parsed.value, streams)
  const outcome = program.before?.(invocation) ?? (await (await load()).run(invocation))
  return 'error' in outcome ? fail(outcome, streams) : outcome.exit
}

async function wrongEnvironment({ name, message }: WrongVariable, { before }: Program, invocation: Invocation): Promise<number> {
  const outcome = before?.(invocation) ?? { error: `${name}: ${message}` }
  return 'error' in outcome ? fail(outcome, invocation.streams) : outcome.exit
}

function invocationAt(place: Place, { args, flags, wrongVariable }: Parsed, streams: Streams): Invocation {
  return { ...(wrongVariable !== undefined && { wrongVariable }), path: [...place.parents.slice(1), place.command].map((command) => command.name), args, flags, streams, help: () => helpText(place) }
}

/** What is judged before commands run is judged before the help of a group, too. */
function groupHelp(place: Place, wrong: Outcome | undefined, streams: Streams): number {
  if (wrong === undefined) return printHelp(place, streams)
  return 'error' in wrong ? fail(wrong, streams) : wrong.exit
}

function printHelp(place: Place, streams: Streams): number {
  streams.stdout(helpText(place))
  return 0
}

function fail(outcome: Extract<Outcome, { error: string }>, streams: Streams): number {
  streams.stderr(`Error: ${outcome.error}\n`)
  return outcome.exit ?? 1
}

/** The message, the usage, and last, where a reader looks first, what was probably meant. */
function usageError(place: Place, problem: Problem, streams: Streams): number {
  const exit = place.command.usageExit ?? 1
  if (place.command.quiet === true) return fail({ error: problem.message, exit }, streams)
  const hint = problem.hint === undefined ? '' : `\n${problem.hint[0]?.toUpperCase()}${problem.hint.slice(1)}\n`
  streams.stderr(`Error: ${problem.message}\n${usageText(place)}${hint}\n`)
  return exit
}

function argumentProblem(place: Place, parsed: Parsed): string | undefined {
  const rule = place.command.args
  if (rule === undefined) return undefined
  if (rule.max === 0 && parsed.args[0] !== undefined) return unknownCommand(place, parsed.args[0])
  return countProblem(rule, parsed.args.length) ?? rule.check?.(parsed.args, parsed.flags)
}

function countProblem({ min = 0, max = Infinity }: ArgumentRule, count: number): string | undefined {
  if (count >= min && count <= max) return undefined
  if (min === max) return `accepts ${min} arg(s), received ${count}`
  if (max === Infinity) return `requires at least ${min} arg(s), only received ${count}`
  if (min === 0) return `accepts at most ${max} arg(s), received ${count}`
  return `accepts between ${min} and ${max} arg(s), received ${count}`
}

function missingFlags(set: FlagSet, flags: Flags): string | undefined {
  const missing = [...set.byName.values()].filter((flag) => flag.required === true && !flags.given(flag.name))
  if (missing.length === 0) return undefined
  const names = missing.map((flag) => flag.name).toSorted()
  return `required flag(s) "${names.join('", "')}" not set`
}

function exclusiveFlags(command: CommandSpec, flags: Flags): string | undefined {
  for (const group of command.exclusive ?? []) {
    const given = group.filter((name) => flags.given(name)).toSorted()
    if (given.length > 1) {
      return `if any flags in the group [${group.join(' ')}] are set none of the others can be; [${given.join(' ')}] were all set`
    }
  }
  return undefined
}

/** `help COMMAND...` is `COMMAND... --help`. */
function help(root: CommandSpec, words: readonly string[], streams: Streams): number {
  let place: Place = { command: root, parents: [] }
  for (const word of words.filter((candidate) => !candidate.startsWith('-'))) {
    const child = childNamed(place.command, word)
    if (child === undefined) {
      streams.stderr(`Unknown help topic ${JSON.stringify(words.join(' '))}\n${usageText({ command: root, parents: [] })}\n`)
      return 1
    }
    place = { command: child, parents: [...place.parents, place.command] }
  }
  return printHelp(place, streams)
}

async function replyToCompletion(program: Program, argv: readonly string[], streams: Streams): Promise<number> {
  const reply = await completionReply(program, argv, streams.env)
  streams.stdout(reply)
  return 0
}
