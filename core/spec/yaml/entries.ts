// Owns what a map becomes while it is read: entries added one by one, merges laid in, keys that stand twice told.
import { isObject, setOwn, type Json } from '../json.ts'
import type { DuplicateKey, MapMark, Mark } from './marks.ts'
import { fail, type Scanner } from './scanner.ts'

export interface Composer {
  readonly s: Scanner
  readonly anchors: Map<string, { value: Json; mark: Mark; size: number } | 'open'>
  readonly duplicates: DuplicateKey[]
  mark: Mark
  depth: number
  /** Values read so far, aliases counted with all they stand for. */
  size: number
  aliased: number
}

export interface OpenMap {
  readonly value: { [key: string]: Json }
  readonly mark: MapMark
}

export function newMap(at: number): OpenMap {
  return { value: {}, mark: { kind: 'map', at, keys: [], keyAts: [], marks: [] } }
}

export interface Key {
  readonly text: string
  readonly at: number
  readonly merge: boolean
  readonly valid: boolean
}

export interface Entry {
  readonly key: Key
  readonly value: Json
  readonly mark: Mark
  /** The value was named with an alias. */
  readonly alias?: boolean
}

export function addEntry(c: Composer, open: OpenMap, entry: Entry): void {
  const { key, value, mark } = entry
  if (c.s.failure !== undefined) return
  if (!key.valid) return fail(c.s, key.at, 'a map key must be text, a number or a boolean')
  if (key.merge) return mergeEntry(c, open, entry)
  const before = Object.hasOwn(open.value, key.text) ? open.mark.keys.indexOf(key.text) : -1
  if (before >= 0) c.duplicates.push({ key: key.text, at: key.at, firstAt: open.mark.keyAts[before] ?? 0 })
  const place = before >= 0 ? before : open.mark.keys.length
  open.mark.keys[place] = key.text
  open.mark.keyAts[place] = key.at
  open.mark.marks[place] = mark
  setOwn(open.value, key.text, value)
}

/** `<<` copies entries in place, so that what follows it wins over it and it wins over what precedes it. */
function mergeEntry(c: Composer, open: OpenMap, entry: Entry): void {
  if (entry.alias === true && !isObject(entry.value)) return fail(c.s, entry.key.at, 'map merge requires a map or a list of maps as its value')
  const sources = Array.isArray(entry.value) ? [...entry.value].reverse() : [entry.value]
  for (const source of sources) {
    if (!isObject(source)) {
      return fail(c.s, entry.key.at, 'map merge requires a map or a list of maps as its value')
    }
    for (const [text, value] of Object.entries(source)) {
      const key: Key = { text, at: entry.key.at, merge: false, valid: true }
      addEntry(c, open, { key, value, mark: entry.key.at })
    }
  }
}
