// Owns the command `tiphys get`.
import { workflowSchema, type Workflow } from '@tiphys/core/spec'
import type { Invocation, Outcome } from '../flags/index.ts'
import { look } from '../local/reader.ts'
import { type Loaded, findRun, loadRun, notFoundMessage, workflowOf } from '../local/runs.ts'
import { describeWorkflow, objectText } from '../print/index.ts'
import { localClock, lookFor } from '../terminal/index.ts'
import { type Shows, nodeFilter } from './node-filter.ts'

export async function run(invocation: Invocation): Promise<Outcome> {
  const { flags } = invocation
  const shows = nodeFilter(flags)
  if (!shows.ok) return { error: shows.message }
  for (const name of invocation.args) {
    const loaded = await look(invocation, async ({ state, namespace }): Promise<Loaded> => {
      const found = await findRun(state, { name, namespace })
      return found.ok ? loadRun(state, found.run.uid) : { ...found, gone: true }
    }, (): Loaded => ({ ok: false, message: notFoundMessage(name), gone: true }))
    if (!loaded.ok) return { error: loaded.message }
    print(invocation, workflowOf(loaded.value), shows.shows)
  }
  return { exit: 0 }
}

function print({ flags, streams }: Invocation, workflow: Workflow, shows: Shows): void {
  const format = flags.text('output')
  if (format === 'name') return streams.stdout(`${workflow.metadata.name ?? ''}\n`)
  // The reference leaves out kind and version here, though not in lists.
  const { apiVersion: _version, kind: _kind, ...rest } = workflow
  if (format === 'json' || format === 'yaml') return streams.stdout(objectText(workflowSchema, rest, format))
  const look = lookFor({ isTerminal: process.stdout.isTTY === true, env: streams.env, noColour: flags.bool('no-color'), noUtf8: flags.bool('no-utf8'), argo: flags.text('compat') === 'argo' })
  const columns = format === 'short' || format === 'wide' ? format : ''
  streams.stdout(describeWorkflow(workflow, { clock: localClock(Date.now()), look, columns, dagsByName: flags.text('compat') === 'argo', ...(shows !== undefined && { shows }) }))
}
