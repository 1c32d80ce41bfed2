// Owns where templates get their variables from: an interface that resolves one name at a time, and one over plain maps.

import { ARGO_FUNCTIONS } from '../exprlang/environment.ts'
import { lazyMap, type Value } from '../golang/value.ts'

/**
 * The variables that a text may use. Names are dotted (`inputs.parameters.x`). Nothing is computed before it is asked for, so that a scope over
 * a hundred thousand nodes costs what the text mentions.
 */
export interface TemplateScope {
  /** The text of a variable; `null` for an output that a skipped node never produced; `undefined` when there is no such variable. */
  get(name: string): string | null | undefined
  /** All names, for hints and for the few expressions that look at a whole map. */
  names(): Iterable<string>
  /** The value under the first segment of names, nested for expressions (`inputs` → `{parameters: {x: …}}`); `undefined` when there is none. */
  env(root: string): Value | undefined
  /** Set while manifests are checked with stand-ins for values: an expression that fails on one is left as it is. */
  readonly placeholders?: boolean
}

/** A scope over a map from dotted names to texts. */
export function scopeOfVariables(variables: ReadonlyMap<string, Value>): TemplateScope {
  let nested: ReadonlyMap<string, Value> | undefined
  return {
    get: (name) => textOrNull(variables.get(name)),
    names: () => variables.keys(),
    env: (root) => (nested ??= nestNames(variables)).get(root),
    get placeholders() {
      return holdsPlaceholder(variables)
    },
  }
}

const PLACEHOLDER = '__argo__internal__placeholder-'

/** True when some value is a stand-in, except of names that lose their value to longer ones or to Argo's functions. */
function holdsPlaceholder(variables: ReadonlyMap<string, Value>): boolean {
  const names = [...variables.keys()]
  return names.some((name) => {
    const value = variables.get(name)
    return typeof value === 'string' && value.startsWith(PLACEHOLDER) && !ARGO_FUNCTIONS.has(name) && !names.some((other) => other.startsWith(`${name}.`))
  })
}

const textOrNull = (v: Value | undefined): string | null | undefined => (typeof v === 'string' || v === null ? v : undefined)

interface Nest { readonly children: Map<string, Nest>; value: Value | undefined }

/** Nests dotted names: `a.b` becomes `a: {b}`. A name that begins another one (`a` beside `a.b`) loses its own value, as in Argo. */
export function nestNames(variables: ReadonlyMap<string, Value>): ReadonlyMap<string, Value> {
  const top: Nest = { children: new Map(), value: undefined }
  for (const [name, value] of variables) {
    let at = top
    for (const part of name.split('.')) {
      const next = at.children.get(part) ?? { children: new Map(), value: undefined }
      at.children.set(part, next)
      at = next
    }
    at.value = value
  }
  return new Map([...top.children].map(([key, nest]) => [key, valueOf(nest)]))
}

function valueOf(nest: Nest): Value {
  if (nest.children.size === 0) return nest.value ?? null
  const made = new Map<string, Value>()
  return lazyMap((key) => {
    const known = made.get(key)
    if (known !== undefined) return known
    const child = nest.children.get(key)
    if (child === undefined) return undefined
    const value = valueOf(child)
    made.set(key, value)
    return value
  }, () => nest.children.keys())
}

