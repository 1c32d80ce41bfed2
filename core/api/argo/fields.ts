// Owns the `fields` parameter: which parts of an answer a client wants, or does not want, by their paths.
import { type Json, type JsonObject, isJsonArray, isJsonObject } from '@tiphys/core/kube'

export interface FieldChoice {
  readonly exclude: boolean
  readonly paths: ReadonlySet<string>
}

/** Undefined where the whole answer is wanted. A leading `-` turns the meaning of all paths around; blanks count. */
export function parseFields(text: string, prefix = ''): FieldChoice | undefined {
  if (text === '') return undefined
  const exclude = text.startsWith('-')
  const paths = (exclude ? text.slice(1) : text).split(',').map((path) => (path.startsWith(prefix) ? path.slice(prefix.length) : path))
  return { exclude, paths: new Set(paths) }
}

/** The parts of an answer that were chosen. A path reaches through lists; one that ends inside a name chooses what that name begins. */
export function chooseFields(choice: FieldChoice | undefined, value: JsonObject): JsonObject {
  return choice === undefined ? value : (chosen(choice, '', value) as JsonObject)
}

function chosen(choice: FieldChoice, path: string, value: Json): Json {
  if (isJsonArray(value)) return value.map((item) => chosen(choice, path, item))
  if (!isJsonObject(value)) return value
  const kept: Record<string, Json> = {}
  for (const [name, member] of Object.entries(value)) {
    const at = path === '' ? name : `${path}.${name}`
    const isNamed = choice.paths.has(at)
    const isOnTheWay = isNamed || [...choice.paths].some((wanted) => wanted.startsWith(at))
    if (choice.exclude ? isNamed : !isOnTheWay) continue
    kept[name] = isNamed ? member : chosen(choice, at, member)
  }
  return kept
}

/** Whether anything at or below a path can be part of the answer. */
export function wantsField(choice: FieldChoice | undefined, path: string): boolean {
  if (choice === undefined) return true
  const touches = [...choice.paths].some((wanted) => path.startsWith(wanted) || wanted.startsWith(path))
  return touches ? !choice.exclude : choice.exclude
}
