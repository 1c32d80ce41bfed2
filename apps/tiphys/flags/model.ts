// Owns the shape of a command tree: commands, flags and arguments as plain data that parsing, help and completion all read.

/** How the text of a flag becomes a value; the names are those that help texts show. */
export type FlagType = 'bool' | 'string' | 'int' | 'int32' | 'uint' | 'float32' | 'duration' | 'strings' | 'stringArray'

/** A flag's value: durations are milliseconds, lists are `strings` (split at commas) and `stringArray` (as given). */
export type FlagValue = boolean | number | string | readonly string[]

export interface FlagSpec {
  readonly name: string
  /** One ASCII letter. */
  readonly short?: string
  readonly type: FlagType
  /** One sentence for the help text. */
  readonly usage: string
  /** The value when the flag is absent; the type's zero value when left out. */
  readonly default?: FlagValue
  /** The only texts accepted. */
  readonly values?: readonly string[]
  /** What a bare `--flag` means; booleans mean `true`. */
  readonly bare?: string
  /** How the help text calls the value, such as `host:port`. */
  readonly placeholder?: string
  readonly required?: boolean
  readonly hidden?: boolean
  /** An addition of ours, which the reference's command does not know: where its words are wanted, nobody can give it, or (`hidden`) sees it. */
  readonly own?: true | 'hidden'
  /** What is different where the reference's words are wanted; an empty list of values stands for any. */
  readonly argo?: { readonly type?: FlagType; readonly values?: readonly string[]; readonly default?: FlagValue; readonly usage?: string }
  /** A flag of the reference's that is taken and means nothing here. */
  readonly idle?: true
  /** A flag that nobody can give: it has its default. */
  readonly absent?: true
  /** Environment variables that stand in for an absent flag, the first that is set wins. */
  readonly env?: readonly string[]
  /** The kind of completion that the program offers for the value, such as `namespaces`. */
  readonly complete?: string
}

export interface Example {
  readonly does: string
  /** The command line without the program's name; further lines continue it. */
  readonly run: string
}

export interface ArgumentRule {
  readonly min?: number
  readonly max?: number
  /** A rule that counting cannot express; answers the message of the error. */
  readonly check?: (args: readonly string[], flags: Flags) => string | undefined
  /** The kind of completion that the program offers for arguments, such as `workflows` or `files`. */
  readonly complete?: string
}

export interface CommandSpec {
  readonly name: string
  /** What follows the name in the usage line, such as `WORKFLOW...`. */
  readonly operands?: string
  readonly aliases?: readonly string[]
  readonly short: string
  readonly long?: string
  readonly examples?: readonly Example[]
  readonly hidden?: boolean
  /** Mistakes in a call are reported without the usage. */
  readonly quiet?: boolean
  /** Exit code of a mistaken call; 1 when left out. */
  readonly usageExit?: number
  readonly flags?: readonly FlagSpec[]
  /** Flags of this command and all below it. */
  readonly persistentFlags?: readonly FlagSpec[]
  /** Groups of flags of which at most one may be given. */
  readonly exclusive?: readonly (readonly string[])[]
  readonly args?: ArgumentRule
  /** A rule of flags that goes before those that must be given; answers the message of the error. */
  readonly check?: (flags: Flags) => string | undefined
  readonly commands?: readonly CommandSpec[]
  /** Loads the code of the command, only when it runs. A command without it prints its help. */
  readonly load?: () => Promise<CommandModule>
}

/** The values of the flags of one invocation. Asking for an undeclared flag, or as the wrong type, is a bug and throws. */
export interface Flags {
  bool(name: string): boolean
  /** Of `duration`: milliseconds. */
  number(name: string): number
  text(name: string): string
  list(name: string): readonly string[]
  /** Whether the flag was given, on the command line or by its environment variable. */
  given(name: string): boolean
}

/** Where a command reads and writes; the same for a terminal, a pipe and a test. */
export interface Streams {
  readonly stdout: (text: string) => void
  readonly stderr: (text: string) => void
  readonly env: Readonly<Record<string, string | undefined>>
  /** Standard input as text; that of the process when left out. */
  readonly stdin?: () => Promise<string>
  /** Ends what would go on: waiting, watching, following. */
  readonly signal?: AbortSignal
}

export interface Invocation {
  /** The path of the command, such as `['cron', 'list']`. */
  readonly path: readonly string[]
  readonly args: readonly string[]
  readonly flags: Flags
  readonly streams: Streams
  /** What of the environment cannot be read, for whoever judges before the command runs. */
  readonly wrongVariable?: WrongVariable
  /** The help text of the command. */
  readonly help: () => string
}

/** A variable that stands in for a flag, with a value that the flag does not take. */
export interface WrongVariable {
  readonly name: string
  readonly message: string
}

/** What a command that ran ends with: an exit code, or a message after `Error:` and exit code 1. */
export type Outcome = { readonly exit: number } | { readonly error: string; readonly exit?: number }

export interface CommandModule {
  readonly run: (invocation: Invocation) => Promise<Outcome>
}

/** A place in the command tree: the command, and the commands above it from the root down. */
export interface Place {
  readonly command: CommandSpec
  readonly parents: readonly CommandSpec[]
}
