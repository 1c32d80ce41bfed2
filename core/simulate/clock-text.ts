// Owns times and durations as texts: how the simulation reads those of stubs and writes those of objects.
import { RFC3339, formatGoTime, goTimeFromMs, nsToMs, parseGoDuration } from '@tiphys/core/kube'

/** Whole seconds, as Kubernetes writes times. */
export function rfc3339(ms: number): string {
  return formatGoTime(goTimeFromMs(ms), RFC3339)
}

/** Milliseconds of a Go duration; undefined when the text is none or negative. */
export function durationMs(text: string): number | undefined {
  const parsed = parseGoDuration(text)
  if (!parsed.ok) return undefined
  const ms = nsToMs(parsed.value)
  return ms < 0 ? undefined : ms
}
