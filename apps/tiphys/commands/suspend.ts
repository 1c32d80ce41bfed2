// Owns the command `tiphys suspend`.
import type { Invocation, Outcome } from '../flags/index.ts'
import { pauseOrGoOn } from '../local/pause.ts'

export async function run(invocation: Invocation): Promise<Outcome> {
  return pauseOrGoOn(invocation, { kind: 'suspend' }, 'suspended')
}
