// Owns looking at every object of a manifest.

export type Unknown = Readonly<Record<string, unknown>>

/** Calls back for every object, outer ones first, with the keys that lead to it; items of a list come under the list's key. */
export function eachObject(root: Unknown, visit: (object: Unknown, path: readonly string[]) => void): void {
  const todo: { readonly value: unknown; readonly path: readonly string[] }[] = [{ value: root, path: [] }]
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    const { value, path } = next
    if (Array.isArray(value)) todo.push(...value.map((item: unknown) => ({ value: item, path })))
    else if (typeof value === 'object' && value !== null) {
      visit(value as Unknown, path)
      for (const [key, inner] of Object.entries(value)) todo.push({ value: inner, path: [...path, key] })
    }
  }
}

/** A scalar as text; anything else is empty. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''
}
