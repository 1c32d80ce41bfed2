// The public face of the command-line kit: command trees as data, and one function that runs them.
export type {
  ArgumentRule, CommandModule, CommandSpec, Example, FlagSpec, FlagType, FlagValue, Flags, Invocation, Outcome, Place, Streams, WrongVariable,
} from './model.ts'
export { type Candidate, type Completer, type CompletionQuery } from './complete.ts'
export { type Program, execute } from './execute.ts'
export { flagsAt, pathText } from './flag-set.ts'
export { helpText, useLine, usageText } from './help.ts'
export { SHELLS, type Shell, completionScript } from './shells.ts'
export { quoteText } from './quote.ts'
export { defaultText } from './values.ts'
