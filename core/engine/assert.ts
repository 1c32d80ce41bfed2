// What cannot happen: a bug in the engine, not in anybody's input.
export function assertNever(value: never): never {
  throw new Error(`unexpected variant: ${JSON.stringify(value)}`)
}
