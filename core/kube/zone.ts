// Owns time zones by their database names: which names exist, and how far each is from UTC at a moment.
import { secondsFromCivil } from './calendar.ts'

// Names in capitals, whole; longer lists in one component follow the rule below them.
const WHOLE_NAMES: ReadonlySet<string> = new Set([
  'UTC', 'UCT', 'GMT', 'GMT0', 'GMT+0', 'GMT-0', 'EST', 'MST', 'HST', 'CET', 'EET', 'MET', 'WET', 'EST5EDT', 'CST6CDT', 'MST7MDT', 'PST8PDT',
  'PRC', 'ROC', 'ROK', 'NZ', 'NZ-CHAT', 'GB', 'GB-Eire', 'W-SU', 'Cuba', 'Egypt', 'Eire', 'Greenwich', 'Hongkong', 'Iceland', 'Iran', 'Israel', 'Jamaica',
  'Japan', 'Kwajalein', 'Libya', 'Navajo', 'Poland', 'Portugal', 'Singapore', 'Turkey', 'Universal', 'Zulu',
])

const AREAS: ReadonlySet<string> = new Set([
  'Africa', 'America', 'Antarctica', 'Arctic', 'Asia', 'Atlantic', 'Australia', 'Brazil', 'Canada', 'Chile', 'Etc', 'Europe', 'Indian', 'Mexico', 'Pacific', 'US',
])

const ODD_WORDS: ReadonlySet<string> = new Set([
  'au', 'es', 'of', 'McMurdo', 'DumontDUrville', 'ComodRivadavia', 'DeNoronha', 'EasterIsland', 'BajaNorte', 'BajaSur', 'IN', 'ACT', 'NSW', 'LHI', 'UTC', 'UCT', 'GMT',
])

/** Whether the name has the spelling of the database: the platform takes any case and more names, the reference does not. */
function isSpelledRight(name: string): boolean {
  if (WHOLE_NAMES.has(name)) return true
  const [area = '', ...places] = name.split('/')
  if (!AREAS.has(area) || places.length === 0) return false
  if (area === 'Etc' && /^GMT(?:0|[+-](?:1?[0-9]))$/.test(places.join('/'))) return true
  return places.every((place) => place.split(/[_-]/).every((word) => /^[A-Z][a-z]*$/.test(word) || ODD_WORDS.has(word)))
}

const ZONES_MAX = 1_000
const DAYS_MAX = 20_000
const FIELDS = { era: 'short', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric', hourCycle: 'h23' } as const

type Zone = { readonly format: Intl.DateTimeFormat; readonly offsets: Map<number, number> }
const zones = new Map<string, Zone | undefined>()

function zoneOf(name: string): Zone | undefined {
  if (zones.has(name)) return zones.get(name)
  let zone: Zone | undefined
  try {
    zone = isSpelledRight(name) ? { format: new Intl.DateTimeFormat('en-US', { timeZone: name, ...FIELDS }), offsets: new Map() } : undefined
  } catch {
    zone = undefined // The platform's way to say that there is no such zone.
  }
  if (zones.size >= ZONES_MAX) zones.clear()
  zones.set(name, zone)
  return zone
}

/** Whether the time zone database has this name, in this spelling. */
export function isZone(name: string): boolean {
  return name === 'UTC' || (name.length <= 64 && zoneOf(name) !== undefined)
}

/** Seconds east of UTC at a moment; 0 for an unknown zone. */
export function zoneOffsetSeconds(name: string, unixSeconds: number): number {
  const zone = name === 'UTC' ? undefined : zoneOf(name)
  if (zone === undefined) return 0
  // On all but a few days of the year the offset is the same at both ends, hence all day.
  const day = Math.floor(unixSeconds / 86_400)
  const start = boundaryOffset(zone, day)
  return start === boundaryOffset(zone, day + 1) ? start : exactOffset(zone, unixSeconds)
}

function boundaryOffset(zone: Zone, day: number): number {
  const known = zone.offsets.get(day)
  if (known !== undefined) return known
  const offset = exactOffset(zone, day * 86_400)
  if (zone.offsets.size >= DAYS_MAX) zone.offsets.clear()
  zone.offsets.set(day, offset)
  return offset
}

function exactOffset(zone: Zone, unixSeconds: number): number {
  if (Math.abs(unixSeconds) > 8.64e12) return 0
  const parts = new Map(zone.format.formatToParts(unixSeconds * 1000).map((part) => [part.type as string, part.value]))
  const number = (type: string): number => Number(parts.get(type) ?? 0)
  const year = parts.get('era') === 'BC' ? 1 - number('year') : number('year')
  const shown = { year, month: number('month'), day: number('day'), hour: number('hour') % 24, minute: number('minute'), second: number('second') }
  return secondsFromCivil(shown) - unixSeconds
}

/**
 * The moment at which clocks in a zone show a civil time given in seconds as if it were UTC. A time that a clock
 * change skips or repeats is resolved as Go's `time.Date` resolves it.
 */
export function fromZone(name: string, civilSeconds: number): number {
  const guess = zoneOffsetSeconds(name, civilSeconds)
  return civilSeconds - zoneOffsetSeconds(name, civilSeconds - guess)
}
