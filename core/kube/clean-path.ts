// Owns the lexical cleaning of slash paths.

/** The shortest path that means the same, without `.`, `..` and doubled slashes; `.` when nothing is left (Go's `path.Clean`). */
export function cleanPath(path: string): string {
  const rooted = path.startsWith('/')
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') parts.push(part)
    else if (parts.length > 0 && parts[parts.length - 1] !== '..') parts.pop()
    else if (!rooted) parts.push(part)
  }
  const clean = parts.join('/')
  return rooted ? `/${clean}` : clean || '.'
}
