// Owns the check of one call of a template: finding it, putting arguments in, and judging its body once.
import { declaredTypes, isLeafType, isPodType, templateType } from '../model/template-type.ts'
import type { Template } from '../wire/index.ts'
import { validateInputs, validateLocation } from './artifacts.ts'
import { callDepthMax, isResolved, resolveHolder, resolveName, scopeOf, type Context, type Holder, type Resolved } from './context.ts'
import { validateDag } from './dag.ts'
import { invalid, within, type Base, type Invalid, type Place } from './invalid.ts'
import { podResourcesProblem, validateLeaf } from './leaf.ts'
import { validateMetrics } from './metrics.ts'
import { shownType, validateOutputs } from './outputs.ts'
import { nextPlaceholder, placeholderPrefix } from './placeholders.ts'
import { processArguments, supplyProblem, type ArgumentSource, type Called } from './process-args.ts'
import { validateSteps } from './steps.ts'
import { holdsSimpleTag, newNames, type Names } from './tags.ts'

export interface HolderInput {
  readonly holder: Holder
  /** Where plain template names are looked up. */
  readonly base: Base
  readonly place: Place
  readonly args: ArgumentSource
}

export interface HolderVerdict {
  readonly invalid: Invalid | undefined
  /** The template as written; undefined when only the run will know it. */
  readonly template: Template | undefined
}

const retryPolicies = ['', 'Always', 'OnError', 'OnFailure', 'OnTransientError']

/** Checks what a step, task or workflow calls. */
export function validateHolder(ctx: Context, input: HolderInput): HolderVerdict {
  const { holder, place } = input
  const refuse = (message: string, ...path: readonly string[]): HolderVerdict => ({ invalid: invalid(within(place, ...path), message), template: undefined })
  const { templateRef: ref, template: name } = holder
  if (ref !== undefined) {
    if ((name ?? '') !== '') return refuse('template name cannot be specified with templateRef', 'template')
    if ((ref.name ?? '') === '') return refuse('resource name is required', 'templateRef')
    if ((ref.template ?? '') === '') return refuse('template name is required', 'templateRef')
    if (holdsSimpleTag(`${ref.name ?? ''} ${ref.template ?? ''}`)) return { invalid: undefined, template: undefined }
  } else if ((name ?? '') !== '' && !isResolved(resolveName(ctx, name ?? '', input.base))) {
    return refuse(`template name '${name ?? ''}' undefined`, 'template')
  }
  const resolution = resolveHolder(ctx, holder, input)
  if (!isResolved(resolution)) {
    if (ref === undefined) return refuse(resolution.invalid.message)
    if (!resolution.notFound) return refuse(resolution.invalid.message, 'templateRef', 'name')
    if (ref.template?.includes(placeholderPrefix) === true) return { invalid: undefined, template: undefined }
    return refuse(`template reference ${ref.name ?? ''}.${ref.template ?? ''} not found`, 'templateRef', 'template')
  }
  return validateResolved(ctx, resolution.found, input)
}

function validateResolved(ctx: Context, found: Resolved, input: HolderInput): HolderVerdict {
  const { template, place } = found
  const refuse = (at: Place, message: string): HolderVerdict => ({ invalid: invalid(at, message), template })
  if (templateType(template) === undefined) return refuse(place, `template '${template.name ?? ''}' type is unknown`)
  const policy = template.retryStrategy?.retryPolicy ?? ''
  if (!retryPolicies.includes(policy)) return refuse(within(place, 'retryStrategy', 'retryPolicy'), `${policy} is not a valid RetryPolicy`)
  if (ctx.depth >= callDepthMax) return refuse(input.place, `templates call each other more than ${callDepthMax} levels deep`)
  ctx.depth++
  const verdict = validateTemplate(ctx, found, input)
  ctx.depth--
  return { invalid: verdict, template }
}

const typeChoice = 'choose one of: container, containerSet, steps, script, resource, dag, suspend, template, template ref'

function validateTemplate(ctx: Context, found: Resolved, input: HolderInput): Invalid | undefined {
  const { template, place, base } = found
  const name = template.name ?? ''
  if (ctx.checked.get(keyOf(found)) === template && !hasVariableTiming(template) && !hasOpenTag(template, input.args)) {
    // Only what the call itself brings can still be wrong.
    const missing = supplyProblem(template, input.args)
    return missing === undefined ? undefined : invalid(input.place, `templates.${name} ${missing}`)
  }
  if (declaredTypes(template).length > 1) return invalid(place, `templates.${name} multiple template types specified. ${typeChoice}`)
  const pods = podResources(template, place)
  if (pods !== undefined) return pods
  const names = newNames()
  const inputs = validateInputs(template, place, names)
  if (inputs !== undefined) return inputs
  const unnamed = (template.initContainers ?? []).findIndex((c) => c.name === '')
  if (unnamed >= 0) return invalid(within(place, 'initContainers', unnamed), 'initContainers must all have container name')
  const locals = localNames(ctx, template, names)
  const called = processArguments({ template, base, args: input.args, globals: ctx.globals, tagsInGlobals: ctx.tagsInGlobals, locals })
  // What an argument lacks is mended where the call is, unless the call is nobody's.
  if (!called.ok) return invalid(called.message.endsWith('was not supplied') ? input.place : place, `templates.${name} ${called.message}`)
  return validateCalled(ctx, { found, names, called: called.called })
}

function keyOf(found: Resolved): string {
  return scopeOf(found.base) + (found.template.name ?? '')
}

function hasVariableTiming(template: Template): boolean {
  return [template.timeout, template.pendingTimeout].some((t) => t?.includes('{{') === true)
}

function podResources(template: Template, place: Place): Invalid | undefined {
  if (template.podResources === undefined) return undefined
  const prefix = `templates.${template.name ?? ''}.podResources`
  const type = templateType(template)
  const problem = type === 'http' || type === 'plugin' ? `${prefix} is not supported for ${shownType(type)} templates` : podResourcesProblem(template.podResources, prefix)
  return problem === undefined ? undefined : invalid(within(place, 'podResources'), problem)
}

/** A tag that is not closed where it begins swallows what follows it, so that a call can break a body that was found right. */
function hasOpenTag(template: Template, args: ArgumentSource): boolean {
  const open = (text: string | undefined): boolean => text !== undefined && text.lastIndexOf('{{') > text.lastIndexOf('}}')
  const { parameters = [], artifacts = [] } = template.inputs ?? {}
  if (parameters.some((p) => open(args.parameter(p.name)?.value ?? p.value ?? p.default))) return true
  return artifacts.some((a) => open(args.artifact(a.name)?.from ?? a.from))
}

/** Names that hold inside this template only. */
function localNames(ctx: Context, template: Template, names: Names): ReadonlyMap<string, string> {
  const locals = new Map<string, string>()
  const add = (...added: readonly string[]): void => {
    for (const name of added) {
      locals.set(name, nextPlaceholder(ctx.placeholders))
      names.own.add(name)
    }
  }
  const type = templateType(template)
  if (isPodType(type)) add('pod.name')
  if (template.retryStrategy !== undefined) add('retries', 'lastRetry.exitCode', 'lastRetry.status', 'lastRetry.duration', 'lastRetry.message')
  if (!isLeafType(type)) return locals
  for (const a of template.outputs?.artifacts ?? []) if ((a.path ?? '') !== '') names.own.add(`outputs.artifacts.${a.name}.path`)
  for (const p of template.outputs?.parameters ?? []) if ((p.valueFrom?.path ?? '') !== '') names.own.add(`outputs.parameters.${p.name}.path`)
  return locals
}

interface CalledInput {
  readonly found: Resolved
  readonly names: Names
  readonly called: Called
}

function validateCalled(ctx: Context, input: CalledInput): Invalid | undefined {
  const { place, base } = input.found
  const own = input.found.template
  const { template } = input.called
  const type = templateType(template)
  const timing = timingProblem(template, place)
  if ((own.resourceClaims ?? []).length > 0 && !isPodType(type)) {
    const message = `templates.${own.name ?? ''}.resourceClaims is not supported for ${shownType(type)} templates, which do not create a pod`
    return invalid(within(place, 'resourceClaims'), message)
  }
  if (timing !== undefined) return timing
  // A body is judged once; unnamed (inline) templates of one object share a mark, as in the reference.
  const key = keyOf(input.found)
  if (ctx.checked.has(key)) return undefined
  ctx.checked.set(key, own)
  const body = { ctx, names: input.names, called: input.called, base, place }
  const problem = type === 'steps' ? validateSteps(body) : type === 'dag' ? validateDag(body) : validateLeaf(body)
  if (problem !== undefined) return problem
  const outputs = validateOutputs({ ctx, names: input.names, template, place })
  if (outputs !== undefined) return outputs
  const location = template.archiveLocation
  const archive = location && validateLocation(location, `templates.${template.name ?? ''}.archiveLocation`, within(place, 'archiveLocation'))
  return archive ?? validateMetrics(template, own, place)
}

function timingProblem(template: Template, place: Place): Invalid | undefined {
  const type = templateType(template)
  const { timeout = '', pendingTimeout = '' } = template
  if (timeout !== '') {
    if (!isLeafType(type)) return invalid(within(place, 'timeout'), `${shownType(type)} template doesn't support timeout field`)
    if (/^[+-]?\d{1,18}$/.test(timeout)) return invalid(within(place, 'timeout'), `${template.name ?? ''} has invalid duration format in timeout`)
  }
  if (pendingTimeout === '' || isLeafType(type)) return undefined
  return invalid(within(place, 'pendingTimeout'), `${shownType(type)} template doesn't support pendingTimeout field`)
}
