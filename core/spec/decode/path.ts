// Owns paths into a document: lists of keys and indexes, and how people read them.

export type Path = readonly (string | number)[]

/** `spec.templates[2].dag`; keys that are no plain words stand in brackets and quotes. */
export function formatPath(path: Path): string {
  let text = ''
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`
    else if (/^[A-Za-z_][\w-]*$/.test(part)) text += text === '' ? part : `.${part}`
    else text += `[${JSON.stringify(part)}]`
  }
  return text
}
