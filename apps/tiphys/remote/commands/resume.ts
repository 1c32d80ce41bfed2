// Owns `tiphys resume` over a server.
import { namespaceOfWorkflow } from '../choose.ts'
import { during } from '../failure.ts'
import { nodeSelectorOf } from '../node-selector.ts'
import { withServer } from '../remote.ts'
import { changeWorkflow } from '../workflows.ts'

export const run = withServer(async (remote) => {
  const nodeFieldSelector = nodeSelectorOf(remote.flags)
  for (const name of remote.args) {
    await during(`failed to resume ${name}`, changeWorkflow(remote.connection, 'resume', { name, namespace: await namespaceOfWorkflow(remote, name), nodeFieldSelector }))
    remote.print(`workflow ${name} resumed\n`)
  }
  return undefined
})
