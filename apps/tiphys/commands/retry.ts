// Owns the command `tiphys retry`.
import type { Invocation, Outcome } from '../flags/index.ts'
import { retryRun } from '../local/begin.ts'
import { eachRun } from '../local/each.ts'
import { nodeSelector } from '../print/index.ts'

export async function run(invocation: Invocation): Promise<Outcome> {
  const { flags } = invocation
  const selector = flags.text('node-field-selector')
  const parsed = nodeSelector(selector)
  if (!parsed.ok) return { error: `unable to parse node field selector '${selector}': ${parsed.problem.message}` }
  const options = { restartSuccessful: flags.bool('restart-successful'), nodeFieldSelector: selector, parameters: flags.list('parameter') }
  return eachRun(invocation, (each) => retryRun(invocation, { ...each, options }))
}
