// Owns field selectors such as `metadata.name=x,status.phase!=Running`.
import { type Result, bad, ok } from './result.ts'
import { SELECTOR_LENGTH_MAX } from './label-selector.ts'
import { compareText } from './text.ts'

export type FieldRequirement = { readonly field: string; readonly equal: boolean; readonly value: string }

/** Conditions that all have to hold. */
export type FieldSelector = readonly FieldRequirement[]

const HINT = 'write selectors such as metadata.name=x,status.phase!=Running'

/** Reads a field selector. In values a backslash stands before a backslash, a comma or an equals sign. */
export function parseFieldSelector(text: string): Result<FieldSelector> {
  if (text.length > SELECTOR_LENGTH_MAX) return bad('field_selector_invalid', `the selector is longer than ${SELECTOR_LENGTH_MAX} characters`)
  const requirements: FieldRequirement[] = []
  // What is told first does not depend on how the terms were ordered.
  for (const term of (text.match(/(?:[^\\,]|\\[^]?)+/g) ?? []).toSorted(compareText)) {
    const split = /^([^]*?)(!=|==|=)([^]*)$/.exec(term)
    if (split === null) return bad('field_selector_invalid', `invalid selector: '${text}'; can't understand '${term}'`, HINT)
    const value = unescape(split[3] ?? '')
    if (!value.ok) return value
    requirements.push({ field: split[1] ?? '', equal: split[2] !== '!=', value: value.value })
  }
  return ok(requirements)
}

function unescape(text: string): Result<string> {
  let out = ''
  for (let i = 0; i < text.length; i++) {
    const character = text.charAt(i)
    if (character === '=' || character === ',') {
      return bad('field_selector_invalid', `invalid field selector: unescaped character in value: ${character.charCodeAt(0)}`, HINT)
    }
    if (character !== '\\') {
      out += character
      continue
    }
    const escaped = text.charAt(i + 1)
    if (escaped !== '\\' && escaped !== ',' && escaped !== '=') {
      return bad('field_selector_invalid', `invalid field selector: invalid escape sequence: \\${escaped}`, HINT)
    }
    out += escaped
    i++
  }
  return ok(out)
}

/** Whether an object satisfies every requirement; `valueOf` gives the text of a field, empty when it is absent. */
export function matchesFields(selector: FieldSelector, valueOf: (field: string) => string): boolean {
  return selector.every(({ field, equal, value }) => (valueOf(field) === value) === equal)
}
