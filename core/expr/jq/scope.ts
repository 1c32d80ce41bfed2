// Owns which names a piece of a program sees, known before it runs. Every entry has its place in the running program's environment.
import type { Node } from './ast.ts'
import type { Code, Env } from './machine.ts'

/** The code of a function, filled in after its body has been compiled, which may mention the function itself. */
export type Holder = { code: Code | undefined; readonly params: readonly string[] }

export type Scope = {
  readonly kind: 'variable' | 'closure' | 'function' | 'label'
  readonly name: string
  readonly holder: Holder | undefined
  readonly up: Scope | null
}

/** Compiles a part of a program; names are looked up now and not while it runs. */
export type Compile = (node: Node, scope: Scope | null) => Code

export function withName(scope: Scope | null, kind: 'variable' | 'closure' | 'label', name: string): Scope {
  return { kind, name, holder: undefined, up: scope }
}

export type Found = { readonly scope: Scope; readonly hops: number }

/** The innermost entry that `fits`, and how far out it is. */
export function findName(scope: Scope | null, fits: (entry: Scope) => boolean): Found | undefined {
  let hops = 0
  for (let entry = scope; entry !== null; entry = entry.up) {
    if (fits(entry)) return { scope: entry, hops }
    hops++
  }
  return undefined
}

/** The place in the environment that many names out. */
export function envAt(env: Env | null, hops: number): Env | null {
  let at = env
  for (let i = 0; i < hops && at !== null; i++) at = at.up
  return at
}
