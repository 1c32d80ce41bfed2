// What texts of custom metrics may name besides the variables of their template: how long something took, how it stands, what came out (METRIC-2).
import type { RunNode, UnixMs } from './model.ts'
import { isFulfilled } from './nodes.ts'

/** Of a workflow that has just begun. */
export function initialVariables(): Map<string, string> {
  return new Map([['duration', '0'], ['status', 'Pending'], ['resourcesDuration.cpu', '0'], ['resourcesDuration.memory', '0']])
}

/** Of a node, by now. */
export function nodeVariables(node: RunNode, now: UnixMs): Map<string, string> {
  const variables = initialVariables()
  variables.set('duration', (elapsedMs(node, now) / 1000).toFixed(6))
  variables.set('status', node.phase)
  if (node.children.length > 0) variables.set('retries', String(node.children.length - 1))
  for (const { name, value } of node.inputs?.parameters ?? []) variables.set(`inputs.parameters.${name}`, value ?? '')
  for (const { name, value } of node.outputs?.parameters ?? []) variables.set(`outputs.parameters.${name}`, value ?? '')
  if (node.outputs?.result !== undefined) variables.set('outputs.result', node.outputs.result)
  if (node.outputs?.exitCode !== undefined) variables.set('exitCode', node.outputs.exitCode)
  for (const [name, seconds] of Object.entries(node.resourcesDuration ?? {})) variables.set(`resourcesDuration.${name}`, String(seconds))
  return variables
}

function elapsedMs(node: RunNode, now: UnixMs): number {
  const end = isFulfilled(node) ? (node.finishedAt ?? now) : now
  return Math.max(0, end - node.startedAt)
}
