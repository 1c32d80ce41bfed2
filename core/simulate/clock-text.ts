// Owns durations as texts of stubs.
import { nsToMs, parseGoDuration } from '@tiphys/core/kube'

/** Milliseconds of a Go duration; undefined when the text is none or negative. */
export function durationMs(text: string): number | undefined {
  const parsed = parseGoDuration(text)
  if (!parsed.ok) return undefined
  const ms = nsToMs(parsed.value)
  return ms < 0 ? undefined : ms
}
