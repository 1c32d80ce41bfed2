// Owns `tiphys watch` over a server.
import { watchUntilDone } from '../after.ts'
import { namespaceOfWorkflow } from '../choose.ts'
import { withServer } from '../remote.ts'
import { shownNodes } from '../shown-nodes.ts'

export const run = withServer(async (remote) => {
  const shows = shownNodes(remote)
  const [name = ''] = remote.args
  await watchUntilDone(remote, { namespace: await namespaceOfWorkflow(remote, name), name }, shows === undefined ? {} : { shows })
  return undefined
})
