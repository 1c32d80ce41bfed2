// Owns ending workflows of a server: stopping and terminating differ in what they send and say.
import { chosenWorkflows } from './choose.ts'
import { nodeSelectorOf } from './node-selector.ts'
import type { Remote } from './remote.ts'
import { changeWorkflow } from './workflows.ts'

export async function endWorkflows(remote: Remote, how: 'stop' | 'terminate'): Promise<undefined> {
  const { flags, connection, print } = remote
  const done = how === 'stop' ? 'stopped' : 'terminated'
  const nodeFieldSelector = how === 'stop' ? nodeSelectorOf(flags) : ''
  for (const one of await chosenWorkflows(remote)) {
    if (flags.bool('dry-run')) {
      print(`workflow ${one.name} ${done} (dry-run)\n`)
      continue
    }
    if (how === 'stop') await changeWorkflow(connection, 'stop', { ...one, nodeFieldSelector, message: flags.text('message') })
    else await changeWorkflow(connection, 'terminate', one)
    print(`workflow ${one.name} ${done}\n`)
  }
  return undefined
}
