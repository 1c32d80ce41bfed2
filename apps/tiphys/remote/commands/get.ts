// Owns `tiphys get` over a server.
import { nodeFilter } from '../../commands/get.ts'
import { Mistake } from '../failure.ts'
import { namespaceOfWorkflow } from '../choose.ts'
import { withServer } from '../remote.ts'
import { showWorkflow } from '../show.ts'
import { getWorkflow } from '../workflows.ts'

export const run = withServer(async (remote) => {
  const { flags, args, connection } = remote
  const filter = nodeFilter(flags)
  if (!filter.ok) throw new Mistake(filter.message)
  for (const name of args) {
    const workflow = await getWorkflow(connection, { namespace: await namespaceOfWorkflow(remote, name), name })
    showWorkflow(remote, workflow, { noColour: flags.bool('no-color'), noUtf8: flags.bool('no-utf8'), ...(filter.shows === undefined ? {} : { shows: filter.shows }) })
  }
  return undefined
})
