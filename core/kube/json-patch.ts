// Owns JSON patch (RFC 6902): a list of operations on places named by JSON pointers.
import { type Json, type JsonObject, isJsonArray, isJsonObject, jsonEqual, member, objectOf } from './json-value.ts'
import { type Result, bad, ok } from './result.ts'

/** A patch with more operations is refused, as Kubernetes refuses it. */
export const JSON_PATCH_OPERATIONS_MAX = 10_000

const POINTER_LENGTH_MAX = 10_000
const OPERATIONS: ReadonlySet<string> = new Set(['add', 'remove', 'replace', 'move', 'copy', 'test'])

/** Applies the operations one after the other; all of them or none. The document is not changed. */
export function jsonPatch(document: Json, operations: Json): Result<Json> {
  if (!isJsonArray(operations)) return bad('json_patch_invalid', 'a JSON patch has to be a list of operations')
  if (operations.length > JSON_PATCH_OPERATIONS_MAX) {
    return bad('json_patch_too_long', `the patch has ${operations.length} operations, more than ${JSON_PATCH_OPERATIONS_MAX}`)
  }
  let current = document
  for (let i = 0; i < operations.length; i++) {
    const applied = applyOperation(current, operations[i] ?? null)
    if (!applied.ok) return { ok: false, problem: { ...applied.problem, path: `[${i}]` } }
    current = applied.value
  }
  return ok(current)
}

function applyOperation(document: Json, operation: Json): Result<Json> {
  const name = isJsonObject(operation) ? member(operation, 'op') : undefined
  if (!isJsonObject(operation) || typeof name !== 'string' || !OPERATIONS.has(name)) {
    return bad('json_patch_invalid', `unexpected operation ${JSON.stringify(name ?? null)}`, 'the operations are add, remove, replace, move, copy and test')
  }
  const path = readPointer(member(operation, 'path'))
  if (!path.ok) return path
  if (name === 'remove') return change(document, path.value, { kind: 'remove' })
  if (name === 'move' || name === 'copy') return transfer(document, operation, { name, path: path.value })
  const value = member(operation, 'value')
  if (value === undefined) return bad('json_patch_invalid', `the operation ${name} needs a value`)
  if (name === 'test') return test(document, path.value, value)
  return change(document, path.value, { kind: name === 'add' ? 'add' : 'replace', value })
}

function transfer(document: Json, operation: JsonObject, to: { name: string; path: readonly string[] }): Result<Json> {
  const from = readPointer(member(operation, 'from'))
  if (!from.ok) return from
  const value = find(document, from.value)
  if (value === undefined) return missing(from.value)
  if (to.name === 'copy') return change(document, to.path, { kind: 'add', value })
  const intoItself = to.path.length > from.value.length && from.value.every((part, i) => part === to.path[i])
  if (intoItself) return bad('json_patch_invalid', 'a value cannot be moved into itself')
  const removed = change(document, from.value, { kind: 'remove' })
  return removed.ok ? change(removed.value, to.path, { kind: 'add', value }) : removed
}

function test(document: Json, path: readonly string[], value: Json): Result<Json> {
  const found = find(document, path)
  // A null is equal to nothing at all, as in the library that Kubernetes uses.
  const equal = found === undefined ? value === null : jsonEqual(found, value)
  return equal ? ok(document) : bad('json_patch_test_failed', `testing value ${print(path)} failed`)
}

function readPointer(pointer: Json | undefined): Result<readonly string[]> {
  if (pointer === '') return ok([])
  if (typeof pointer !== 'string' || !pointer.startsWith('/') || pointer.length > POINTER_LENGTH_MAX) {
    return bad('json_patch_invalid', 'a path has to start with a slash', 'write paths such as /spec/suspend')
  }
  return ok(pointer.slice(1).split('/').map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~')))
}

function print(path: readonly string[]): string {
  return path.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

function missing(path: readonly string[]): Result<never> {
  return bad('json_patch_missing', `the document has nothing at ${print(path)}`)
}

/** The index that a part of a path names; `-` is the place behind the last element. */
function indexOf(part: string, length: number): number | undefined {
  if (part === '-') return length
  if (!/^(?:0|[1-9][0-9]{0,9})$/.test(part)) return undefined
  return Number(part)
}

function find(document: Json, path: readonly string[]): Json | undefined {
  let current: Json | undefined = document
  for (const part of path) {
    if (current === undefined) return undefined
    if (isJsonArray(current)) {
      const index = indexOf(part, current.length)
      current = index === undefined ? undefined : current[index]
    } else {
      current = isJsonObject(current) ? member(current, part) : undefined
    }
  }
  return current
}

type Change = { readonly kind: 'remove' } | { readonly kind: 'add' | 'replace'; readonly value: Json }

/** Copies the way to the place and changes it there; everything beside the way is shared. */
function change(document: Json, path: readonly string[], edit: Change): Result<Json> {
  if (path.length === 0) return edit.kind === 'remove' ? bad('json_patch_invalid', 'the whole document cannot be removed') : ok(edit.value)
  const parents: Json[] = []
  let parent: Json | undefined = document
  for (const part of path) {
    if (parent === undefined || (!isJsonArray(parent) && !isJsonObject(parent))) return missing(path)
    parents.push(parent)
    parent = find(parent, [part])
  }
  const last = parents.length - 1
  let result = changeAt(parents[last] ?? null, path[last] ?? '', edit)
  for (let i = last - 1; i >= 0 && result.ok; i--) result = changeAt(parents[i] ?? null, path[i] ?? '', { kind: 'replace', value: result.value })
  return result.ok ? result : missing(path)
}

function changeAt(parent: Json, part: string, edit: Change): Result<Json> {
  if (isJsonObject(parent)) {
    if (edit.kind !== 'add' && !Object.hasOwn(parent, part)) return missing([part])
    const out = new Map<string, Json>(Object.entries(parent))
    if (edit.kind === 'remove') out.delete(part)
    else out.set(part, edit.value)
    return ok(objectOf(out))
  }
  const list = isJsonArray(parent) ? parent : []
  const index = indexOf(part, list.length)
  const last = edit.kind === 'add' ? list.length : list.length - 1
  if (index === undefined || index > last) return missing([part])
  const before = list.slice(0, index)
  if (edit.kind === 'remove') return ok([...before, ...list.slice(index + 1)])
  return ok([...before, edit.value, ...list.slice(edit.kind === 'add' ? index : index + 1)])
}
