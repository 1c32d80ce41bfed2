// Owns the `$(NAME)` references in commands, arguments and environment values of containers, as Kubernetes expands them.

/** Known references are replaced, unknown ones stay as written, `$$` stands for one dollar sign. Replaced text is not read again. */
export function expandReferences(text: string, environment: ReadonlyMap<string, string>): string {
  if (!text.includes('$')) return text
  let result = ''
  let at = 0
  while (at < text.length) {
    const dollar = text.indexOf('$', at)
    if (dollar === -1 || dollar === text.length - 1) return result + text.slice(at)
    result += text.slice(at, dollar)
    const next = text[dollar + 1]
    const close = next === '(' ? text.indexOf(')', dollar) : -1
    if (next === '$') {
      result += '$'
      at = dollar + 2
    } else if (close === -1) {
      result += `$${next}`
      at = dollar + 2
    } else {
      const value = environment.get(text.slice(dollar + 2, close))
      result += value ?? text.slice(dollar, close + 1)
      at = close + 1
    }
  }
  return result
}
