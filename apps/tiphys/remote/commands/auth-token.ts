// Owns `tiphys auth token`: what requests to the server bear.
import { Mistake } from '../failure.ts'
import { guarded } from '../guard.ts'
import { givenAuth, isArgo, serverOf } from '../server.ts'

export const run = guarded(async (invocation) => {
  const named = invocation.flags.text('argo-server') !== ''
  const auth = givenAuth(invocation) ?? (named ? undefined : (await serverOf(invocation))?.auth)
  if (auth === undefined) throw new Mistake(isArgo(invocation.flags) ? 'could not find a token' : "no token is known: set ARGO_TOKEN to 'Bearer ...', or start a server")
  invocation.streams.stdout(`${auth}\n`)
  return undefined
})
