// Owns field selectors as Kubernetes reads them: `a=b,c!=d`, with a backslash in front of `,`, `=` and `\` inside values.
import { type Result, bad, compareText, ok } from '@tiphys/core/kube'

export interface FieldTerm {
  readonly field: string
  readonly value: string
  readonly equal: boolean
}

/** Terms that must all hold; none at all matches everything. */
export interface FieldSelector {
  readonly terms: readonly FieldTerm[]
}

// Longer selectors are nothing that a person or a program writes.
const LENGTH_MAX = 65_536

/** Reads a field selector. Errors: `selector_invalid` with the text of the Kubernetes libraries. */
export function parseFieldSelector(text: string): Result<FieldSelector> {
  if (text.length > LENGTH_MAX) return bad('selector_invalid', `invalid selector: longer than ${LENGTH_MAX} characters`)
  const terms: FieldTerm[] = []
  for (const part of splitTerms(text).sort(compareText)) {
    if (part === '') continue
    const term = splitTerm(part)
    if (term === undefined) return bad('selector_invalid', `invalid selector: '${text}'; can't understand '${part}'`, 'write terms as field=value or field!=value')
    const value = unescapeValue(term.value)
    if (!value.ok) return value
    terms.push({ ...term, value: value.value })
  }
  return ok({ terms })
}

/** Whether every term holds; a field that `read` does not know counts as empty text. */
export function matchesFields(selector: FieldSelector, read: (field: string) => string | undefined): boolean {
  return selector.terms.every((term) => ((read(term.field) ?? '') === term.value) === term.equal)
}

function splitTerms(text: string): string[] {
  const parts: string[] = []
  let start = 0
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\') i++
    else if (text[i] === ',') {
      parts.push(text.slice(start, i))
      start = i + 1
    }
  }
  parts.push(text.slice(start))
  return parts
}

function splitTerm(part: string): FieldTerm | undefined {
  const match = /!=|==?/.exec(part)
  if (match === null) return undefined
  return { field: part.slice(0, match.index), value: part.slice(match.index + match[0].length), equal: match[0] !== '!=' }
}

function unescapeValue(text: string): Result<string> {
  let value = ''
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i)
    if (char === ',' || char === '=') return bad('selector_invalid', `invalid field selector: unescaped character in value: ${char.charCodeAt(0)}`, `write \\${char}`)
    if (char !== '\\') {
      value += char
      continue
    }
    const next = text.charAt(++i)
    if (next === '' || !'\\,='.includes(next)) return bad('selector_invalid', `invalid field selector: invalid escape sequence: \\${next}`, 'only \\\\, \\, and \\= are known')
    value += next
  }
  return ok(value)
}
