// Owns refusing what only runs of this machine can have, where a server carries workflows out.
import { Mistake } from './failure.ts'
import type { Remote } from './remote.ts'

/** Flags of commands that else carry a run out themselves. */
const HERE: readonly string[] = ['with', 'image-map', 'runner']

export function refuseHereOnly({ argo, flags }: Remote): void {
  if (argo) return
  const given = HERE.find((name) => flags.given(name))
  if (given !== undefined) throw new Mistake(`--${given} is for runs that this command carries out; here a server does, and has its own`)
}
