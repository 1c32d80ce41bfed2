// Owns the command `tiphys stop`.
import type { Invocation, Outcome } from '../flags/index.ts'
import { shutDown } from '../local/shutdown.ts'
import { nodeSelector } from '../print/index.ts'

export async function run(invocation: Invocation): Promise<Outcome> {
  const selector = invocation.flags.text('node-field-selector')
  const parsed = nodeSelector(selector)
  if (!parsed.ok) return { error: `unable to parse node field selector '${selector}': ${parsed.problem.message}` }
  return shutDown(invocation, { kind: 'stop', selector, message: invocation.flags.text('message') || undefined }, 'stopped')
}
