// Owns the command `tiphys delete`.
import type { Flags, Invocation, Outcome } from '../flags/index.ts'
import { chosenRuns } from '../local/chosen.ts'
import { act } from '../local/reader.ts'
import { removeRun } from '../local/remove.ts'
import type { Selection } from '../local/select.ts'

export async function run(invocation: Invocation): Promise<Outcome> {
  const { args, flags, streams } = invocation
  const nothing = (): Outcome => {
    for (const name of args) streams.stdout(`Workflow '${name}' not found\n`)
    if (args.length === 0) streams.stdout('No resources found\n')
    return { exit: 0 }
  }
  return act(invocation, async (session): Promise<Outcome> => {
    const chosen = await chosenRuns({ ...session, namespace: flags.bool('all-namespaces') ? undefined : session.namespace }, args, selectionOf(flags))
    if (!chosen.ok) return { error: chosen.message }
    if (chosen.list.length === 0) return nothing()
    for (const one of chosen.list) {
      if (flags.bool('dry-run')) streams.stdout(`Workflow '${one.name}' deleted (dry-run)\n`)
      else if ('missing' in one) streams.stdout(`Workflow '${one.name}' not found\n`)
      else {
        const removed = await removeRun(session, one.run, { force: flags.bool('force') })
        if (!removed.ok) return { error: removed.message }
        streams.stdout(`Workflow '${one.name}' deleted\n`)
      }
    }
    return { exit: 0 }
  }, nothing)
}

const FILTERS = ['all', 'completed', 'resubmitted', 'prefix', 'selector', 'field-selector', 'older', 'status']

function selectionOf(flags: Flags): Omit<Selection, 'namespace'> | undefined {
  if (!FILTERS.some((name) => flags.given(name))) return undefined
  return {
    labels: flags.text('selector'), fields: flags.text('field-selector'), status: flags.list('status'), completed: flags.bool('completed'),
    resubmitted: flags.bool('resubmitted'), prefix: flags.text('prefix'), older: flags.text('older'),
  }
}
