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
  // A phase is a term like others, with what has a meaning in them.
  const chosen = nodeSelector([...(status === '' ? [] : [`phase=${status}`]), ...(selector === '' ? [] : [selector])].join(','))
  return chosen.ok ? { ok: true, shows: chosen.value } : { ok: false, message: chosen.problem.message }
}
