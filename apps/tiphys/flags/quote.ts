// Owns how Go prints a quoted string or character, since error messages contain them.

const ESCAPES: Readonly<Record<string, string>> = {
  '\u0007': '\\a', '\b': '\\b', '\f': '\\f', '\n': '\\n', '\r': '\\r', '\t': '\\t', '\v': '\\v', '\\': '\\\\',
}

/** The text in double quotes, unprintable characters escaped as Go escapes them. */
export function quoteText(text: string): string {
  return `"${escapeWith(text, '"')}"`
}

/** One character in single quotes. */
export function quoteCharacter(character: string): string {
  return `'${escapeWith(character, "'")}'`
}

function escapeWith(text: string, quote: string): string {
  let out = ''
  for (const character of text) out += escapeOne(character, quote)
  return out
}

function escapeOne(character: string, quote: string): string {
  if (character === quote) return `\\${quote}`
  const known = ESCAPES[character]
  if (known !== undefined) return known
  const point = character.codePointAt(0) ?? 0
  if (point < 0x20 || point === 0x7f) return `\\x${point.toString(16).padStart(2, '0')}`
  // Go prints letters, marks, numbers, punctuation, symbols and the ASCII space as they are.
  if (character === ' ' || /^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u.test(character)) return character
  return point > 0xffff ? `\\U${point.toString(16).padStart(8, '0')}` : `\\u${point.toString(16).padStart(4, '0')}`
}
