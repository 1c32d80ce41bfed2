// Owns the command `tiphys terminate`.
import type { Invocation, Outcome } from '../flags/index.ts'
import { shutDown } from '../local/shutdown.ts'

export async function run(invocation: Invocation): Promise<Outcome> {
  return shutDown(invocation, { kind: 'terminate' }, 'terminated')
}
