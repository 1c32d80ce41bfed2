// Owns `tiphys node set` over a server.
import { namespaceOfWorkflow } from '../choose.ts'
import { Mistake } from '../failure.ts'
import { nodeSelectorOf } from '../node-selector.ts'
import { guarded } from '../guard.ts'
import { withServer } from '../remote.ts'
import { changeWorkflow } from '../workflows.ts'

const set = withServer(async (remote) => {
  const { flags, args, connection, print } = remote
  const name = args[1] ?? ''
  const outputParameters = outputsOf(flags.list('output-parameter'))
  const wish = { nodeFieldSelector: nodeSelectorOf(flags), message: flags.text('message'), phase: flags.text('phase'), outputParameters }
  await changeWorkflow(connection, 'set', { name, namespace: await namespaceOfWorkflow(remote, name), ...wish })
  print('workflow values set\n')
  return undefined
})

export const run = guarded(async (invocation) => {
  const [action] = invocation.args
  if (action !== 'set') throw new Mistake(`unknown action '${action ?? ''}'`)
  return set(invocation)
})

/** `NAME=VALUE` texts as a JSON object; empty for none. */
function outputsOf(given: readonly string[]): string {
  const values: [string, string][] = given.map((text) => {
    const at = text.indexOf('=')
    if (at < 0) throw new Mistake(`expected parameter of the form: NAME=VALUE. Received: ${text}`)
    return [text.slice(0, at), unquoted(text.slice(at + 1))]
  })
  return values.length === 0 ? '' : JSON.stringify(Object.fromEntries(values))
}

/** A value may be quoted, as the reference takes it. */
function unquoted(value: string): string {
  try {
    const read: unknown = /^".*"$/s.test(value) ? JSON.parse(value) : undefined
    return typeof read === 'string' ? read : value
  } catch {
    return value
  }
}
