// Owns the elements of `withItems`, `withParam` and `withSequence`, made one at a time so that a loop costs nothing until it runs.
import { type Result, bad, goJson, jsonElements, jsonProblem, ok } from '@tiphys/core/kube'
import { formatGoInt } from './go-format.ts'
import { type LoopItem, itemOf } from './item.ts'

/** The elements of a loop. `at` takes indices from 0 to `length` - 1. */
export type LoopItems = {
  readonly length: number
  readonly at: (index: number) => LoopItem
}

/** A loop with more elements than this is refused. */
export const LOOP_ITEMS_MAX = 1_000_000

/** The elements of a `withItems` list of JSON values. */
export function itemsOfList(items: readonly unknown[]): Result<LoopItems> {
  if (items.length > LOOP_ITEMS_MAX) return tooMany(items.length)
  return ok({ length: items.length, at: (index) => itemOf(goJson(items[index] ?? null)) })
}

/** The elements of a `withParam` text after substitution: a JSON list, whose numbers and escapes keep their spelling. */
export function itemsOfParam(text: string): Result<LoopItems> {
  const problem = jsonProblem(text) ?? notAList(text)
  if (problem !== undefined) {
    return bad('with_param_invalid', `withParam value could not be parsed as a JSON list: ${text.trim()}: ${problem}`, 'the value has to be a JSON list such as ["a", "b"]')
  }
  const elements = text.trim() === 'null' ? [] : jsonElements(text)
  if (elements.length > LOOP_ITEMS_MAX) return tooMany(elements.length)
  return ok({ length: elements.length, at: (index) => itemOf(elements[index] ?? 'null') })
}

function notAList(text: string): string | undefined {
  const kinds = new Map([['{', 'object'], ['"', 'string'], ['t', 'bool'], ['f', 'bool']])
  const first = text.trim().charAt(0)
  if (first === '[' || first === 'n') return undefined
  return `json: cannot unmarshal ${kinds.get(first) ?? 'number'} into Go value of type []v1alpha1.Item`
}

/** A `withSequence`; numbers may be given as text. */
export type SequenceInput = {
  readonly count?: string | number | null | undefined
  readonly start?: string | number | null | undefined
  readonly end?: string | number | null | undefined
  readonly format?: string | undefined
}

/** The elements of a `withSequence`: `count` numbers from `start`, or those from `start` to `end`, downwards if need be. */
export function expandSequence(sequence: SequenceInput): Result<LoopItems> {
  const start = readInt(sequence.start ?? 0)
  if (!start.ok) return start
  const count = readInt(sequence.count ?? 0)
  const last = count.ok || typeof sequence.count === 'string' ? readLast(sequence, start.value) : count
  if (!last.ok) return last
  if (last.value === undefined) return ok({ length: 0, at: () => itemOf('null') })
  const step = start.value <= last.value ? 1n : -1n
  const length = (last.value - start.value) * step + 1n
  if (length > BigInt(LOOP_ITEMS_MAX)) return tooMany(length)
  const format = sequence.format === undefined || sequence.format === '' ? '%d' : sequence.format
  const rawAt = (index: number): string => `"${formatGoInt(format, start.value + BigInt(index) * step)}"`
  const problem = sequenceProblem(format, Number(length), rawAt)
  if (problem !== undefined) return bad('with_sequence_format', problem, 'the format has to print one number, such as "item-%03d"')
  return ok({ length: Number(length), at: (index) => itemOf(rawAt(index)) })
}

/** What makes an element no JSON string. Only the verbs `c`, `q` and `U`, and escapes that the number completes, let that depend on it. */
function sequenceProblem(format: string, length: number, rawAt: (index: number) => string): string | undefined {
  const toCheck = /[cqU\\]/.test(format) ? length : Math.min(1, length)
  for (let index = 0; index < toCheck; index++) {
    const problem = jsonProblem(rawAt(index))
    if (problem !== undefined) return problem
  }
  return undefined
}

function readLast(sequence: SequenceInput, start: bigint): Result<bigint | undefined> {
  if (sequence.end !== undefined && sequence.end !== null) return readInt(sequence.end)
  if (sequence.count === undefined || sequence.count === null) return bad('with_sequence_incomplete', 'neither end nor count was specified in withSequence', 'add count or end')
  const count = readInt(sequence.count)
  if (!count.ok) return count
  return ok(count.value === 0n ? undefined : BigInt.asIntN(64, start + count.value - 1n))
}

/** Numbers fit into 32 bits, as everywhere in Kubernetes where text or a number may stand; text may name larger ones. */
function readInt(value: string | number): Result<bigint> {
  const text = String(value)
  if (typeof value !== 'string' && (typeof value !== 'number' || (value | 0) !== value)) {
    return bad('with_sequence_number', `json: cannot unmarshal ${typeof value === 'number' ? `number ${text}` : typeof value} into a number of type int32`)
  }
  if (!/^[+-]?[0-9]+$/.test(text)) return bad('with_sequence_number', `strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`)
  const parsed = text.length > 400 ? undefined : BigInt(text.replace(/^\+/, ''))
  if (parsed === undefined || BigInt.asIntN(64, parsed) !== parsed) {
    return bad('with_sequence_number', `strconv.Atoi: parsing ${JSON.stringify(text)}: value out of range`)
  }
  return ok(parsed)
}

function tooMany(length: number | bigint): Result<never> {
  return bad('loop_too_long', `the loop has ${length} items, more than ${LOOP_ITEMS_MAX}`, 'split the loop')
}
