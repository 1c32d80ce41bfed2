// Owns `tiphys get` over a server.
import { namespaceOfWorkflow } from '../choose.ts'
import { withServer } from '../remote.ts'
import { showWorkflow } from '../show.ts'
import { shownNodes } from '../shown-nodes.ts'
import { getWorkflow } from '../workflows.ts'

export const run = withServer(async (remote) => {
  const { flags, args, connection } = remote
  const shows = shownNodes(remote)
  for (const name of args) {
    const workflow = await getWorkflow(connection, { namespace: await namespaceOfWorkflow(remote, name), name })
    showWorkflow(remote, workflow, { noColour: flags.bool('no-color'), noUtf8: flags.bool('no-utf8'), ...(shows === undefined ? {} : { shows }) })
  }
  return undefined
})
