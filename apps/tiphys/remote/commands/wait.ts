// Owns `tiphys wait` over a server.
import { waitForAll } from '../after.ts'
import { namespaceOfWorkflow } from '../choose.ts'
import { withServer } from '../remote.ts'

export const run = withServer(async (remote) => {
  const named = await Promise.all(remote.args.map(async (name) => ({ name, namespace: await namespaceOfWorkflow(remote, name) })))
  return waitForAll(remote, named, { ignoreNotFound: remote.flags.bool('ignore-not-found') })
})
