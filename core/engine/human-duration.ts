// How long something takes, for people: the two largest units that count.
const UNITS = [['day', 86_400_000], ['hour', 3_600_000], ['minute', 60_000], ['second', 1000]] as const

export function humanDuration(ms: number): string {
  const parts: string[] = []
  let left = ms
  for (const [name, size] of UNITS) {
    const count = Math.floor(left / size)
    if (count === 0 && (parts.length === 0 ? name !== 'second' : true)) continue
    parts.push(`${count} ${name}${count === 1 ? '' : 's'}`)
    left -= count * size
    if (parts.length === 2) break
  }
  return parts.join(' ')
}
