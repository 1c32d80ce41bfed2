// Owns plain JSON data and the safe ways to take it apart: keys such as `__proto__` are only keys.

export type Json = null | boolean | number | string | readonly Json[] | JsonObject
export type JsonObject = { readonly [key: string]: Json }

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isJsonArray(value: unknown): value is readonly Json[] {
  return Array.isArray(value)
}

/** An own member; undefined when the object has none of that name. */
export function member(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined
}

/** An object of these members; a key that is special to JavaScript becomes an ordinary own property. */
export function objectOf(members: Iterable<readonly [string, Json]>): JsonObject {
  return Object.fromEntries(members)
}

/** Whether two values are the same JSON, whatever the order of members. */
export function jsonEqual(a: Json, b: Json): boolean {
  const pending: Array<readonly [Json, Json]> = [[a, b]]
  for (let pair = pending.pop(); pair !== undefined; pair = pending.pop()) {
    const [left, right] = pair
    if (left === right) continue
    if (isJsonArray(left) && isJsonArray(right) && left.length === right.length) {
      for (let i = 0; i < left.length; i++) pending.push([left[i] ?? null, right[i] ?? null])
      continue
    }
    if (!isJsonObject(left) || !isJsonObject(right)) return false
    const keys = Object.keys(left)
    if (keys.length !== Object.keys(right).length) return false
    for (const key of keys) {
      const other = member(right, key)
      if (other === undefined) return false
      pending.push([member(left, key) ?? null, other])
    }
  }
  return true
}
