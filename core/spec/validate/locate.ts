// Owns finding where in an object a tag stands, so that a refusal which names only the tag can be shown at its place.
import type { Path } from '../decode/path.ts'
import { within, type Place } from './invalid.ts'

const nodesMax = 100_000

/** The place of the first text at or below `place` (and the given path) that holds the tag; the place itself when none does. */
export function locateTag(place: Place, tag: string | undefined, ...path: Path): Place {
  const from = within(place, ...path)
  if (tag === undefined) return from
  const found = findText(valueAt(from.base.object, from.path), `{{${unescaped(tag)}}}`)
  return found === undefined ? from : within(from, ...found)
}

function unescaped(tag: string): string {
  try {
    return JSON.parse(`"${tag}"`) as string
  } catch {
    // A tag that runs across the ends of texts is not the content of one.
    return tag
  }
}

export function valueAt(root: unknown, path: Path): unknown {
  let at: unknown = root
  for (const part of path) {
    if (typeof at !== 'object' || at === null) return undefined
    at = (at as { readonly [key: string | number]: unknown })[part]
  }
  return at
}

/** Breadth first, so that a text near the top is found before one far below. */
function findText(root: unknown, wanted: string): Path | undefined {
  const queue: { readonly value: unknown; readonly path: Path }[] = [{ value: root, path: [] }]
  for (let i = 0; i < queue.length && i < nodesMax; i++) {
    const entry = queue[i]
    if (entry === undefined) break
    const { value, path } = entry
    if (typeof value === 'string') {
      if (value.includes(wanted)) return path
    } else if (Array.isArray(value)) value.forEach((item, k) => queue.push({ value: item, path: [...path, k] }))
    else if (typeof value === 'object' && value !== null) {
      for (const [key, member] of Object.entries(value)) queue.push({ value: member, path: [...path, key] })
    }
  }
  return undefined
}
