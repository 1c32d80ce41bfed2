// Owns which variables an expression needs, decided from its syntax alone as Argo does before it runs one.

import { walk, type MemberNode, type Node } from '../exprlang/ast.ts'
import type { Program } from '../exprlang/evaluate.ts'
import { ARGO_FUNCTIONS } from '../exprlang/environment.ts'
import { member, type Value } from '../golang/value.ts'

/** A variable that an expression needs: its dotted path, and the path's segments. */
export interface Needed { readonly path: string; readonly segments: readonly string[] }

const CACHE = new WeakMap<Program, readonly Needed[]>()

/** The variables that have to be there: identifiers and plain member paths, except members that `??` or `?.` excuse. Root names are never excused. */
export function neededBy(program: Program): readonly Needed[] {
  const known = CACHE.get(program)
  if (known !== undefined) return known
  const needed = analyse(program.root)
  CACHE.set(program, needed)
  return needed
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
export function isThere(needed: Needed, env: (root: string) => Value | undefined): boolean {
  const [root = '', ...rest] = needed.segments
  let at = ARGO_FUNCTIONS.get(root) ?? env(root)
  for (const segment of rest) {
    if (at === undefined || at === null) return false
    at = member(at, segment)
  }
  return at !== undefined
}

/** The dotted names of all variables that a program mentions, without Argo's own functions. */
export function variablesOf(program: Program): readonly string[] {
  return neededBy(program).filter(({ segments }) => !ARGO_FUNCTIONS.has(segments[0] ?? '')).map(({ path }) => path)
}

/** Variables that come late; an expression that mentions one of them waits rather than failing. */
export const LATE_VARIABLES: ReadonlySet<string> = new Set([
  'item', 'retries', 'lastRetry.exitCode', 'lastRetry.status', 'lastRetry.duration', 'lastRetry.message', 'workflow.status', 'workflow.failures',
])
