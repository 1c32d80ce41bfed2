// Owns `tiphys resubmit` over a server.
import { afterwards } from '../after.ts'
import { type Chosen, chosenWorkflows, placeOf } from '../choose.ts'
import { refuseHereOnly } from '../here-only.ts'
import { withServer } from '../remote.ts'
import { showWorkflow } from '../show.ts'
import { changeWorkflow } from '../workflows.ts'

export const run = withServer(async (remote) => {
  const { flags, connection } = remote
  refuseHereOnly(remote)
  const submitted: Chosen[] = []
  for (const one of await chosenWorkflows(remote)) {
    const workflow = await changeWorkflow(connection, 'resubmit', { ...one, memoized: flags.bool('memoized'), parameters: flags.list('parameter') })
    showWorkflow(remote, workflow)
    submitted.push(placeOf(workflow))
  }
  return submitted.length === 1 ? afterwards(remote, submitted) : undefined
})
