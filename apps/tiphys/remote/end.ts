// Owns ending workflows of a server: stopping and terminating differ in what they send and say.
import { type Chosen, chosenWorkflows } from './choose.ts'
import { nodeSelectorOf } from './node-selector.ts'
import { type Remote, namespaceFor } from './remote.ts'
import { changeWorkflow } from './workflows.ts'

export async function endWorkflows(remote: Remote, how: 'stop' | 'terminate'): Promise<undefined> {
  const { flags, connection, print } = remote
  const done = how === 'stop' ? 'stopped' : 'terminated'
  const nodeFieldSelector = how === 'stop' ? nodeSelectorOf(flags) : ''
  for (const one of how === 'terminate' ? await terminated(remote) : await chosenWorkflows(remote)) {
    if (flags.bool('dry-run')) {
      print(`workflow ${one.name} ${done} (dry-run)\n`)
      continue
    }
    const { metadata } = how === 'stop' ? await changeWorkflow(connection, 'stop', { ...one, nodeFieldSelector, message: flags.text('message') }) : await changeWorkflow(connection, 'terminate', one)
    print(`workflow ${metadata.name ?? one.name} ${done}\n`)
  }
  return undefined
}

/** Beside a selector the reference looks at no names here, and it asks for each name as often as it is given. */
async function terminated(remote: Remote): Promise<readonly Chosen[]> {
  const { argo, args, flags } = remote
  if (!argo) return chosenWorkflows(remote)
  if (flags.text('selector') !== '' || flags.text('field-selector') !== '') return chosenWorkflows({ ...remote, args: [] })
  return args.map((name) => ({ name, namespace: namespaceFor(remote) }))
}
