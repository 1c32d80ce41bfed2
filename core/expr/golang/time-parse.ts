// Owns the reading of instants by a Go layout, in a zone that counts where the text names none.

import { type GoTime as ReadTime, parseGoTime } from '@tiphys/core/kube'
import { fixedZone, offsetsOf, time, UTC, zoneAt } from './time.ts'
import type { GoLocation, GoTime } from './value.ts'

/** Go's `time.ParseInLocation`; `undefined` when the text does not follow the layout. */
export function parseInZone(text: string, layout: string, zone: GoLocation): GoTime | undefined {
  const parsed = parseGoTime(text, layout)
  if (!parsed.ok) return undefined
  const { seconds, nanos, zone: name } = parsed.value
  if (!namesZone(layout)) return time(inZone(seconds, zone), nanos, zone)
  if (name === 'UTC' && (zone === UTC || text.includes('UTC') || !NUMERIC_ZERO.test(text))) return time(seconds, nanos, UTC)
  return hasOffset(layout) ? atOffset(parsed.value, zone) : atAbbreviation(parsed.value, zone)
}

const namesZone = (layout: string): boolean => /MST|[-Z]07/.test(layout)
/** A written offset of zero, which only a zone without an offset of its own takes for UTC. */
const NUMERIC_ZERO = /[+-]00(?::?00){0,2}(?![0-9:])/
const hasOffset = (layout: string): boolean => /[-Z]07/.test(layout)

/** An offset that the zone has at that instant means the zone itself; any other, a zone of its own. */
function atOffset({ seconds, nanos, offsetSeconds, zone: name }: ReadTime, zone: GoLocation): GoTime {
  const there = zoneAt(zone, seconds)
  const fits = there.offsetSec === offsetSeconds && (name === '' || name === 'UTC' || name === there.abbreviation)
  return time(seconds, nanos, fits ? zone : fixedZone(name === 'UTC' ? '' : name, offsetSeconds))
}

/** An abbreviation that the zone has ever used means the zone; any other is a zone of its own with the offset zero, or that of `GMT+3`. */
function atAbbreviation({ seconds, nanos, offsetSeconds, zone: name }: ReadTime, zone: GoLocation): GoTime {
  const offsets = offsetsOf(zone, name)
  const offset = offsets.find((sec) => zoneAt(zone, seconds - sec).abbreviation === name) ?? offsets[0]
  return offset === undefined ? time(seconds, nanos, fixedZone(name, offsetSeconds)) : time(seconds - offset, nanos, zone)
}

/** The instant whose wall clock in the zone reads as the given seconds do in UTC. */
export function inZone(wall: number, zone: GoLocation): number {
  const first = wall - zoneAt(zone, wall).offsetSec
  return wall - zoneAt(zone, first).offsetSec
}
