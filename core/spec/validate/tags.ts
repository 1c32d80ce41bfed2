// Owns tags in JSON text: replacing those that are known, and finding the first that can never be resolved.
// The reference works on the JSON text of a whole template, so an unclosed tag reaches to the next `}}`, wherever that is; so does this.
import { compileTemplate, renderTemplate, scopeOfVariables, type TemplateScope, type Value } from '@tiphys/core/expr'
import { escapeJsonHtml } from '@tiphys/core/kube'

export type Replaced = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly message: string }

/** Names and what stands for them; later maps win. */
export type Lookup = readonly ReadonlyMap<string, string>[]

/** JSON as Go writes it. Text without tags is not looked into, so that its letters need no escapes. */
export function toJsonText(value: unknown): string {
  const text = JSON.stringify(value)
  return text.includes('{{') ? escapeJsonHtml(text) : text
}

function find(lookup: Lookup, name: string): string | undefined {
  for (let i = lookup.length - 1; i >= 0; i--) {
    const value = lookup[i]?.get(name)
    if (value !== undefined) return value
  }
  return undefined
}

/** Replaces all tags of a JSON text that the lookup knows; the others stay. */
export function replaceTags(text: string, lookup: Lookup): Replaced {
  let out = ''
  let at = 0
  let scope: TemplateScope | undefined
  for (;;) {
    const open = text.indexOf('{{', at)
    if (open < 0) break
    const close = text.indexOf('}}', open + 2)
    if (close < 0) return { ok: false, message: unclosed(text, open + 2) }
    out += text.slice(at, open)
    const tag = text.slice(open + 2, close)
    at = close + 2
    if (tag.startsWith('=')) {
      scope ??= expressionScope(lookup)
      const result = replaceExpression(tag, scope)
      if (!result.ok) return result
      out += result.text
    } else out += replaceSimple(tag, lookup)
  }
  return { ok: true, text: out + text.slice(at) }
}

export function unclosed(text: string, from: number): string {
  return `Cannot find end tag="}}" in the template=${JSON.stringify(text)} starting from ${JSON.stringify(text.slice(from))}`
}

function replaceSimple(tag: string, lookup: Lookup): string {
  const value = find(lookup, tag.trim())
  if (value !== undefined) return inJson(value)
  const nested = tag.lastIndexOf('{{')
  const inner = nested > 0 ? find(lookup, tag.slice(nested + 2)) : undefined
  return inner === undefined ? `{{${tag}}}` : `{{${tag.slice(0, nested)}${inJson(inner)}`
}

function inJson(value: string): string {
  return JSON.stringify(value).slice(1, -1)
}

function expressionScope(lookup: Lookup): TemplateScope {
  const all = new Map<string, Value>()
  for (const map of lookup) for (const [name, value] of map) all.set(name, value)
  return { ...scopeOfVariables(all), placeholders: true }
}

/** Expressions are evaluated with stand-ins; one that fails is left as it is, for only the run can tell. */
function replaceExpression(tag: string, scope: TemplateScope): Replaced {
  let source: string
  try {
    source = JSON.parse(`"${unescapeHtml(tag)}"`) as string
  } catch {
    return { ok: false, message: `failed to unmarshall JSON expression: ${jsonFault(tag)}` }
  }
  const rendered = renderTemplate(compileTemplate(`{{${source}}}`), scope, { allowUnresolved: true })
  if (!rendered.ok) return { ok: false, message: rendered.error.message }
  return { ok: true, text: escapeJsonHtml(inJson(rendered.value)) }
}

function unescapeHtml(text: string): string {
  return text.replaceAll('\\u003c', '<').replaceAll('\\u003e', '>').replaceAll('\\u0026', '&')
}

function jsonFault(tag: string): string {
  const quote = /(?:^|[^\\])(?:\\\\)*"(.)/s.exec(tag)
  return quote?.[1] === undefined ? 'unexpected end of JSON input' : `invalid character '${quote[1]}' after top-level value`
}

/** Names that a text may use. A scope may lie over another one. */
export interface Names {
  readonly own: Set<string>
  readonly outer: Names | undefined
}

export function newNames(outer?: Names): Names {
  return { own: new Set(), outer }
}

export function hasName(names: Names | undefined, name: string): boolean {
  for (let at = names; at !== undefined; at = at.outer) if (at.own.has(name)) return true
  return false
}

export const anyItem = 'item.*'
export const anyOutputParameter = 'workflow.outputs.parameters.*'
export const anyOutputArtifact = 'workflow.outputs.artifacts.*'

const checkedPrefixes = ['item.', 'steps.', 'inputs.', 'outputs.', 'pod.', 'workflow.', 'tasks.']

/** Names that only a run knows, whatever is in scope. */
const lateNames = [
  'outputs.',
  'workflow.creationTimestamp',
  'workflow.scheduledTime',
  'workflow.duration',
  'tasks.name',
  'steps.name',
  'node.name',
]

export interface Check {
  readonly names: Names
  readonly globals: ReadonlyMap<string, string>
  /** Parameters of the workflow may come from whoever refers to the template that is checked. */
  readonly forTemplate: boolean
  /** Knows names that would be too many to list. */
  readonly knows?: ((name: string) => boolean) | undefined
}

export interface UnresolvedTag {
  readonly message: string
  /** The tag as written, without braces; undefined when it is not closed. */
  readonly tag: string | undefined
}

/** The first tag of a text that names something which is not in scope. Expressions are not looked into. */
export function findUnresolved(text: string, check: Check): UnresolvedTag | undefined {
  let at = 0
  for (;;) {
    const open = text.indexOf('{{', at)
    if (open < 0) return undefined
    const close = text.indexOf('}}', open + 2)
    if (close < 0) return { message: unclosed(text, open + 2), tag: undefined }
    const tag = text.slice(open + 2, close)
    at = close + 2
    if (!tag.startsWith('=') && !isResolvable(tag.trim(), check)) return { message: `failed to resolve {{${tag}}}`, tag }
  }
}

/** Is there a tag that is no expression, or one that is not closed? What stands inside an expression does not count. */
export function holdsSimpleTag(text: string): boolean {
  for (let open = text.indexOf('{{'); open >= 0; ) {
    const close = text.indexOf('}}', open + 2)
    if (close < 0 || text[open + 2] !== '=') return true
    open = text.indexOf('{{', close + 2)
  }
  return false
}

function isResolvable(name: string, check: Check): boolean {
  if (!checkedPrefixes.some((prefix) => name.startsWith(prefix))) return true
  if (hasName(check.names, name) || check.globals.has(name)) return true
  if (check.knows?.(name) === true) return true
  const allows = (magic: string): boolean => hasName(check.names, magic) || check.globals.has(magic)
  if (name.startsWith('item.') && allows(anyItem)) return true
  if (name.startsWith('workflow.outputs.parameters.') && allows(anyOutputParameter)) return true
  if (name.startsWith('workflow.outputs.artifacts.') && allows(anyOutputArtifact)) return true
  if (lateNames.some((late) => name.startsWith(late))) return true
  return check.forTemplate && name.startsWith('workflow.parameters')
}
