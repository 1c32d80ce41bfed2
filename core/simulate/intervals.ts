// Owns questions about what ran at the same time.
import type { Lane } from './state.ts'

export interface Peaks {
  /** The most pods at a time, from creation to end. */
  readonly pods: number
  /** The most that pods asked for at a time: thousandths of a CPU, and bytes. */
  readonly cpuMilli: number
  readonly memoryBytes: number
}

/** The peaks of a timeline. Something that ends when another begins does not count beside it. */
export function peaksOf(lanes: readonly Lane[]): Peaks {
  const changes: { at: number; sign: 1 | -1; lane: Lane }[] = []
  for (const lane of lanes) {
    if (lane.kind !== 'pod') continue
    changes.push({ at: lane.from, sign: 1, lane })
    if (lane.to !== undefined) changes.push({ at: lane.to, sign: -1, lane })
  }
  changes.sort((a, b) => a.at - b.at || a.sign - b.sign)
  const now = { pods: 0, cpuMilli: 0, memoryBytes: 0 }
  const peak = { ...now }
  for (const { sign, lane } of changes) {
    now.pods += sign
    now.cpuMilli += sign * (lane.cpuMilli ?? 0)
    now.memoryBytes += sign * (lane.memoryBytes ?? 0)
    peak.pods = Math.max(peak.pods, now.pods)
    peak.cpuMilli = Math.max(peak.cpuMilli, now.cpuMilli)
    peak.memoryBytes = Math.max(peak.memoryBytes, now.memoryBytes)
  }
  return peak
}
