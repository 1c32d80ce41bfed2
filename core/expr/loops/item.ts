// Owns what one element of a loop is called and what its variables hold.
import { compactJson, compareText, decodeJsonString, goJsonString, jsonElements, jsonMembers } from '@tiphys/core/kube'

/** One element of a loop. */
export type LoopItem = {
  /** What stands behind the index in the node's name: `a` in `step(0:a)`. */
  readonly description: string
  /** The value of `{{item}}`. */
  readonly text: string
  /** The values of `{{item.key}}`; empty unless the element is a map. */
  readonly members: ReadonlyMap<string, string>
}

const NO_MEMBERS: ReadonlyMap<string, string> = new Map()

/** The element that a valid JSON value, as spelled, makes. */
export function itemOf(raw: string): LoopItem {
  const first = raw.charAt(0)
  if (first === '"') return { description: withoutParentheses(show(raw)), text: decodeJsonString(raw), members: NO_MEMBERS }
  // A number beyond the range of a float64 makes whatever it stands in a string, which it is not, hence empty.
  if (holdsHugeNumber(raw)) return { description: withoutParentheses(show(raw)), text: '', members: NO_MEMBERS }
  if (first === '{') return mapItem(raw)
  if (first === '[') return { description: withoutParentheses(`[${jsonElements(raw).map(show).join(' ')}]`), text: compactJson(raw), members: NO_MEMBERS }
  // A null is taken for a list that is nil.
  if (first === 'n') return { description: '[]', text: 'null', members: NO_MEMBERS }
  return { description: raw, text: raw, members: NO_MEMBERS }
}

const MAYBE_HUGE = /[eE]\+?0*[0-9]{3}|[0-9]{300}/
const STRINGS = /"(?:[^"\\]|\\.)*"/g
const NUMBERS = /-?[0-9][0-9.eE+-]*/g

function holdsHugeNumber(raw: string): boolean {
  if (!MAYBE_HUGE.test(raw)) return false
  return (raw.replace(STRINGS, '').match(NUMBERS) ?? []).some((number) => !Number.isFinite(Number(number)))
}

function mapItem(raw: string): LoopItem {
  const members = new Map<string, string>()
  const json: string[] = []
  const descriptions: string[] = []
  const entries = [...jsonMembers(raw)].sort(([a], [b]) => compareText(a, b))
  for (const [key, value] of entries) {
    const shown = show(value)
    members.set(key, shown)
    descriptions.push(`${key}:${shown}`)
    json.push(`${goJsonString(key)}:${compactJson(value)}`)
  }
  descriptions.sort(compareText)
  return { description: withoutParentheses(descriptions.join(',')), text: `{${json.join(',')}}`, members }
}

/** A value inside a name: strings lose their quotes but keep their escapes. */
function show(raw: string): string {
  const json = compactJson(raw)
  const inner = json.startsWith('"') ? json.slice(1, -1) : json
  if (!inner.includes('\\u00')) return inner
  return inner.replaceAll('\\u003c', '<').replaceAll('\\u003e', '>').replaceAll('\\u0026', '&')
}

function withoutParentheses(text: string): string {
  return /[()]/.test(text) ? text.replace(/[()]/g, '') : text
}

/** The name of the node for one element: `task(index:description)`. */
export function loopItemName(task: string, index: number, item: LoopItem): string {
  return `${task}(${index}:${item.description})`
}
