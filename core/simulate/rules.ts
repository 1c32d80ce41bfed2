// Owns which stub counts for a node: the merge of the default, the template's, the matching nodes' and the attempt's.
import type { Stub, Stubs } from './stubs.ts'

/** What of a node decides its stub. */
export interface StubSubject {
  readonly name: string
  readonly displayName: string
  readonly templateName: string
}

/** Stubs with their patterns compiled, and a record of which rules were ever used. */
export interface Rules {
  readonly stubs: Stubs
  readonly nodes: readonly NodeRule[]
  readonly used: Set<string>
}

interface NodeRule { readonly key: string; readonly matches: (text: string) => boolean; readonly stub: Stub }

/** Compiles stubs for a workflow of this name. */
export function compileRules(stubs: Stubs, workflowName: string): Rules {
  const nodes = Object.entries(stubs.nodes ?? {}).map(([glob, stub]): NodeRule => ({
    key: `nodes.${glob}`, matches: globMatcher(glob.replaceAll('$wf', () => workflowName)), stub,
  }))
  return { stubs, nodes, used: new Set() }
}

/** The rules that no step has matched: most likely misspelled. */
export function unusedRules(rules: Rules): readonly string[] {
  const keys = [...Object.keys(rules.stubs.templates ?? {}).map((name) => `templates.${name}`), ...rules.nodes.map(({ key }) => key)]
  return keys.filter((key) => !rules.used.has(key))
}

/** A test for texts that match a pattern in which `*` stands for anything and every other character for itself. Linear in the text for each `*`. */
export function globMatcher(glob: string): (text: string) => boolean {
  const parts = glob.split('*')
  const first = parts[0] ?? ''
  const last = parts[parts.length - 1] ?? ''
  if (parts.length === 1) return (text) => text === glob
  const middle = parts.slice(1, -1)
  return (text) => {
    if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false
    const end = text.length - last.length
    let at = first.length
    for (const part of middle) {
      const found = text.indexOf(part, at)
      if (found < 0 || found + part.length > end) return false
      at = found + part.length
    }
    return true
  }
}

/** The stub of a node, merged key by key in the order default, template, nodes, attempt. */
export function stubFor(rules: Rules, subject: StubSubject): Stub {
  let merged: Stub = rules.stubs.default ?? {}
  const { templates } = rules.stubs
  const template = templates !== undefined && Object.hasOwn(templates, subject.templateName) ? templates[subject.templateName] : undefined
  if (template !== undefined) {
    rules.used.add(`templates.${subject.templateName}`)
    merged = { ...merged, ...template }
  }
  for (const rule of rules.nodes) {
    if (!rule.matches(subject.name) && !rule.matches(subject.displayName)) continue
    rules.used.add(rule.key)
    merged = { ...merged, ...rule.stub }
  }
  const { attempts } = merged
  if (attempts === undefined || attempts.length === 0) return merged
  return { ...merged, ...attempts[Math.min(attemptOf(subject.name), attempts.length - 1)] }
}

/** The attempt that a node's name tells: the number in `(n)` at its end, 0 without one. Loop items are `(n:value)` and tell none. */
export function attemptOf(name: string): number {
  const match = /\((\d{1,9})\)$/.exec(name)
  return match === null ? 0 : Number(match[1])
}
