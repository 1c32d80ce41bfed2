// Owns the places of keys and values in JSON text that is known to be valid, and the keys that stand twice.
import type { DuplicateKey, MapMark, Mark } from '../yaml/marks.ts'

export interface JsonMarks {
  readonly mark: Mark
  readonly duplicates: readonly DuplicateKey[]
}

interface Walk {
  readonly text: string
  at: number
  /** Where the walk is, as keys and indexes. */
  readonly path: (string | number)[]
  readonly duplicates: DuplicateKey[]
}

/** Call only with text that JSON.parse accepted and whose nesting is limited. */
export function markJson(text: string): JsonMarks {
  const walk: Walk = { text, at: 0, path: [], duplicates: [] }
  const mark = markValue(walk)
  return { mark, duplicates: walk.duplicates }
}

function skipBlanks(w: Walk): number {
  for (let c = w.text.charCodeAt(w.at); c === 32 || c === 10 || c === 13 || c === 9; c = w.text.charCodeAt(w.at)) w.at++
  return w.text.charCodeAt(w.at)
}

function markValue(w: Walk): Mark {
  const c = skipBlanks(w)
  const at = w.at
  if (c === 123) return markMap(w, at)
  if (c === 91) return markList(w, at)
  if (c === 34) skipString(w)
  else while (w.at < w.text.length && !',]} \n\r\t'.includes(w.text.charAt(w.at))) w.at++
  return at
}

function skipString(w: Walk): void {
  w.at++
  for (let c = w.text.charCodeAt(w.at); c !== 34; c = w.text.charCodeAt(w.at)) w.at += c === 92 ? 2 : 1
  w.at++
}

function markList(w: Walk, at: number): Mark {
  const items: Mark[] = []
  w.at++
  if (skipBlanks(w) === 93) {
    w.at++
    return { kind: 'list', at, items }
  }
  for (;;) {
    w.path.push(items.length)
    items.push(markValue(w))
    w.path.pop()
    const c = skipBlanks(w)
    w.at++
    if (c !== 44) return { kind: 'list', at, items }
  }
}

function markMap(w: Walk, at: number): Mark {
  const map: MapMark = { kind: 'map', at, keys: [], keyAts: [], marks: [] }
  const places = new Map<string, number>()
  w.at++
  if (skipBlanks(w) === 125) {
    w.at++
    return map
  }
  for (;;) {
    skipBlanks(w)
    const keyAt = w.at
    skipString(w)
    const key = String(JSON.parse(w.text.slice(keyAt, w.at)))
    skipBlanks(w)
    w.at++
    const before = places.get(key)
    w.path.push(key)
    if (before !== undefined) w.duplicates.push({ key, at: keyAt, firstAt: map.keyAts[before] ?? 0, path: [...w.path] })
    const place = before ?? map.keys.length
    places.set(key, place)
    map.keys[place] = key
    map.keyAts[place] = keyAt
    map.marks[place] = markValue(w)
    w.path.pop()
    const c = skipBlanks(w)
    w.at++
    if (c !== 44) return map
  }
}
