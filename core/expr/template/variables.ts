// Owns which variables an expression needs, decided from its syntax alone as Argo does before it runs one.

import { walk, type MemberNode, type Node } from '../exprlang/ast.ts'
import type { Program } from '../exprlang/evaluate.ts'
import { ARGO_FUNCTIONS } from '../exprlang/environment.ts'
import { member, type Value } from '../golang/value.ts'

/** A variable that an expression needs: its dotted path, and the path's segments. */
export interface Needed { readonly path: string; readonly segments: readonly string[] }

/** What a program needs: all its variables, and those of them whose presence implies the others'. */
export interface Needs { readonly all: readonly Needed[]; readonly leaves: readonly Needed[] }

const CACHE = new WeakMap<Program, Needs>()

/** The variables that have to be there: identifiers and plain member paths, except members that `??` or `?.` excuse. Root names are never excused. */
export function neededBy(program: Program): Needs {
  const known = CACHE.get(program)
  if (known !== undefined) return known
  const all = analyse(program.root)
  const isFunction = (needed: Needed): boolean => ARGO_FUNCTIONS.has(needed.segments[0] ?? '') && isThere(needed, () => undefined)
  const needs: Needs = { all, leaves: all.filter((n) => !isFunction(n) && !all.some((other) => other.path.startsWith(`${n.path}.`))) }
  CACHE.set(program, needs)
  return needs
}

const NONE: readonly Needed[] = []

/** Those needed variables that the environment lacks, in the order in which they are reported. */
export function missingOf({ all, leaves }: Needs, env: (root: string) => Value | undefined): readonly Needed[] {
  for (let i = 0; i < leaves.length; i++) {
    const leaf = leaves[i]
    if (leaf !== undefined && !isThere(leaf, env)) return all.filter((needed) => !isThere(needed, env))
  }
  return NONE
}

function analyse(root: Node): readonly Needed[] {
  const excused = excusedMembers(root)
  const found = new Map<string, Needed>()
  walk(root, (node) => {
    if (node.kind === 'identifier') found.set(node.name, found.get(node.name) ?? { path: node.name, segments: [node.name] })
    if (node.kind !== 'member' || excused.has(node)) return
    const segments = pathOf(node)
    const path = segments?.join('.')
    if (segments !== undefined && path !== undefined && !found.has(path)) found.set(path, { path, segments: path.split('.') })
  })
  return [...found.values()]
}

function excusedMembers(root: Node): ReadonlySet<Node> {
  const excused = new Set<Node>()
  walk(root, (node) => {
    if (node.kind === 'binary' && node.operator === '??') walk(node.left, (inner) => { if (inner.kind === 'member') excused.add(inner) })
    if (node.kind === 'member' && node.optional && node.base.kind === 'member') excused.add(node.base)
  })
  return excused
}

/** The segments of `a.b['c']`; `undefined` for anything computed or optional. */
function pathOf(node: MemberNode): readonly string[] | undefined {
  const segments: string[] = []
  let at: Node = node
  while (at.kind === 'member') {
    if (at.optional || at.property.kind !== 'string') return undefined
    segments.unshift(at.property.value)
    at = at.base
  }
  if (at.kind !== 'identifier') return undefined
  segments.unshift(at.name)
  return segments
}

/** True when a needed variable is in the environment; a present nil counts. */
function isThere({ segments }: Needed, env: (root: string) => Value | undefined): boolean {
  const root = segments[0] ?? ''
  let at = ARGO_FUNCTIONS.get(root) ?? env(root)
  for (let i = 1; i < segments.length; i++) {
    if (at === undefined || at === null) return false
    at = member(at, segments[i] ?? '')
  }
  return at !== undefined
}

/** The dotted names of all variables that a program mentions, without Argo's own functions. */
export function variablesOf(program: Program): readonly string[] {
  return neededBy(program).all.filter(({ segments }) => !ARGO_FUNCTIONS.has(segments[0] ?? '')).map(({ path }) => path)
}

/** Variables that come late; an expression that mentions one of them waits rather than failing. */
export const LATE_VARIABLES: ReadonlySet<string> = new Set([
  'item', 'retries', 'lastRetry.exitCode', 'lastRetry.status', 'lastRetry.duration', 'lastRetry.message', 'workflow.status', 'workflow.failures',
])
