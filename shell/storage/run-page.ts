// Owns how the pages of a list of runs are continued.
import type { RunListQuery, SqlRow } from '@tiphys/shell/ports'

/** The last row of a page, as its order names it. */
export type RunPlace = readonly (string | number)[]

/** Where a page ended: opaque to clients, tied to the order it was made for. */
export function writeRunToken({ order }: RunListQuery, row: SqlRow | undefined): string {
  const place = order === 'name' ? [row?.['namespace'], row?.['name'], row?.['id']] : [row?.['created_at'], row?.['id']]
  return Buffer.from(JSON.stringify([order ?? 'newest', ...place])).toString('base64url')
}

/** Undefined when the token is not one of a list in this order. */
export function readRunToken({ order = 'newest', continue: token = '' }: RunListQuery): RunPlace | undefined {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(token, 'base64url').toString())
    if (!Array.isArray(parsed) || parsed[0] !== order) return undefined
    const place: unknown[] = parsed.slice(1)
    const types = order === 'name' ? ['string', 'string', 'number'] : ['number', 'number']
    const fits = place.length === types.length && place.every((value, index) => typeof value === types[index])
    return fits ? (place as RunPlace) : undefined
  } catch {
    return undefined
  }
}
