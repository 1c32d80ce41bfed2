// Owns the selector of nodes as commands send it: read here, so that mistakes are told before anything is asked.
import type { Flags } from '../flags/index.ts'
import { nodeSelector } from '../print/index.ts'
import { Mistake } from './failure.ts'

export function nodeSelectorOf(flags: Flags): string {
  const text = flags.text('node-field-selector')
  const read = nodeSelector(text)
  if (!read.ok) throw new Mistake(`unable to parse node field selector '${text}': ${read.problem.message.replace(/^selector is invalid: /, '')}`)
  return text
}
