// Owns the order of versions of a group by which clients choose one.

interface Rank {
  /** 2 for stable versions, 1 for beta, 0 for alpha, -1 for any other name. */
  readonly level: number
  readonly major: number
  readonly minor: number
}

function rankOf(version: string): Rank {
  const [, major, level, minor] = /^v(\d{1,9})(?:(alpha|beta)(\d{1,9}))?$/.exec(version) ?? []
  if (major === undefined) return { level: -1, major: 0, minor: 0 }
  return { level: level === undefined ? 2 : level === 'beta' ? 1 : 0, major: Number(major), minor: Number(minor ?? 0) }
}

/** Which of two versions clients should prefer: stable before beta before alpha, later before earlier. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [rankOf(a), rankOf(b)]
  if (left.level < 0 && right.level < 0) return a < b ? -1 : a > b ? 1 : 0
  return right.level - left.level || right.major - left.major || right.minor - left.minor
}
