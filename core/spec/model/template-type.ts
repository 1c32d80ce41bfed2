// Owns which kind of work a template is, and the few questions that follow from it alone.
import type {
  Container,
  ContainerSetTemplate,
  DAGTemplate,
  DataTemplate,
  HTTPTemplate,
  ResourceTemplate,
  ScriptTemplate,
  SuspendTemplate,
  Template,
  WorkflowStep,
} from '../wire/index.ts'
import type { JsonObject } from '../json.ts'

export const templateTypes = ['container', 'containerSet', 'steps', 'dag', 'script', 'resource', 'data', 'suspend', 'http', 'plugin'] as const
export type TemplateType = (typeof templateTypes)[number]

/** The body of a template, told apart by `type`. */
export type TemplateBody =
  | { readonly type: 'container'; readonly container: Container }
  | { readonly type: 'containerSet'; readonly containerSet: ContainerSetTemplate }
  | { readonly type: 'steps'; readonly steps: readonly (readonly WorkflowStep[])[] }
  | { readonly type: 'dag'; readonly dag: DAGTemplate }
  | { readonly type: 'script'; readonly script: ScriptTemplate }
  | { readonly type: 'resource'; readonly resource: ResourceTemplate }
  | { readonly type: 'data'; readonly data: DataTemplate }
  | { readonly type: 'suspend'; readonly suspend: SuspendTemplate }
  | { readonly type: 'http'; readonly http: HTTPTemplate }
  | { readonly type: 'plugin'; readonly plugin: JsonObject }

/** The type of a template; the first in the reference's order when several are given, undefined when none is. */
export function templateType(template: Template): TemplateType | undefined {
  for (const type of templateTypes) if (template[type] !== undefined) return type
  return undefined
}

/** Every type that the template declares; a valid one declares exactly one. */
export function declaredTypes(template: Template): readonly TemplateType[] {
  return templateTypes.filter((type) => template[type] !== undefined)
}

export function templateBody(template: Template): TemplateBody | undefined {
  if (template.container !== undefined) return { type: 'container', container: template.container }
  if (template.containerSet !== undefined) return { type: 'containerSet', containerSet: template.containerSet }
  if (template.steps !== undefined) return { type: 'steps', steps: template.steps }
  if (template.dag !== undefined) return { type: 'dag', dag: template.dag }
  if (template.script !== undefined) return { type: 'script', script: template.script }
  if (template.resource !== undefined) return { type: 'resource', resource: template.resource }
  if (template.data !== undefined) return { type: 'data', data: template.data }
  if (template.suspend !== undefined) return { type: 'suspend', suspend: template.suspend }
  if (template.http !== undefined) return { type: 'http', http: template.http }
  if (template.plugin !== undefined) return { type: 'plugin', plugin: template.plugin }
  return undefined
}

/** Does a template of this type run in a pod of its own? */
export function isPodType(type: TemplateType | undefined): boolean {
  return type === 'container' || type === 'containerSet' || type === 'script' || type === 'resource' || type === 'data'
}

/** Does a template of this type do work itself, rather than call others or wait? */
export function isLeafType(type: TemplateType | undefined): boolean {
  return isPodType(type) || type === 'http' || type === 'plugin'
}

/** Can and will the template have a result and an exit code? Plugins are assumed to. */
export function hasResult(template: Template): boolean {
  if (template.containerSet?.containers.some((c) => c.name === 'main') === true) return true
  const { container, script, data, http, plugin } = template
  return [container, script, data, http, plugin].some((body) => body !== undefined)
}
