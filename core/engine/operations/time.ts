// Owns how operations write an instant on the wire.

/** RFC 3339 in UTC with whole seconds, as Kubernetes writes times; `at` is in milliseconds since the epoch. */
export function rfc3339(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`
}
