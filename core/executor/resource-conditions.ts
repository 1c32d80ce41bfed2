// Owns the conditions of resource templates: label selectors whose labels are paths into the object.
import { type Json, type LabelRequirement, type LabelSelector, type Result, bad, formatLabelSelector, isJsonArray, isJsonObject, matchesLabels, ok, parseLabelSelector } from '@tiphys/core/kube'
import { goJson, goJsonNumber } from '@tiphys/core/kube'
import type { ResourceTemplate } from '@tiphys/core/spec'

export interface ResourceConditions {
  readonly success: LabelSelector
  readonly failure: LabelSelector
}

export type Verdict =
  | { readonly state: 'met' }
  | { readonly state: 'waiting' }
  /** One requirement of the failure condition holds. */
  | { readonly state: 'failed'; readonly message: string }

/** The conditions of a template; undefined when it has none and does not wait. */
export function readConditions({ successCondition = '', failureCondition = '' }: ResourceTemplate): Result<ResourceConditions | undefined> {
  if (successCondition === '' && failureCondition === '') return ok(undefined)
  const success = parseLabelSelector(successCondition)
  if (!success.ok) return bad('resource_condition', `success condition '${successCondition}' failed to parse: ${success.problem.message}`)
  const failure = parseLabelSelector(failureCondition)
  if (!failure.ok) return bad('resource_condition', `fail condition '${failureCondition}' failed to parse: ${failure.problem.message}`)
  return ok({ success: success.value, failure: failure.value })
}

/** Each requirement of the failure condition fails by itself; those of the success condition have to hold together. */
export function judgeResource({ success, failure }: ResourceConditions, object: Json): Verdict {
  for (const requirement of failure) {
    if (holds(requirement, object)) return { state: 'failed', message: `failure condition '${formatLabelSelector([requirement])}' evaluated true` }
  }
  return success.every((requirement) => holds(requirement, object)) ? { state: 'met' } : { state: 'waiting' }
}

function holds(requirement: LabelRequirement, object: Json): boolean {
  const value = valueAt(object, requirement.key)
  return matchesLabels([requirement], value === undefined ? {} : { [requirement.key]: textOf(value) })
}

/** A path of names and positions with dots between them; `#` is the length of a list. */
function valueAt(object: Json, path: string): Json | undefined {
  let at: Json | undefined = object
  for (const part of path.split('.')) {
    if (isJsonArray(at)) at = part === '#' ? at.length : /^\d+$/.test(part) ? at[Number(part)] : undefined
    else if (isJsonObject(at)) at = Object.hasOwn(at, part) ? at[part] : undefined
    else return undefined
  }
  return at
}

function textOf(value: Json): string {
  if (typeof value === 'string') return value
  if (value === null) return ''
  return typeof value === 'number' ? goJsonNumber(value) : typeof value === 'boolean' ? String(value) : goJson(value)
}
