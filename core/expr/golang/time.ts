// Owns instants and time zones as Go's `time` package sees them: whole seconds, nanoseconds, and a zone to show them in.

import { RFC3339_NANO, civilFromSeconds, daysFromCivil, formatGoTime, secondsFromCivil, type GoTime as ShownTime } from '@tiphys/core/kube'
import { fail } from './failure.ts'
import { TAG, type GoLocation, type GoTime } from './value.ts'

export const UTC: GoLocation = { [TAG]: 'location', name: 'UTC', offsetSec: 0 }

/** The zone of the machine, which is UTC as in Argo's containers. */
export const LOCAL: GoLocation = { [TAG]: 'location', name: 'Local', offsetSec: 0 }

export const time = (sec: number, nsec: number, zone: GoLocation): GoTime => ({ [TAG]: 'time', sec, nsec, zone })

/** The instant of Unix milliseconds. */
export function timeOfMs(ms: number, zone: GoLocation = UTC): GoTime {
  const sec = Math.floor(ms / 1000)
  return time(sec, Math.round((ms - sec * 1000) * 1e6), zone)
}

/** A zone with a fixed offset; the name is what a layout shows for it. */
export const fixedZone = (name: string, offsetSec: number): GoLocation => ({ [TAG]: 'location', name, offsetSec })

/** The instant together with what its zone shows for it. */
export function shown(t: GoTime): ShownTime {
  const { offsetSec, abbreviation } = zoneAt(t.zone, t.sec)
  return { seconds: t.sec, nanos: t.nsec, offsetSeconds: offsetSec, zone: abbreviation }
}

const pad = (n: number, width: number): string => String(n).padStart(width, '0')

/** RFC 3339 with as many digits of the second as it needs, which is the JSON form. */
export function jsonTime(t: GoTime): string {
  const text = formatGoTime(shown(t), RFC3339_NANO)
  return /^\d{4}-/.test(text) ? text : fail('Time.MarshalJSON: year outside of range [0,9999]')
}

export interface ZoneAt { readonly offsetSec: number; readonly abbreviation: string; readonly isDst: boolean }

/** What a zone shows at an instant. */
export function zoneAt(zone: GoLocation, sec: number): ZoneAt {
  if (zone.offsetSec !== undefined) return { offsetSec: zone.offsetSec, abbreviation: zone.name === 'Local' ? 'UTC' : zone.name, isDst: false }
  const offsetSec = databaseOffset(zone.name, sec)
  const winter = databaseOffset(zone.name, januaryOf(sec))
  const summer = databaseOffset(zone.name, januaryOf(sec) + 181 * 86400)
  const isLater = winter !== summer && offsetSec === Math.max(winter, summer)
  const isDst = SUMMER_IS_STANDARD.test(zone.name) ? winter !== summer && !isLater : isLater
  return { offsetSec, abbreviation: abbreviationOf(zone.name, sec, offsetSec), isDst }
}

/** Where the law calls summer time the standard time and winter the exception. */
const SUMMER_IS_STANDARD = /^Europe\/Dublin$|^Eire$/

const januaryOf = (sec: number): number => daysFromCivil(civilFromSeconds(sec).year, 1, 1) * 86400

const FORMATS = new Map<string, Intl.DateTimeFormat>()
const zoneNameMax = 64

function formatOf(name: string, style: 'parts' | 'short'): Intl.DateTimeFormat | undefined {
  const key = `${style} ${name}`
  const known = FORMATS.get(key)
  if (known !== undefined) return known
  if (name.length > zoneNameMax) return undefined
  try {
    const parts = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric', era: 'short', hourCycle: 'h23' } as const
    const format = new Intl.DateTimeFormat('en-US', { timeZone: name, ...(style === 'parts' ? parts : { timeZoneName: 'short' }) })
    if (FORMATS.size > 1000) FORMATS.clear()
    FORMATS.set(key, format)
    return format
  } catch {
    return undefined
  }
}

/** The zone of a tz database name; names are case-sensitive, `''` and `UTC` are UTC. `undefined` when unknown. */
export function loadLocation(name: string): GoLocation | undefined {
  if (name === '' || name === 'UTC') return UTC
  if (name === 'Local') return LOCAL
  if (!/^[A-Za-z0-9_+/-]+$/.test(name) || /^[+-]/.test(name)) return undefined
  return formatOf(name, 'parts') === undefined ? undefined : { [TAG]: 'location', name, offsetSec: undefined }
}

const NAMES = new Map<string, ReadonlyMap<string, readonly number[]>>()
const namesMax = 100
const halfYear = 182.6 * 86_400

/** The offsets, in seconds, at which a zone has used an abbreviation since 1970, in the order of their first use. */
export function offsetsOf(zone: GoLocation, abbreviation: string): readonly number[] {
  if (zone.offsetSec !== undefined) return zoneAt(zone, 0).abbreviation === abbreviation ? [zone.offsetSec] : []
  const known = NAMES.get(zone.name) ?? namesOf(zone)
  if (NAMES.size >= namesMax) NAMES.clear()
  NAMES.set(zone.name, known)
  return known.get(abbreviation) ?? []
}

function namesOf(zone: GoLocation): ReadonlyMap<string, readonly number[]> {
  const names = new Map<string, number[]>()
  for (let half = 0; half < 136; half++) {
    const { abbreviation, offsetSec } = zoneAt(zone, Math.round(half * halfYear))
    const offsets = names.get(abbreviation) ?? []
    if (!offsets.includes(offsetSec)) names.set(abbreviation, [...offsets, offsetSec])
  }
  return names
}

/** Rules change at quarters of an hour since about 1920, so that an offset holds for a whole one. */
const quarter = 900
const quartersFrom = -1_577_923_200
const offsetsMax = 5000
const OFFSETS = new Map<string, number>()

function databaseOffset(name: string, sec: number): number {
  const key = `${name} ${Math.floor(sec / quarter)}`
  const known = sec < quartersFrom ? undefined : OFFSETS.get(key)
  if (known !== undefined) return known
  const offset = computedOffset(name, sec)
  if (OFFSETS.size >= offsetsMax) OFFSETS.clear()
  if (sec >= quartersFrom) OFFSETS.set(key, offset)
  return offset
}

/** The rules of zones come again with the calendar, every 400 years; JavaScript's own dates end before Go's. */
const calendarSeconds = 146_097 * 86_400
const datesMax = 8.6e12
const withinDates = (sec: number): number => (Math.abs(sec) < datesMax ? sec : sec % calendarSeconds + (sec < 0 ? -datesMax : datesMax) - (datesMax % calendarSeconds) * Math.sign(sec))

function computedOffset(name: string, instant: number): number {
  const format = formatOf(name, 'parts')
  const sec = withinDates(instant)
  if (format === undefined) return 0
  const part: Record<string, string> = {}
  for (const { type, value } of format.formatToParts(sec * 1000)) part[type] = value
  const year = Number(part['year']) * (part['era'] === 'BC' ? -1 : 1) + (part['era'] === 'BC' ? 1 : 0)
  const shown = secondsFromCivil({
    year, month: Number(part['month']), day: Number(part['day']), hour: Number(part['hour']), minute: Number(part['minute']), second: Number(part['second']),
  })
  return shown - sec
}

/** JavaScript knows few abbreviations (`GMT+2`); the common ones follow from the zone and its offset. */
function abbreviationOf(name: string, sec: number, offsetSec: number): string {
  const known = ABBREVIATIONS.find(([pattern, , until = Infinity]) => sec < until && pattern.test(name))?.[1][offsetSec / 3600]
  if (known !== undefined) return known
  if (offsetSec % quarter !== 0 && sec < quartersFrom) return 'LMT'
  const shown = formatOf(name, 'short')?.formatToParts(withinDates(sec) * 1000).find((p) => p.type === 'timeZoneName')?.value ?? ''
  if (/^[A-Z]{3,5}$/.test(shown)) return shown
  const hours = Math.trunc(Math.abs(offsetSec) / 3600)
  const minutes = Math.trunc(Math.abs(offsetSec) / 60) % 60
  return `${offsetSec < 0 ? '-' : '+'}${pad(hours, 2)}${minutes === 0 ? '' : pad(minutes, 2)}`
}

const WESTERN = { 0: 'WET', 1: 'WEST' }
const CENTRAL = { 1: 'CET', 2: 'CEST' }
const EASTERN = { 2: 'EET', 3: 'EEST' }
/** The abbreviations of a zone by its offset in hours; some only until an instant. */
const ABBREVIATIONS: readonly (readonly [RegExp, Readonly<Record<number, string>>, number?])[] = [
  [/^GMT[+-]?0?$|^Greenwich$|^Etc\/(GMT[+-]?0?|Greenwich)$/, { 0: 'GMT' }],
  [/^Europe\/Istanbul$|^Asia\/Istanbul$|^Turkey$/, EASTERN, 1_473_195_600],
  [/^Europe\/Minsk$/, EASTERN, 1_301_184_000],
  [/^(Europe\/Moscow|W-SU)$/, { 3: 'MSK', 4: 'MSD' }, 1_301_180_400],
  [/^Antarctica\/Troll$/, { 0: '+00', 2: '+02' }],
  [/^MET$/, { 1: 'MET', 2: 'MEST' }],
  [/^America\/Havana$|^Cuba$/, { '-5': 'CST', '-4': 'CDT' }],
  [/^America\/St_Johns$|^Canada\/Newfoundland$/, { '-3.5': 'NST', '-2.5': 'NDT' }],
  [/^Europe\/London$|^GB$/, { 0: 'GMT', 1: 'BST' }],
  [/^Europe\/Dublin$|^Eire$/, { 0: 'GMT', 1: 'IST' }],
  [/^Europe\/Lisbon$|^Atlantic\/(Canary|Madeira|Faroe)$|^Portugal$|^WET$/, WESTERN],
  [/^Europe\/(Athens|Bucharest|Chisinau|Helsinki|Kiev|Kyiv|Mariehamn|Riga|Sofia|Tallinn|Vilnius)$|^Asia\/(Beirut|Nicosia)$|^EET$/, EASTERN],
  [/^Europe\/(Moscow|Simferopol)$|^W-SU$/, { 3: 'MSK', 4: 'MSK' }],
  [/^Europe\/(?!Istanbul|Minsk|Samara|Saratov|Ulyanovsk|Astrakhan|Volgograd|Kirov)|^Arctic\/|^Africa\/(Algiers|Tunis|Ceuta)$|^CET$|^Poland$/, CENTRAL],
  [/^Africa\/(Cairo|Tripoli)$/, EASTERN],
  [/^Africa\/(Johannesburg|Maseru|Mbabane)$/, { 2: 'SAST' }],
  [/^Africa\/(Nairobi|Addis_Ababa|Kampala|Mogadishu|Dar_es_Salaam|Djibouti|Asmara)$/, { 3: 'EAT' }],
  [/^Africa\/(Lagos|Kinshasa|Luanda|Douala|Ndjamena|Niamey)$/, { 1: 'WAT' }],
  [/^Africa\/(Maputo|Harare|Lusaka|Kigali|Lubumbashi|Khartoum|Windhoek|Gaborone|Blantyre|Bujumbura|Juba)$/, { 2: 'CAT' }],
  [/^Africa\/(Abidjan|Accra|Dakar|Bamako|Monrovia)$|^Atlantic\/Reykjavik$/, { 0: 'GMT' }],
  [/^Asia\/Tokyo$|^Japan$/, { 9: 'JST' }],
  [/^Asia\/(Seoul|Pyongyang)$|^ROK$/, { 9: 'KST', 10: 'KDT' }],
  [/^Asia\/(Shanghai|Chongqing|Harbin|Macau|Taipei)$|^PRC$|^ROC$/, { 8: 'CST' }],
  [/^Asia\/Hong_Kong$|^Hongkong$/, { 8: 'HKT' }],
  [/^Asia\/(Kolkata|Calcutta)$/, { 5.5: 'IST' }],
  [/^Asia\/Karachi$/, { 5: 'PKT', 6: 'PKST' }],
  [/^Asia\/(Jerusalem|Tel_Aviv)$|^Israel$/, { 2: 'IST', 3: 'IDT' }],
  [/^Asia\/Manila$/, { 8: 'PST' }],
  [/^Asia\/(Jakarta|Pontianak)$/, { 7: 'WIB' }],
  [/^Australia\/(Sydney|Melbourne|Hobart|Canberra|ACT|NSW|Victoria|Tasmania|Brisbane|Lindeman|Queensland)$/, { 10: 'AEST', 11: 'AEDT' }],
  [/^Australia\/(Adelaide|Darwin|Broken_Hill|North|South)$/, { 9.5: 'ACST', 10.5: 'ACDT' }],
  [/^Australia\/(Perth|West)$/, { 8: 'AWST', 9: 'AWDT' }],
  [/^Pacific\/Auckland$|^NZ$/, { 12: 'NZST', 13: 'NZDT' }],
  [/^Pacific\/Honolulu$|^US\/Hawaii$/, { '-10': 'HST' }],
]
