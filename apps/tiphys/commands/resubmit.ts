// Owns the command `tiphys resubmit`.
import type { Invocation, Outcome } from '../flags/index.ts'
import { resubmitRun } from '../local/begin.ts'
import { eachRun } from '../local/each.ts'

export async function run(invocation: Invocation): Promise<Outcome> {
  const { flags } = invocation
  const wish = { memoized: flags.bool('memoized'), parameters: flags.list('parameter'), priority: flags.given('priority') ? flags.number('priority') : undefined }
  return eachRun(invocation, (each) => resubmitRun(invocation, { ...each, ...wish }))
}
