// Owns how a request becomes the query of an address: nested fields by dots, encoded and sorted as the reference does.
import type { Json } from '@tiphys/core/kube'

export type Query = Readonly<Record<string, Json | undefined>>

/** `a.b=c&d=e`; what is empty is left out, as a server takes it for absent. */
export function queryText(query: Query): string {
  const pairs: (readonly [string, string])[] = []
  const pending: (readonly [string, Json | undefined])[] = Object.entries(query)
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [key, value] = next
    if (value === undefined || value === null || value === '' || value === false || value === 0) continue
    if (typeof value !== 'object') pairs.push([key, String(value)])
    else if (Array.isArray(value)) for (const item of value as readonly Json[]) pairs.push([key, String(item)])
    else for (const [name, inner] of Object.entries(value)) pending.push([`${key}.${name}`, inner])
  }
  return pairs.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([key, value]) => `${encode(key)}=${encode(value)}`).join('&')
}

/** Form encoding: blanks are plus signs. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`).replaceAll('%20', '+')
}
