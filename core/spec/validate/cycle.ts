// Owns finding a cycle among things that depend on each other by name.

export interface Dependent {
  readonly name: string
  readonly dependencies?: readonly string[] | undefined
}

/** The names that lead into the first cycle and around it; undefined when there is none. Named as the reference does. */
export function findCycle(items: readonly Dependent[]): readonly string[] | undefined {
  const dependencies = new Map(items.map((item) => [item.name, item.dependencies ?? []]))
  const done = new Set<string>()
  for (const start of [...dependencies.keys()].sort()) {
    const trail: { readonly name: string; next: number }[] = []
    const onTrail = new Set<string>()
    const enter = (name: string): void => {
      trail.push({ name, next: 0 })
      onTrail.add(name)
    }
    // The start itself counts only once something leads back to it.
    if (!done.has(start)) trail.push({ name: start, next: 0 })
    for (let top = trail[trail.length - 1]; top !== undefined; top = trail[trail.length - 1]) {
      const next = dependencies.get(top.name)?.[top.next++]
      if (next === undefined) {
        done.add(top.name)
        onTrail.delete(top.name)
        trail.pop()
      } else if (onTrail.has(next)) {
        return [...trail.slice(1).map((t) => t.name), next]
      } else if (!done.has(next)) enter(next)
    }
  }
  return undefined
}
