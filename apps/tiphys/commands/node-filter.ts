// Owns which nodes the flags `--status` and `--node-field-selector` let through.
import type { NodeStatus } from '@tiphys/core/spec'
import type { Flags } from '../flags/index.ts'
import { nodeSelector } from '../print/index.ts'

export type Shows = ((node: NodeStatus) => boolean) | undefined

/** Which nodes `--status` and `--node-field-selector` let through. */
export function nodeFilter(flags: Flags): { readonly ok: true; readonly shows: Shows } | { readonly ok: false; readonly message: string } {
  const status = flags.text('status')
  const selector = flags.text('node-field-selector')
  if (status === '' && selector === '') return { ok: true, shows: undefined }
  const chosen = nodeSelector(selector)
  if (!chosen.ok) return { ok: false, message: chosen.problem.message }
  return { ok: true, shows: (node) => (status === '' || node.phase === status) && chosen.value(node) }
}
