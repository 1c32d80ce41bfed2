// Owns the rules for templates of steps.
import { compareText } from '@tiphys/core/kube'
import type { LifecycleHook, Template, WorkflowStep } from '../wire/index.ts'
import { validateArguments } from './arguments.ts'
import type { Context } from './context.ts'
import { invalid, prefixed, within, type Base, type Invalid, type Place } from './invalid.ts'
import { locateTag } from './locate.ts'
import { addItemNames, collectsResults, hasExitHook } from './loop.ts'
import { stepNameProblem } from './names.ts'
import { addOutputNames } from './outputs.ts'
import { anyArguments, givenArguments, type Called } from './process-args.ts'
import { findUnresolved, newNames, toJsonText, type Names } from './tags.ts'
import { validateHolder } from './template.ts'

export interface BodyInput {
  readonly ctx: Context
  readonly names: Names
  readonly called: Called
  readonly base: Base
  readonly place: Place
}

export function validateSteps(input: BodyInput): Invalid | undefined {
  const { template } = input.called
  const nonLeaf = onlyForLeaves(template, input.place)
  if (nonLeaf !== undefined) return nonLeaf
  const seen = new Set<string>()
  for (const [i, group] of (template.steps ?? []).entries()) {
    for (const [k, step] of (group ?? []).entries()) {
      const place = within(input.place, 'steps', i, k)
      const problem = validateStepName(step, seen, { place, prefix: `templates.${template.name ?? ''}.steps[${i}]` }) ?? validateStep(input, { step, place, index: i })
      if (problem !== undefined) return problem
    }
  }
  return undefined
}

export function onlyForLeaves(template: Template, place: Place): Invalid | undefined {
  if (template.activeDeadlineSeconds === undefined) return undefined
  const message = `templates.${template.name ?? ''}.activeDeadlineSeconds is only valid for leaf templates`
  return invalid(within(place, 'activeDeadlineSeconds'), message)
}

function validateStepName(step: WorkflowStep, seen: Set<string>, at: { place: Place; prefix: string }): Invalid | undefined {
  const name = step.name ?? ''
  const place = within(at.place, 'name')
  if (name === '') return invalid(place, `${at.prefix}.name is required`)
  if (seen.has(name)) return invalid(place, `${at.prefix}.name '${name}' is not unique`)
  const problem = stepNameProblem(name)
  if (problem !== undefined) return invalid(place, `${at.prefix}.name '${name}' is invalid: ${problem}`)
  seen.add(name)
  return undefined
}

interface StepInput {
  readonly step: WorkflowStep
  readonly place: Place
  /** Of the group. */
  readonly index: number
}

function validateStep(input: BodyInput, at: StepInput): Invalid | undefined {
  const { ctx, names, base } = input
  const { step, place } = at
  const name = step.name ?? ''
  const owner = `templates.${input.called.template.name ?? ''}.steps`
  const prefix = `${owner}[${at.index}].${name}`
  names.own.add(`steps.${name}.status`)
  const loop = addItemNames(step, names)
  if (loop !== undefined) return invalid(place, `${prefix} ${loop}`)
  const args = validateArguments({ args: step.arguments, prefix: `${prefix}.arguments.`, place: within(place, 'arguments'), valuesMayMiss: false })
  if (args !== undefined) return args
  const verdict = validateHolder(ctx, { holder: step, base, place, args: anyArguments(ctx.placeholders) })
  if (verdict.invalid !== undefined) return prefixed(`${prefix} `, verdict.invalid)
  const outputs = { ctx, names, kind: 'steps', name, template: verdict.template } as const
  if (hasExitHook(step)) addOutputNames({ ...outputs, aggregate: false })
  const hooks = validateHooks(step.hooks, prefix, within(place, 'hooks'))
  if (hooks !== undefined) return hooks
  const stepNames = newNames(names)
  for (const p of step.inline?.inputs?.parameters ?? []) stepNames.own.add(`inputs.parameters.${p.name}`)
  const unresolved = findUnresolved(toJsonText(step), { names: stepNames, globals: ctx.globals, forTemplate: ctx.forTemplate })
  if (unresolved !== undefined) return invalid(locateTag(place, unresolved.tag), `${owner} ${unresolved.message}`)
  addOutputNames({ ...outputs, aggregate: collectsResults(step) })
  const again = validateHolder(ctx, { holder: step, base, place, args: givenArguments(step.arguments) })
  return again.invalid === undefined ? undefined : prefixed(`${prefix} `, again.invalid)
}

/** A hook that is not the exit handler runs on a condition, so it needs one. */
export function validateHooks(hooks: { readonly [name: string]: LifecycleHook } | undefined, prefix: string, place: Place): Invalid | undefined {
  for (const name of Object.keys(hooks ?? {}).sort(compareText)) {
    if (name !== 'exit' && (hooks?.[name]?.expression ?? '') === '') return invalid(within(place, name), `${prefix}.${name} Expression required`)
  }
  return undefined
}
