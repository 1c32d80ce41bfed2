// Workflow volumes may name outputs of steps: what a scope can resolve is resolved before the next pods are made.
import type { Volume } from '@tiphys/core/spec'
import type { Turn } from './model.ts'
import type { Scope } from './scope.ts'
import { renderValue } from './render.ts'

/** Substitutes what is still open in the volumes. Returns the problem, if any. */
export function substituteVolumes(turn: Turn, scope: Scope): string | undefined {
  const { run } = turn
  if (!run.volumesOpen) return undefined
  const rendered = renderValue(run.volumes, scope, { allowUnresolved: true })
  if (!rendered.ok) return rendered.error.message
  run.volumes = rendered.value as readonly Volume[]
  run.volumesOpen = JSON.stringify(run.volumes).includes('{{')
  return undefined
}
