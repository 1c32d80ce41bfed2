// Owns the command tree as the reference has it, for `--compat argo`: without the flags and values that we added.
import type { CommandSpec, FlagSpec, Invocation, Outcome } from '../flags/index.ts'

type Env = Readonly<Record<string, string | undefined>>

/** Whether the reference's words are wanted, which is known before the tree that tells flags from arguments. */
export function wantsArgo(argv: readonly string[], env: Env): boolean {
  const end = argv.indexOf('--')
  const words = end < 0 ? argv : argv.slice(0, end)
  const given = words.findLast((word, index) => word.startsWith('--compat=') || words[index - 1] === '--compat')
  return (given ?? env['TIPHYS_COMPAT']) === (given?.startsWith('--compat=') === true ? '--compat=argo' : 'argo')
}

/** Flags of ours that mean something to commands of the reference as well. */
const KEPT: ReadonlySet<string> = new Set(['data-dir', 'compat'])

export function argoTree(command: CommandSpec): CommandSpec {
  return {
    ...command,
    ...(command.flags === undefined ? {} : { flags: argoFlags(command.flags) }),
    ...(command.persistentFlags === undefined ? {} : { persistentFlags: argoFlags(command.persistentFlags) }),
    ...(command.commands === undefined ? {} : { commands: command.commands.map(argoTree) }),
  }
}

function argoFlags(flags: readonly FlagSpec[]): readonly FlagSpec[] {
  return flags.filter(({ own, name }) => own !== true || KEPT.has(name)).map((flag) => {
    const { hidden: _, argoValues, ...shown } = flag
    return { ...shown, ...(flag.own === true ? { hidden: true } : {}), ...(argoValues === undefined ? {} : { values: argoValues }) }
  })
}

const LEVELS: ReadonlySet<string> = new Set(['debug', 'info', 'warn', 'error'])
const FORMATS: ReadonlySet<string> = new Set(['text', 'json'])

/** What is judged before any command runs. */
export function beforeCommand({ flags, streams }: Invocation): Outcome | undefined {
  const [level, format] = [flags.text('loglevel'), flags.text('log-format')]
  const problem = LEVELS.has(level) ? (FORMATS.has(format) ? undefined : `invalid log format: ${format}`) : `invalid log level: ${level}`
  if (problem === undefined) return undefined
  if (flags.text('compat') !== 'argo') return { error: problem }
  streams.stderr(`${JSON.stringify({ time: new Date().toISOString(), level: 'ERROR', msg: 'Failed to create argo pre-run logger', error: problem })}\n`)
  return { exit: 1 }
}
