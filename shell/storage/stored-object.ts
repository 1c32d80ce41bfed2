// Owns how an object lies in a database: its text, the kinds of its changes, and what of it stands in side tables.
import type { StoredObject } from '@tiphys/shell/ports'

export const eventCode = { ADDED: 0, MODIFIED: 1, DELETED: 2 } as const

/** The object in a stored text; undefined when the text is not one. */
export function parseObject(body: unknown): StoredObject | undefined {
  try {
    const parsed: unknown = JSON.parse(String(body))
    const hasMeta = typeof parsed === 'object' && parsed !== null && 'metadata' in parsed && typeof parsed.metadata === 'object' && parsed.metadata !== null
    return hasMeta ? (parsed as StoredObject) : undefined
  } catch {
    return undefined
  }
}

/** Everything of an object that side tables hold, as one text to compare. */
export function sideOf({ metadata }: StoredObject): string {
  return JSON.stringify([metadata.labels, metadata.ownerReferences])
}
