// Owns the command `tiphys resume`.
import type { Invocation, Outcome } from '../flags/index.ts'
import { pauseOrGoOn } from '../local/pause.ts'
import { nodeSelector } from '../print/index.ts'

export async function run(invocation: Invocation): Promise<Outcome> {
  const selector = invocation.flags.text('node-field-selector')
  const parsed = nodeSelector(selector)
  if (!parsed.ok) return { error: `unable to parse node field selector '${selector}': ${parsed.problem.message}` }
  return pauseOrGoOn(invocation, { kind: 'resume', selector }, 'resumed')
}
