// Owns JSON output as Go writes it: indented, and with the characters escaped that HTML could misread.
import type { Json } from '@tiphys/core/spec'

const HTML_ESCAPES: Readonly<Record<string, string>> = {
  '<': '\\u003c', '>': '\\u003e', '&': '\\u0026', '\u2028': '\\u2028', '\u2029': '\\u2029',
}

/** JSON text; `indent` blanks a level, 0 for one line. No line break at the end. */
export function toJson(value: Json, indent: 0 | 2 | 4): string {
  return JSON.stringify(value, null, indent).replace(/[<>&\u2028\u2029]/g, (character) => HTML_ESCAPES[character] ?? character)
}
