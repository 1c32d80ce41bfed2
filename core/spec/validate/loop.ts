// Owns which `item` names a loop brings into scope.
import { isObject } from '../json.ts'
import type { DAGTask, WorkflowStep } from '../wire/index.ts'
import { anyItem, type Names } from './tags.ts'

/** Puts the names of a loop's items into scope; the message when the loop is contradictory. */
export function addItemNames(holder: WorkflowStep | DAGTask, names: Names): string | undefined {
  const { withItems = [], withParam = '', withSequence } = holder
  const defined = [withItems.length > 0, withParam !== '', withSequence !== undefined].filter(Boolean).length
  if (defined > 1) return 'only one of withItems, withParam, withSequence can be specified'
  for (const item of withItems) {
    if (Array.isArray(item)) item.forEach((_, i) => names.own.add(`item.[${i}]`))
    else if (isObject(item)) for (const key of Object.keys(item)) names.own.add(`item.${key}`)
    else if (item !== null) names.own.add('item')
  }
  if (withParam !== '') {
    names.own.add('item')
    names.own.add(anyItem)
  }
  if (withSequence === undefined) return undefined
  if (withSequence.count !== undefined && withSequence.end !== undefined) return 'only one of count or end can be defined in withSequence'
  names.own.add('item')
  return undefined
}

export function hasExitHook(holder: WorkflowStep | DAGTask): boolean {
  return (holder.onExit ?? '') !== '' || holder.hooks?.['exit'] !== undefined
}

/** A loop over a list, whose results come together; a sequence does not count here. */
export function collectsResults(holder: WorkflowStep | DAGTask): boolean {
  return (holder.withItems ?? []).length > 0 || (holder.withParam ?? '') !== ''
}
