// Owns JSON and YAML output of wire objects: the fields in Go's order, and Go's way of writing both.
import { compareText, goJsonNumber, goJsonString } from '@tiphys/core/kube'
import { type Json, type JsonObject, type SchemaNode, emitYaml, goView, isObject } from '@tiphys/core/spec'

/** One object as `-o json` (indented by four) or `-o yaml` print it, with a line break at the end. */
export function objectText(schema: SchemaNode, object: object, output: 'json' | 'yaml'): string {
  const view = wireView(schema, object)
  return output === 'json' ? `${toJson(view, 4)}\n` : emitYaml(view)
}

/** A wire object as plain data in the order and fullness in which Go writes it. */
export function wireView(schema: SchemaNode, object: object): Json {
  // Wire types are JSON by construction; only their interfaces lack the index signature that says so.
  return goView(schema, object as unknown as Json)
}

type Task = string | { readonly value: Json; readonly depth: number }

/** JSON text; `indent` blanks a level, 0 for one line. No line break at the end. */
export function toJson(value: Json, indent: 0 | 2 | 4): string {
  const out: string[] = []
  const pending: Task[] = [{ value, depth: 0 }]
  for (let task = pending.pop(); task !== undefined; task = pending.pop()) {
    if (typeof task === 'string') out.push(task)
    else if (Array.isArray(task.value)) pending.push(...around(['[', ']'], task.value.map((item: Json) => ['', item] as const), { ...task, indent }))
    else if (isObject(task.value)) pending.push(...around(['{', '}'], membersOf(task.value, indent), { ...task, indent }))
    else out.push(leaf(task.value))
  }
  return out.join('')
}

function leaf(value: Json): string {
  if (typeof value === 'string') return goJsonString(value)
  return typeof value === 'number' ? goJsonNumber(value) : String(value)
}

/** The tasks for a list or an object, the last one first. */
function around([open, close]: readonly [string, string], members: readonly (readonly [string, Json])[], { depth, indent }: { depth: number; indent: number }): Task[] {
  if (members.length === 0) return [open + close]
  const line = (level: number): string => (indent === 0 ? '' : `\n${' '.repeat(level * indent)}`)
  const tasks: Task[] = [line(depth) + close]
  for (const [index, [label, value]] of [...members.entries()].toReversed()) {
    tasks.push({ value, depth: depth + 1 }, (index === 0 ? open : ',') + line(depth + 1) + label)
  }
  return tasks
}

function membersOf(object: JsonObject, indent: number): readonly (readonly [string, Json])[] {
  const keys = Object.keys(object)
  // JavaScript moves keys that look like indexes to the front; only maps have such keys, and maps are sorted.
  if (/^\d+$/.test(keys[0] ?? '')) keys.sort(compareText)
  return keys.map((key) => [goJsonString(key) + (indent === 0 ? ':' : ': '), object[key] ?? null] as const)
}
