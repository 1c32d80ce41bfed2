// Owns the reading of instants by a Go layout, in a zone that counts where the text names none.

import { parseGoTime } from '@tiphys/core/kube'
import { fixedZone, time, UTC, zoneAt } from './time.ts'
import type { GoLocation, GoTime } from './value.ts'

/** Go's `time.ParseInLocation`; `undefined` when the text does not follow the layout. */
export function parseInZone(text: string, layout: string, zone: GoLocation): GoTime | undefined {
  const parsed = parseGoTime(text, layout)
  if (!parsed.ok) return undefined
  const { seconds, nanos, offsetSeconds, zone: name } = parsed.value
  if (!namesZone(layout)) return time(inZone(seconds, zone), nanos, zone)
  if (offsetSeconds === 0 && (name === 'UTC' || name === '')) return time(seconds, nanos, UTC)
  return time(seconds, nanos, fixedZone(name, offsetSeconds))
}

const namesZone = (layout: string): boolean => /MST|[-Z]07/.test(layout)

/** The instant whose wall clock in the zone reads as the given seconds do in UTC. */
export function inZone(wall: number, zone: GoLocation): number {
  const first = wall - zoneAt(zone, wall).offsetSec
  return wall - zoneAt(zone, first).offsetSec
}
