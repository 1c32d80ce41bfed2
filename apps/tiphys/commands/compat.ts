// Owns the command tree as the reference has it, for `--compat argo`: without the flags and values that we added.
import type { CommandSpec, FlagSpec, Flags, Invocation, Outcome, Streams, WrongVariable } from '../flags/index.ts'
import { logLine } from '../remote/go-log.ts'

type Env = Readonly<Record<string, string | undefined>>

/** Whether the reference's words are wanted, which is known before the tree that tells flags from arguments. */
export function wantsArgo(argv: readonly string[], env: Env): boolean {
  const end = argv.indexOf('--')
  const words = end < 0 ? argv : argv.slice(0, end)
  const given = words.findLast((word, index) => word.startsWith('--compat=') || words[index - 1] === '--compat')
  return (given ?? env['TIPHYS_COMPAT']) === (given?.startsWith('--compat=') === true ? '--compat=argo' : 'argo')
}

/** The commands of the reference; ours are there all the same, though nobody sees them. */
const REFERENCE: ReadonlySet<string> = new Set([
  'archive', 'auth', 'cluster-template', 'completion', 'convert', 'cp', 'cron', 'delete', 'executor-plugin', 'get', 'lint', 'list', 'logs', 'node', 'resubmit', 'resume', 'retry',
  'server', 'stop', 'submit', 'suspend', 'sync', 'template', 'terminate', 'version', 'wait', 'watch',
])

export function argoTree(root: CommandSpec): CommandSpec {
  const commands = (root.commands ?? []).map((command) => ({ ...argoCommand(command), ...(REFERENCE.has(command.name) ? {} : { hidden: true }) }))
  return { ...argoCommand(root), commands }
}

function argoCommand(command: CommandSpec): CommandSpec {
  return {
    ...command,
    ...(command.flags === undefined ? {} : { flags: command.flags.map(argoFlag) }),
    ...(command.persistentFlags === undefined ? {} : { persistentFlags: command.persistentFlags.map(argoFlag) }),
    ...(command.commands === undefined ? {} : { commands: command.commands.map(argoCommand) }),
  }
}

function argoFlag(flag: FlagSpec): FlagSpec {
  const { own, argo = {}, hidden: _hidden, placeholder, values, ...rest } = flag
  if (own === true) return { ...flag, absent: true }
  const shown = argo.values ?? values ?? []
  return {
    ...rest, ...withoutValues(argo), ...(own === 'hidden' ? { hidden: true } : {}),
    // Words in capitals are ours; the reference names types.
    ...(placeholder !== undefined && placeholder !== placeholder.toUpperCase() ? { placeholder } : {}), ...(shown.length > 0 ? { values: shown } : {}),
  }
}

function withoutValues({ values: _, ...others }: NonNullable<FlagSpec['argo']>): Omit<NonNullable<FlagSpec['argo']>, 'values'> {
  return others
}

/** In any mixture of capitals; some are names of older days. */
const LEVELS: ReadonlySet<string> = new Set(['trace', 'debug', 'info', 'print', 'warn', 'error', 'fatal', 'panic'])
const FORMATS: ReadonlySet<string> = new Set(['text', 'json'])

/** What is judged before any command runs. */
export function beforeCommand({ flags, streams, wrongVariable }: Invocation): Outcome | undefined {
  if (wrongVariable !== undefined) return variableOutcome(flags, streams, wrongVariable)
  const [level, format] = [flags.text('loglevel'), flags.text('log-format')]
  const problem = LEVELS.has(level.toLowerCase()) ? (FORMATS.has(format.toLowerCase()) ? undefined : `invalid log type: ${format}`) : `invalid log level: ${level}`
  if (problem === undefined) return undefined
  if (flags.text('compat') !== 'argo') return { error: problem }
  streams.stderr(`${JSON.stringify({ time: new Date().toISOString(), level: 'ERROR', msg: 'Failed to create argo pre-run logger', error: problem })}\n`)
  return { exit: 1 }
}

/** The reference logs what it cannot read of the environment. */
function variableOutcome(flags: Flags, streams: Streams, { name, message }: WrongVariable): Outcome {
  if (flags.text('compat') !== 'argo') return { error: `${name}: ${message}` }
  streams.stderr(`${logLine(Date.now(), 'ERROR', 'Failed to set flag', { error: message })}\n`)
  return { exit: 1 }
}
