// Owns `tiphys suspend` over a server.
import { namespaceOfWorkflow } from '../choose.ts'
import { during } from '../failure.ts'
import { withServer } from '../remote.ts'
import { changeWorkflow } from '../workflows.ts'

export const run = withServer(async (remote) => {
  for (const name of remote.args) {
    await during(`failed to suspend ${name}`, changeWorkflow(remote.connection, 'suspend', { name, namespace: await namespaceOfWorkflow(remote, name) }))
    remote.print(`workflow ${name} suspended\n`)
  }
  return undefined
})
