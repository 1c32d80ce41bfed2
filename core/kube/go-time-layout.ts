// Owns how a Go time layout (an example date such as `2006-01-02`) splits into the parts it stands for.

export type LayoutField =
  | 'longMonth' | 'month' | 'numMonth' | 'zeroMonth'
  | 'longWeekday' | 'weekday'
  | 'day' | 'underDay' | 'zeroDay' | 'underYearDay' | 'zeroYearDay'
  | 'hour' | 'hour12' | 'zeroHour12' | 'minute' | 'zeroMinute' | 'second' | 'zeroSecond'
  | 'longYear' | 'year' | 'PM' | 'pm' | 'zone'
  | 'isoZone' | 'isoSecondsZone' | 'isoShortZone' | 'isoColonZone' | 'isoColonSecondsZone'
  | 'numZone' | 'numSecondsZone' | 'numShortZone' | 'numColonZone' | 'numColonSecondsZone'
  | 'fraction0' | 'fraction9'

export type LayoutPart =
  | { readonly type: 'text'; readonly text: string }
  /** `text` is how the layout spells the field; `digits` and `separator` are those of a fraction of a second. */
  | { readonly type: 'field'; readonly field: LayoutField; readonly text: string; readonly digits: number; readonly separator: string }

// Longer spellings stand before their own beginnings, since the first that matches wins.
const FIELDS: ReadonlyArray<readonly [string, LayoutField]> = [
  ['January', 'longMonth'], ['Jan', 'month'], ['Monday', 'longWeekday'], ['Mon', 'weekday'], ['MST', 'zone'],
  ['002', 'zeroYearDay'], ['01', 'zeroMonth'], ['02', 'zeroDay'], ['03', 'zeroHour12'], ['04', 'zeroMinute'], ['05', 'zeroSecond'], ['06', 'year'],
  ['15', 'hour'], ['1', 'numMonth'], ['2006', 'longYear'], ['2', 'day'], ['__2', 'underYearDay'], ['_2', 'underDay'],
  ['3', 'hour12'], ['4', 'minute'], ['5', 'second'], ['PM', 'PM'], ['pm', 'pm'],
  ['-070000', 'numSecondsZone'], ['-07:00:00', 'numColonSecondsZone'], ['-0700', 'numZone'], ['-07:00', 'numColonZone'], ['-07', 'numShortZone'],
  ['Z070000', 'isoSecondsZone'], ['Z07:00:00', 'isoColonSecondsZone'], ['Z0700', 'isoZone'], ['Z07:00', 'isoColonZone'], ['Z07', 'isoShortZone'],
]

const FIELD_START = /[JM0-5_Pp\-Z.,]/
const CACHE_MAX = 500
const cache = new Map<string, readonly LayoutPart[]>()

/** The parts of a layout in order; layouts are few, so they are remembered. */
export function layoutParts(layout: string): readonly LayoutPart[] {
  const known = cache.get(layout)
  if (known !== undefined) return known
  const parts = split(layout)
  if (cache.size >= CACHE_MAX) cache.clear()
  cache.set(layout, parts)
  return parts
}

function split(layout: string): LayoutPart[] {
  const parts: LayoutPart[] = []
  let text = ''
  let i = 0
  while (i < layout.length) {
    const found = FIELD_START.test(layout.charAt(i)) ? fieldAt(layout, i) : undefined
    if (found === undefined) {
      text += layout.charAt(i)
      i++
      continue
    }
    if (text !== '') parts.push({ type: 'text', text })
    text = ''
    parts.push(found.part)
    i += found.length
  }
  if (text !== '') parts.push({ type: 'text', text })
  return parts
}

function fieldAt(layout: string, at: number): { part: LayoutPart; length: number } | undefined {
  const fraction = /^([.,])(0+|9+)(?![0-9])/.exec(layout.slice(at, at + 100))
  if (fraction?.[1] !== undefined && fraction[2] !== undefined) {
    const field = fraction[2].startsWith('0') ? 'fraction0' : 'fraction9'
    return { part: { type: 'field', field, text: fraction[0], digits: fraction[2].length, separator: fraction[1] }, length: fraction[0].length }
  }
  // `_2006` is an underscore before a year, not a padded day.
  if (layout.startsWith('_2006', at)) return undefined
  for (const [spelling, field] of FIELDS) {
    if (!layout.startsWith(spelling, at)) continue
    // `Jan` inside `Janet` is text, as is `Mon` inside `Money`.
    if ((field === 'month' || field === 'weekday') && /^[a-z]/.test(layout.slice(at + 3, at + 4))) continue
    return { part: { type: 'field', field, text: spelling, digits: 0, separator: '' }, length: spelling.length }
  }
  return undefined
}
