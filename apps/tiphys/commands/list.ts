// Owns the command `tiphys list`.
import type { Workflow } from '@tiphys/core/spec'
import { systemClock } from '@tiphys/shell/adapters/system'
import type { RunSummary } from '@tiphys/shell/ports'
import type { Flags, Invocation, Outcome } from '../flags/index.ts'
import { look } from '../local/reader.ts'
import { loadRun, outlineOf, workflowOf } from '../local/runs.ts'
import { type Selection, selectRuns } from '../local/select.ts'
import type { LocalSession } from '../local/session.ts'
import { type ListOutput, describeWorkflows, sortWorkflows } from '../print/index.ts'
import { localClock } from '../terminal/index.ts'

export async function run(invocation: Invocation): Promise<Outcome> {
  const { flags, streams } = invocation
  if (flags.bool('completed') && flags.bool('running')) return { error: '--completed and --running cannot be used together' }
  const now = systemClock.now()
  const found = await look(invocation, (session) => find(session, flags, now), (): Found => ({ ok: true, workflows: [] }))
  if (!found.ok) return { error: found.message }
  const options = {
    clock: localClock(now), output: flags.text('output') as ListOutput, noHeaders: flags.bool('no-headers'), namespace: flags.bool('all-namespaces'),
  }
  streams.stdout(describeWorkflows(sortWorkflows(found.workflows), options))
  return { exit: 0 }
}

type Found = { readonly ok: true; readonly workflows: readonly Workflow[] } | { readonly ok: false; readonly message: string }

async function find(session: LocalSession, flags: Flags, now: number): Promise<Found> {
  const selected = await selectRuns(session.state, selectionOf(flags), now)
  if (!selected.ok) return selected
  // Names and the plain table need nothing that is not in the index.
  const whole = ['wide', 'json', 'yaml'].includes(flags.text('output'))
  return { ok: true, workflows: whole ? await wholeWorkflows(session, selected.runs) : selected.runs.map(outlineOf) }
}

function selectionOf(flags: Flags): Selection {
  return {
    namespace: flags.bool('all-namespaces') ? '' : flags.text('namespace'), labels: flags.text('selector'), fields: flags.text('field-selector'),
    status: flags.list('status'), completed: flags.bool('completed'), running: flags.bool('running'), resubmitted: flags.bool('resubmitted'),
    prefix: flags.text('prefix'), since: flags.text('since'), older: flags.text('older'),
  }
}

/** One that cannot be read is shown as the index knows it: it must not hide the others. */
async function wholeWorkflows({ state }: LocalSession, runs: readonly RunSummary[]): Promise<readonly Workflow[]> {
  const workflows: Workflow[] = []
  for (const summary of runs) {
    const loaded = await loadRun(state, summary.uid)
    if (loaded.ok) workflows.push(workflowOf(loaded.value))
    else if (!loaded.gone) workflows.push(outlineOf(summary))
  }
  return workflows
}
