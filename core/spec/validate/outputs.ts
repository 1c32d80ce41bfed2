// Owns the rules for outputs, and which names the outputs of a template bring into the scope of its caller.
import { isLeafType, hasResult, templateType, type TemplateType } from '../model/template-type.ts'
import type { Parameter, Template } from '../wire/index.ts'
import { pathProblem } from './artifacts.ts'
import type { Context } from './context.ts'
import { invalid, within, type Invalid, type Place } from './invalid.ts'
import { dataNameProblem, holdsParameter, namesProblem } from './names.ts'
import { nextPlaceholder } from './placeholders.ts'
import { anyOutputArtifact, anyOutputParameter, findUnresolved, toJsonText, type Names } from './tags.ts'
import { locateTag } from './locate.ts'

export interface OutputsInput {
  readonly ctx: Context
  readonly names: Names
  /** The template with its arguments put in. */
  readonly template: Template
  readonly place: Place
}

export function validateOutputs(input: OutputsInput): Invalid | undefined {
  const { ctx, template, place } = input
  const prefix = `templates.${template.name ?? ''}`
  for (const field of ['parameters', 'artifacts'] as const) {
    const problem = namesProblem(template.outputs?.[field] ?? [], dataNameProblem)
    if (problem !== undefined) return invalid(within(place, 'outputs', field, problem.index, 'name'), `${prefix}.outputs.${field} ${problem.message}`)
  }
  const check = { names: input.names, globals: ctx.globals, forTemplate: ctx.forTemplate }
  const unresolved = findUnresolved(toJsonText(template.outputs ?? {}), check)
  if (unresolved !== undefined) return invalid(locateTag(place, unresolved.tag, 'outputs'), `${prefix}.outputs ${unresolved.message}`)
  return validateArtifacts(template, place) ?? validateParameters(template, place)
}

function validateArtifacts(template: Template, place: Place): Invalid | undefined {
  const prefix = `templates.${template.name ?? ''}`
  const leaf = isLeafType(templateType(template))
  for (const [i, artifact] of (template.outputs?.artifacts ?? []).entries()) {
    const ref = `outputs.artifacts.${artifact.name}`
    const at = within(place, 'outputs', 'artifacts', i)
    if (leaf) {
      const problem = pathProblem(artifact.name, artifact.path ?? '')
      if (problem !== undefined) return invalid(at, `error in ${prefix}.${ref}: ${problem}`)
    } else if ((artifact.path ?? '') !== '') return invalid(within(at, 'path'), `${prefix}.${ref}.path only valid in container/script templates`)
    const problem = globalNameProblem(artifact.globalName)
    if (problem !== undefined) return invalid(within(at, 'globalName'), `${prefix}.${ref}.globalName: ${problem}`)
  }
  return undefined
}

function globalNameProblem(name: string | undefined): string | undefined {
  return name === undefined || name === '' || holdsParameter(name) ? undefined : dataNameProblem(name)
}

function validateParameters(template: Template, place: Place): Invalid | undefined {
  const type = templateType(template)
  for (const [i, parameter] of (template.outputs?.parameters ?? []).entries()) {
    const ref = `templates.${template.name ?? ''}.outputs.parameters.${parameter.name}`
    const at = within(place, 'outputs', 'parameters', i)
    const problem = sourceProblem(parameter, ref) ?? typeProblem(parameter, ref, type)
    if (problem !== undefined) return invalid(parameter.valueFrom === undefined ? at : within(at, 'valueFrom'), problem)
    const name = globalNameProblem(parameter.globalName)
    if (name !== undefined) return invalid(within(at, 'globalName'), `${ref}.globalName: ${name}`)
  }
  return undefined
}

const given = (text: string | undefined): boolean => text !== undefined && text !== ''

/** An output has a value, or exactly one source for it. */
function sourceProblem(parameter: Parameter, ref: string): string | undefined {
  const { value, valueFrom } = parameter
  if (value !== undefined) return valueFrom === undefined ? undefined : `${ref} has both valueFrom and value specified, choose one`
  if (valueFrom === undefined) return `${ref} does not have valueFrom or value specified`
  const sources = [valueFrom.path, valueFrom.jqFilter, valueFrom.jsonPath, valueFrom.parameter, valueFrom.expression].filter(given).length
  const count = sources + (valueFrom.supplied === undefined ? 0 : 1)
  if (count === 0) return 'valueFrom type unspecified. choose one of: path, jqFilter, jsonPath, parameter, raw, expression'
  return count === 1 ? undefined : 'multiple valueFrom types specified. choose one of: path, jqFilter, jsonPath, parameter, raw'
}

/** How the reference writes template types in messages. */
export function shownType(type: TemplateType | undefined): string {
  if (type === undefined) return 'Unknown'
  if (type === 'dag' || type === 'http') return type.toUpperCase()
  return type.charAt(0).toUpperCase() + type.slice(1)
}

/** The source must suit what the template does. */
function typeProblem(parameter: Parameter, ref: string, type: TemplateType | undefined): string | undefined {
  const { valueFrom } = parameter
  if (valueFrom === undefined) return undefined
  const shown = shownType(type)
  switch (type) {
    case 'container':
    case 'containerSet':
    case 'script':
      return given(valueFrom.path) ? undefined : `${ref}.path must be specified for ${shown} templates`
    case 'resource':
      return given(valueFrom.jqFilter) || given(valueFrom.jsonPath) ? undefined : `${ref} .jqFilter or jsonPath must be specified for ${shown} templates`
    case 'dag':
    case 'steps':
      return given(valueFrom.parameter) || given(valueFrom.expression) ? undefined : `${ref}.parameter or expression must be specified for ${shown} templates`
    default:
      return undefined
  }
}

export interface OutputNames {
  readonly ctx: Context
  readonly names: Names
  /** `steps` or `tasks`. */
  readonly kind: 'steps' | 'tasks'
  /** Name of the step or task. */
  readonly name: string
  /** Undefined when the template is known only at run time. */
  readonly template: Template | undefined
  /** The step is a loop over a list. */
  readonly aggregate: boolean
}

/** Puts the names of a step's or task's results into scope. */
export function addOutputNames(input: OutputNames): void {
  const { names, template } = input
  const ref = `${input.kind}.${input.name}`
  for (const field of ['id', 'startedAt', 'finishedAt', 'hostNodeName']) names.own.add(`${ref}.${field}`)
  if (template === undefined) return
  if (template.daemon === true) names.own.add(`${ref}.ip`)
  const type = templateType(template)
  if (hasResult(template) || (input.aggregate && (type === 'script' || type === 'containerSet'))) {
    names.own.add(`${ref}.outputs.result`)
    names.own.add(`${ref}.exitCode`)
  }
  for (const { name, globalName } of template.outputs?.parameters ?? []) {
    names.own.add(`${ref}.outputs.parameters.${name}`)
    addGlobal(input, globalName, { prefix: 'workflow.outputs.parameters.', any: anyOutputParameter })
  }
  for (const { name, globalName } of template.outputs?.artifacts ?? []) {
    names.own.add(`${ref}.outputs.artifacts.${name}`)
    addGlobal(input, globalName, { prefix: 'workflow.outputs.artifacts.', any: anyOutputArtifact })
  }
  if (input.aggregate) names.own.add(`${ref}.outputs.parameters`)
}

function addGlobal(input: OutputNames, globalName: string | undefined, kind: { prefix: string; any: string }): void {
  if (globalName === undefined || globalName === '') return
  if (holdsParameter(globalName)) {
    input.names.own.add(kind.any)
    return
  }
  const name = kind.prefix + globalName
  input.names.own.add(name)
  input.ctx.globals.set(name, nextPlaceholder(input.ctx.placeholders))
}
