// Owns what a rule about one kind of struct looks like, and small answers that many rules give.
import type { JsonObject, Path } from '@tiphys/core/spec'
import type { Remarks } from '../finding.ts'
import { hasTag } from '../visit.ts'

export interface StructPlace {
  readonly path: Path
  readonly remarks: Remarks
}

export type StructRule = (value: JsonObject, at: StructPlace) => void

/** The text of a field; empty when there is none. */
export function textOf(value: JsonObject, key: string): string {
  const text = value[key]
  return typeof text === 'string' ? text : ''
}

/** A text whose value is known now: neither empty nor with tags. */
export function fixedText(value: JsonObject, key: string): string | undefined {
  const text = textOf(value, key)
  return text === '' || hasTag(text) ? undefined : text
}

export function numberOf(value: JsonObject, key: string): number | undefined {
  const number = value[key]
  return typeof number === 'number' ? number : undefined
}

export function hasField(value: JsonObject, key: string): boolean {
  const member = value[key]
  return member !== undefined && member !== null && member !== ''
}

/** The first of Kubernetes' complaints about a name, without its example and its regular expression. */
export function firstProblem(problems: readonly string[]): string | undefined {
  return problems[0]?.replace(/ \(e\.g\..*$/s, '')
}
