// Owns `tiphys lint` over a server: the server judges, as it knows the templates that are not among the files.
import { kindsOf, run as lintHere } from '../../commands/lint.ts'
import type { Invocation, Outcome } from '../../flags/index.ts'
import { Mistake } from '../failure.ts'
import { LINTED_KINDS, type LintedKind, lintWith } from '../lint.ts'
import { withServer } from '../remote.ts'

const remotely = withServer(async (remote) => {
  const kinds = kindsOf(remote.flags)
  if (!kinds.ok) throw new Mistake(kinds.message)
  return lintWith(remote, (kinds.kinds ?? LINTED_KINDS) as readonly LintedKind[], remote.flags.bool('no-color'))
})

/** Our own lint says more than a server; it steps back only where a server was named. */
export async function run(invocation: Invocation): Promise<Outcome> {
  const { flags } = invocation
  const named = flags.text('argo-server') !== '' || flags.text('server') !== ''
  return named && ['pretty', 'simple'].includes(flags.text('output')) ? remotely(invocation) : lintHere(invocation)
}
