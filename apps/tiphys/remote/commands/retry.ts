// Owns `tiphys retry` over a server: the server carries on, the command may wait.
import { afterwards } from '../after.ts'
import { type Chosen, chosenWorkflows, placeOf } from '../choose.ts'
import { nodeSelectorOf } from '../node-selector.ts'
import { refuseHereOnly } from '../here-only.ts'
import { withServer } from '../remote.ts'
import { showWorkflow } from '../show.ts'
import { changeWorkflow } from '../workflows.ts'

export const run = withServer(async (remote) => {
  const { flags, connection } = remote
  refuseHereOnly(remote)
  const nodeFieldSelector = nodeSelectorOf(flags)
  const retried: Chosen[] = []
  for (const one of await chosenWorkflows(remote)) {
    const workflow = await changeWorkflow(connection, 'retry', { ...one, nodeFieldSelector, restartSuccessful: flags.bool('restart-successful'), parameters: flags.list('parameter') })
    showWorkflow(remote, workflow)
    retried.push(placeOf(workflow))
  }
  // Following several at once is nothing that a person could read.
  return retried.length === 1 ? afterwards(remote, retried) : undefined
})
