// Owns templates inside JSON data: which strings and keys hold tags, found once, and a copy in which only those are replaced.

import type { TemplateResult } from './error.ts'
import { renderTemplate, type RenderMode } from './render.ts'
import type { TemplateScope } from './scope.ts'
import { compileTemplate, tagsOf, type Template } from './template.ts'

/** Data whose texts may hold tags. Rendering shares with `value` every part that has none. */
export interface Document {
  readonly value: unknown
  /** Where the tags are; `undefined` when there are none. */
  readonly plan: Plan | undefined
  /** Whether a tag is an expression: only these may ask for the time or for randomness. */
  readonly hasExpression: boolean
}

type Plan =
  | { readonly kind: 'text'; readonly template: Template }
  | { readonly kind: 'list'; readonly places: readonly (readonly [number, Plan])[] }
  | { readonly kind: 'map'; readonly places: readonly Place[] }

/** A member whose value, key or both hold tags. */
interface Place { readonly key: string; readonly keyTemplate: Template | undefined; readonly plan: Plan | undefined }

/** Data nested deeper than this is left as it is below that depth. */
export const documentDepthMax = 500

/** Finds the tags of JSON-like data. Functions, dates and the like are passed through untouched. */
export function compileDocument(value: unknown): Document {
  const seen = { closing: 0, expressions: 0 }
  const plan = planOf(value, { depth: 0, seen })
  return { value, plan: plan === undefined ? undefined : withOpenTags(plan, seen.closing), hasExpression: seen.expressions > 0 }
}

/** `seen` counts the texts that hold a `}}` and those that may hold an expression. */
interface Walk { readonly depth: number; readonly seen: { closing: number; expressions: number } }

function planOf(value: unknown, w: Walk): Plan | undefined {
  if (typeof value === 'string') return textPlan(value, w)
  if (typeof value !== 'object' || value === null || w.depth >= documentDepthMax) return undefined
  const inner: Walk = { depth: w.depth + 1, seen: w.seen }
  return Array.isArray(value) ? listPlan(value, inner) : mapPlan(value, inner)
}

function textPlan(text: string, w: Walk): Plan | undefined {
  if (text.includes('}}')) w.seen.closing++
  if (text.includes('{{=')) w.seen.expressions++
  return text.includes('{{') ? { kind: 'text', template: compileTemplate(text) } : undefined
}

/** Argo reads the document as one text, so that a `{{` may end in a later field; what was meant as text has to stay text. */
function withOpenTags(plan: Plan, closing: number): Plan {
  switch (plan.kind) {
    case 'text': {
      const others = closing - (plan.template.text.includes('}}') ? 1 : 0)
      return plan.template.unclosedAt === undefined || others === 0 ? plan : { kind: 'text', template: { ...plan.template, closedElsewhere: true } }
    }
    case 'list': return { kind: 'list', places: plan.places.map(([i, inner]) => [i, withOpenTags(inner, closing)] as const) }
    case 'map': return { kind: 'map', places: plan.places.map((p) => ({ ...p, plan: p.plan === undefined ? undefined : withOpenTags(p.plan, closing) })) }
  }
}

function listPlan(items: readonly unknown[], w: Walk): Plan | undefined {
  const places: (readonly [number, Plan])[] = []
  items.forEach((item, i) => {
    const plan = planOf(item, w)
    if (plan !== undefined) places.push([i, plan])
  })
  return places.length === 0 ? undefined : { kind: 'list', places }
}

function mapPlan(map: object, w: Walk): Plan | undefined {
  const places: Place[] = []
  for (const [key, value] of Object.entries(map)) {
    const plan = planOf(value, w)
    const keyTemplate = key.includes('{{') ? compileTemplate(key) : undefined
    if (key.includes('{{=')) w.seen.expressions++
    if (plan !== undefined || keyTemplate !== undefined) places.push({ key, keyTemplate, plan })
  }
  return places.length === 0 ? undefined : { kind: 'map', places }
}

/** Fills all tags of a document; the first that fails is the error. */
export function renderDocument(document: Document, scope: TemplateScope, mode: RenderMode): TemplateResult<unknown> {
  return document.plan === undefined ? { ok: true, value: document.value } : fill(document.plan, document.value, { scope, mode })
}

interface Filling { readonly scope: TemplateScope; readonly mode: RenderMode }

function fill(plan: Plan, value: unknown, f: Filling): TemplateResult<unknown> {
  switch (plan.kind) {
    case 'text': return renderTemplate(plan.template, f.scope, f.mode)
    case 'list': return fillList(plan.places, value as readonly unknown[], f)
    case 'map': return fillMap(plan.places, value as Readonly<Record<string, unknown>>, f)
  }
}

function fillList(places: readonly (readonly [number, Plan])[], items: readonly unknown[], f: Filling): TemplateResult<unknown> {
  let copy: unknown[] | undefined
  for (const [i, plan] of places) {
    const filled = fill(plan, items[i], f)
    if (!filled.ok) return filled
    if (filled.value === items[i]) continue
    copy ??= [...items]
    copy[i] = filled.value
  }
  return { ok: true, value: copy ?? items }
}

function fillMap(places: readonly Place[], map: Readonly<Record<string, unknown>>, f: Filling): TemplateResult<unknown> {
  let copy: Record<string, unknown> | undefined
  const renamed = new Map<string, string>()
  for (const { key, keyTemplate, plan } of places) {
    if (keyTemplate !== undefined) {
      const name = renderTemplate(keyTemplate, f.scope, f.mode)
      if (!name.ok) return name
      if (name.value !== key) renamed.set(key, name.value)
    }
    if (plan === undefined) continue
    const filled = fill(plan, map[key], f)
    if (!filled.ok) return filled
    if (filled.value === map[key]) continue
    copy ??= { ...map }
    copy[key] = filled.value
  }
  const result = copy ?? map
  return { ok: true, value: renamed.size === 0 ? result : renameKeys(result, renamed) }
}

function renameKeys(map: Readonly<Record<string, unknown>>, renamed: ReadonlyMap<string, string>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [renamed.get(key) ?? key, value]))
}

/** Every variable that a document names, each once. */
export function tagsOfDocument(document: Document): readonly string[] {
  const names = new Set<string>()
  const pending = document.plan === undefined ? [] : [document.plan]
  for (let plan = pending.pop(); plan !== undefined; plan = pending.pop()) {
    if (plan.kind === 'text') for (const name of tagsOf(plan.template)) names.add(name)
    else if (plan.kind === 'list') pending.push(...plan.places.map(([, inner]) => inner))
    else for (const place of plan.places) {
      if (place.plan !== undefined) pending.push(place.plan)
      if (place.keyTemplate !== undefined) for (const name of tagsOf(place.keyTemplate)) names.add(name)
    }
  }
  return [...names]
}

