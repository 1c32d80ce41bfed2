// Owns the answers about loops: the numbers of a sequence, and the tasks that a list of items makes.
import {
  type CaseAnswer, type LoopItems, type SequenceInput, type Value, compileDocument, evaluateWhen, expandSequence, itemsOfList, itemsOfParam, loopItemName,
  renderDocument, scopeOfVariables,
} from '@tiphys/core/expr'
import type { Result } from '@tiphys/core/kube'

/** Answers hold every item, so that they stop where nobody reads any more. */
const SHOWN_MAX = 100_000

export function answerSequence(given: unknown): CaseAnswer {
  const input = typeof given === 'object' && given !== null ? (given as SequenceInput) : { count: given as string | number }
  const items = expandSequence(input)
  return items.ok ? { out: Array.from({ length: Math.min(SHOWN_MAX, items.value.length) }, (_, index) => items.value.at(index).text) } : { error: items.problem.message }
}

export interface ItemsCase {
  /** A `withItems` list. */
  readonly in?: unknown
  /** The same list as it was spelled, if that is known. */
  readonly spelling?: string
  /** The text of a `withParam`. */
  readonly withParam?: string
  /** The name of the step or task. */
  readonly name?: string
  /** The value of one argument, and the condition. */
  readonly value?: string
  readonly when?: string
  readonly vars?: Readonly<Record<string, Value>>
  readonly owner?: string
}

export function answerItems(input: ItemsCase): CaseAnswer {
  const { name = '', value, owner } = input
  const when = input.when === '' ? undefined : input.when
  // A condition that is false as it is written keeps whatever is wrong with the items, and outputs that never came, from mattering.
  const skipped = when !== undefined && isFalse(when)
  if (owner === 'dag' && input.withParam === undefined && Array.isArray(input.in) && input.in.length === 0) return { out: [withoutAbsent({ name, value, when })] }
  const items = itemsOf(input)
  if (!items.ok) return skipped ? { out: [] } : { error: items.problem.message }
  const variables = Object.entries(input.vars ?? {}).filter(([, value]) => !skipped || value !== null)
  // The list of a DAG task is part of what is filled, that of a step is not.
  const lists = owner === 'dag' ? { withItems: input.in, withParam: input.withParam } : {}
  const document = compileDocument({ ...withoutAbsent({ name, value, when }), ...lists })
  const out: unknown[] = []
  for (let index = 0; index < Math.min(SHOWN_MAX, items.value.length); index++) {
    const item = items.value.at(index)
    const members = [...item.members].map(([key, text]) => [`item.${key}`, text] as const)
    const scope = scopeOfVariables(new Map<string, Value>([...variables, ['item', item.text], ...members]))
    const filled = renderDocument(document, scope, { allowUnresolved: skipped })
    if (!filled.ok) return { error: filled.error.message }
    const { withItems: _, withParam: __, ...task } = filled.value as Readonly<Record<string, unknown>>
    out.push({ ...task, name: loopItemName(name, index, item) })
  }
  return { out }
}

function itemsOf({ in: list, spelling, withParam }: ItemsCase): Result<LoopItems> {
  if (withParam !== undefined) return itemsOfParam(withParam)
  if (spelling !== undefined) return itemsOfParam(spelling)
  return itemsOfList(Array.isArray(list) ? list : [])
}

function withoutAbsent(fields: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined))
}

function isFalse(when: string): boolean {
  const verdict = evaluateWhen(when)
  return verdict.ok && !verdict.value
}
