// Owns carrying out one command on several workflows in turn, in the foreground.
import type { Flags, Invocation, Outcome } from '../flags/index.ts'
import { chosenRuns } from './chosen.ts'
import { type Finding, findingsText } from './input.ts'
import { givenSetup } from './given.ts'
import { type DataFolders, dataFolders } from './home.ts'
import { look } from './reader.ts'
import { notFoundMessage } from './runs.ts'
import type { RunSetup } from './setup.ts'

export interface Each {
  readonly folders: DataFolders
  readonly given: RunSetup
  readonly name: string
}

/** One after the other. The first that cannot begin ends it; the exit code is that of the last one that went wrong. */
export async function eachRun(invocation: Invocation, work: (each: Each) => Promise<Outcome>): Promise<Outcome> {
  const { flags, streams } = invocation
  const given = await givenSetup(flags)
  if (!given.ok) return refuse(invocation, given.findings)
  const names = await namesOf(invocation)
  if (!names.ok) return { error: names.message }
  const folders = dataFolders(flags.text('data-dir'), streams.env)
  let exit = 0
  for (const name of names.names) {
    const outcome = await work({ folders, given: given.setup, name })
    if ('error' in outcome) return outcome
    if (outcome.exit !== 0) exit = outcome.exit
  }
  return { exit }
}

type Names = { readonly ok: true; readonly names: readonly string[] } | { readonly ok: false; readonly message: string }

function namesOf(invocation: Invocation): Promise<Names> {
  const { args, flags } = invocation
  const missing = args[0] === undefined ? undefined : notFoundMessage(args[0])
  return look(invocation, async (session): Promise<Names> => {
    const chosen = await chosenRuns(session, args, selectionOf(flags))
    if (!chosen.ok) return chosen
    for (const one of chosen.list) if ('missing' in one) return { ok: false, message: one.missing }
    return { ok: true, names: chosen.list.flatMap((one) => ('run' in one ? [one.run.name] : [])) }
  }, (): Names => (missing === undefined ? { ok: true, names: [] } : { ok: false, message: missing }))
}

function selectionOf(flags: Flags): { readonly labels: string; readonly fields: string } | undefined {
  const [labels, fields] = [flags.text('selector'), flags.text('field-selector')]
  return labels === '' && fields === '' ? undefined : { labels, fields }
}

function refuse({ streams }: Invocation, findings: readonly Finding[]): Outcome {
  streams.stderr(findingsText(findings))
  return { exit: 1 }
}
