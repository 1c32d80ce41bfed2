// The outputs of a loop, as lists: what `steps.X.outputs.result`, `.parameters` and `.parameters.P` are after `X` ran once for each item.
import type { RunNode } from './model.ts'
import { goJson, jsonProblem, compactJson } from '@tiphys/core/kube'

export interface Aggregate {
  readonly result: string | undefined
  readonly parameters: string | undefined
  readonly byName: ReadonlyMap<string, string>
  /** Why the lists cannot be made: a result that is no JSON. */
  readonly problem: string | undefined
}

const EMPTY: Aggregate = { result: undefined, parameters: undefined, byName: new Map(), problem: undefined }

/** Collects what succeeded children left, in the order of their index. */
export function aggregateOf(children: readonly RunNode[]): Aggregate {
  if (children.length === 0) return EMPTY
  const results: string[] = []
  const parameters: { [name: string]: string }[] = []
  const byName = new Map<string, string[]>()
  for (const child of inOrder(children)) {
    if (child.outputs === undefined || child.phase !== 'Succeeded') continue
    const { result } = child.outputs
    if (result !== undefined) {
      const problem = jsonProblem(result)
      if (problem !== undefined) return { ...EMPTY, problem }
      results.push(compactJson(result))
    }
    collectParameters(child, parameters, byName)
  }
  const lists = new Map<string, string>()
  for (const [name, values] of byName) lists.set(name, valueList(values))
  return { result: `[${results.join(',')}]`, parameters: goJson(parameters), byName: lists, problem: undefined }
}

function collectParameters(child: RunNode, list: { [name: string]: string }[], byName: Map<string, string[]>): void {
  const parameters = child.outputs?.parameters ?? []
  if (parameters.length === 0) return
  const entry: { [name: string]: string } = Object.create(null) as { [name: string]: string }
  for (const { name, value } of parameters) {
    entry[name] = value ?? ''
    const values = byName.get(name)
    if (values === undefined) byName.set(name, [value ?? ''])
    else values.push(value ?? '')
  }
  list.push(entry)
}

/** Values that are all JSON objects or lists are embedded as such, otherwise all are texts. */
function valueList(values: readonly string[]): string {
  const embedded = values.every((value) => /^\s*[[{]/.test(value) && jsonProblem(value) === undefined)
  return embedded ? goJson(values.map((value) => JSON.parse(value) as never)) : goJson(values)
}

function inOrder(children: readonly RunNode[]): RunNode[] {
  return children
    .filter((child) => child.flag?.hooked !== true && child.flag?.retried !== true)
    .map((child) => ({ child, index: loopIndex(child.name) }))
    .sort((a, b) => a.index - b.index)
    .map(({ child }) => child)
}

/** The index in a loop child's name: `a.b(12:x)` is 12. */
export function loopIndex(name: string): number {
  const open = name.lastIndexOf('(')
  return Number.parseInt(name.slice(open + 1), 10)
}
