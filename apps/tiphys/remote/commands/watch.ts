// Owns `tiphys watch` over a server.
import { nodeFilter } from '../../commands/get.ts'
import { watchUntilDone } from '../after.ts'
import { namespaceOfWorkflow } from '../choose.ts'
import { Mistake } from '../failure.ts'
import { withServer } from '../remote.ts'

export const run = withServer(async (remote) => {
  const filter = nodeFilter(remote.flags)
  if (!filter.ok) throw new Mistake(filter.message)
  const [name = ''] = remote.args
  await watchUntilDone(remote, { namespace: await namespaceOfWorkflow(remote, name), name }, filter.shows === undefined ? {} : { shows: filter.shows })
  return undefined
})
