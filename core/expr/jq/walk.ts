// Owns going from a value to those inside it, with the way there where somebody asks for paths.
import { visitedKeys } from './budget.ts'
import { type Continuation, type Input, type Machine, type Path, type Step, extendPath, isIntact, pushFork } from './machine.ts'
import { indexValue } from './paths.ts'
import { type JqValue, described, fail, isArray, isObject, memberOf, sortedKeys } from './value.ts'

/** The input as seen by a part whose way of reaching its values is of no interest. */
export function pathless(input: Input): Input {
  return input.path === null ? input : { env: input.env, value: input.value, path: null }
}

export type Place = { readonly value: JqValue; readonly path: Path | null }

/** Goes one key further and remembers it where somebody asks for paths. */
export function navigate(machine: Machine, { value, path }: Place, key: JqValue): Place {
  const found = indexValue(value, key, machine)
  return { value: found, path: path === null ? null : stepPath(path, { value, key, found }) }
}

/** The path with one key more. */
export function stepPath(path: Path, { value, key, found }: { value: JqValue; key: JqValue; found: JqValue }): Path {
  if (!isIntact(path, value)) return fail(`invalid path against: ${described(value)}`)
  return extendPath(path, key, found)
}

/** Hands on one element after the other. */
export function iterate(machine: Machine, { value, path }: Place, next: Continuation): Step {
  if (!isArray(value) && !isObject(value)) return fail(`cannot iterate over: ${described(value)}`)
  if (path !== null && !isIntact(path, value)) return fail(`invalid path on iterating against: ${described(value)}`)
  const keys = isArray(value) ? undefined : sortedKeys(value)
  if (keys !== undefined) visitedKeys(machine, keys.length)
  const length = isArray(value) ? value.length : (keys?.length ?? 0)
  const emit = (index: number): Step => {
    if (index + 1 < length) pushFork(machine, { resume: () => emit(index + 1) })
    const key = keys?.[index] ?? index
    const item = isArray(value) ? (value[index] ?? null) : memberOf(value, String(key))
    return next(item, path === null ? null : extendPath(path, key, item))
  }
  return length === 0 ? null : emit(0)
}
