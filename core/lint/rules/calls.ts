// Owns rules for steps, tasks and hooks: what they call, with which arguments, when, and how often.
import { compileWhen, expandSequence, itemsOfParam } from '@tiphys/core/expr'
import { didYouMean, hasLocationOrKey, nearest, type Arguments, type LifecycleHook, type Path, type Template } from '@tiphys/core/spec'
import { findNamed, findTarget, type CallView, type ObjectView, type TemplateView } from '../object-view.ts'
import { isEmptyHook } from '../scope.ts'
import { hasTag } from '../visit.ts'
import { checkDag } from './dags.ts'

export function checkCalls(view: ObjectView, owner: TemplateView): void {
  for (const call of owner.calls) {
    checkTarget(view, call)
    checkWhen(view, call.call.when, [...call.path, 'when'])
    checkLoop(view, call)
    for (const [name, hook] of Object.entries(call.call.hooks ?? {})) checkHook(view, { hook, path: [...call.path, 'hooks', name], isExit: name === 'exit', inherited: call.call.arguments })
    const onExit = call.call.onExit ?? ''
    if (onExit !== '' && !hasTag(onExit)) checkNamed(view, onExit, [...call.path, 'onExit'])
  }
  if (owner.type === 'dag') checkDag(view, owner)
}

function checkTarget(view: ObjectView, { call, path }: CallView): void {
  const { remarks } = view
  const ways = [call.template, call.templateRef, call.inline].filter((way) => way !== undefined && way !== '').length
  if (ways === 0) remarks.error('template_missing', path, `"${call.name ?? ''}" calls no template`, 'add template, templateRef or inline')
  if (ways > 1) remarks.warning('choose_one', path, `"${call.name ?? ''}" names more than one template`, 'inline wins over templateRef, templateRef over template')
  const target = findTarget(view, call)
  if (target.known) return checkArguments(view, { args: call.arguments, template: target.template, path, inherited: false })
  if (target.missing) reportMissing(view, call.templateRef === undefined ? [...path, 'template'] : [...path, 'templateRef', target.field], target)
}

function reportMissing(view: ObjectView, path: Path, target: { readonly what: string; readonly names: readonly string[] }): void {
  const name = /"([^"]*)"/.exec(target.what)?.[1] ?? ''
  view.remarks.error('template_unknown', path, `${target.what} is not defined`, didYouMean(name, target.names))
}

function checkNamed(view: ObjectView, name: string, path: Path): Template | undefined {
  const target = findNamed(view, name)
  if (target.known) return target.template
  if (target.missing) reportMissing(view, path, target)
  return undefined
}

interface ArgumentsInput {
  readonly args: Arguments | undefined
  readonly template: Template
  /** Of whatever has the `arguments`. */
  readonly path: Path
  /** The arguments were written for something else, so that some may be left over. */
  readonly inherited: boolean
}

function checkArguments(view: ObjectView, input: ArgumentsInput): void {
  const { args, template, path } = input
  for (const field of ['parameters', 'artifacts'] as const) {
    const inputs = (template.inputs?.[field] ?? []).map((i) => i.name)
    const given = (args?.[field] ?? []).map((a) => a.name)
    const needed = field === 'parameters' ? neededParameters(template) : neededArtifacts(template)
    const missing = needed.filter((name) => !given.includes(name))
    const misspelt = new Set<string>()
    for (const [i, name] of given.entries()) {
      if (input.inherited || name === '' || inputs.includes(name) || hasTag(name)) continue
      const meant = nearest(name, missing)
      // One mistake is told once: the input that lacks its argument says which name was meant for it.
      if (meant !== undefined && !misspelt.has(meant)) {
        misspelt.add(meant)
        missingArgument(view, input, { what: `${field.slice(0, -1)} "${meant}"`, hint: `"${name}" is given, which it has no input for: did you mean "${meant}"?` })
        continue
      }
      const hint = didYouMean(name, inputs) ?? (inputs.length === 0 ? `it has no input ${field}` : `its inputs are ${inputs.join(', ')}`)
      view.remarks.warning('argument_unused', [...path, 'arguments', field, i, 'name'], `template "${template.name ?? ''}" has no input "${name}"`, hint)
    }
    for (const name of missing) if (!misspelt.has(name)) missingArgument(view, input, { what: `${field.slice(0, -1)} "${name}"`, hint: 'add it to arguments, or give the input a default' })
  }
}

function neededParameters(template: Template): readonly string[] {
  const own = (template.inputs?.parameters ?? []).filter((p) => (p.value ?? p.default ?? p.valueFrom?.configMapKeyRef) === undefined)
  return own.map((p) => p.name)
}

function neededArtifacts(template: Template): readonly string[] {
  return (template.inputs?.artifacts ?? []).filter((a) => a.optional !== true && !hasLocationOrKey(a)).map((a) => a.name)
}

function missingArgument(view: ObjectView, input: ArgumentsInput, missing: { readonly what: string; readonly hint: string }): void {
  view.remarks.error('argument_missing', input.path, `template "${input.template.name ?? ''}" needs the ${missing.what}`, missing.hint)
}

export interface HookInput {
  readonly hook: LifecycleHook
  readonly path: Path
  readonly isExit: boolean
  /** Arguments of the step, task or workflow, which its exit handler gets when it has none of its own. */
  readonly inherited: Arguments | undefined
}

export function checkHook(view: ObjectView, input: HookInput): void {
  const { hook, path } = input
  if (isEmptyHook(hook)) return view.remarks.error('template_missing', path, 'the hook calls no template', 'add template or templateRef')
  const target = findTarget(view, hook)
  if (target.known) {
    // The exit handler of a node or of the workflow gets the arguments of that, when it has none of its own.
    const own = (hook.arguments?.parameters ?? []).length + (hook.arguments?.artifacts ?? []).length
    const args = input.isExit && own === 0 ? input.inherited : hook.arguments
    checkArguments(view, { args, template: target.template, path, inherited: args !== hook.arguments })
  } else if (target.missing) reportMissing(view, hook.templateRef === undefined ? [...path, 'template'] : [...path, 'templateRef', target.field], target)
}

/** Tags become words or numbers, so a condition must be readable with one of them in the place of each. */
export function checkWhen(view: ObjectView, when: string | undefined, path: Path): void {
  if (when === undefined || when.trim() === '') return
  const variants = ['word', '1', '"text"'].map((value) => when.replace(/\{\{=.*?\}\}/gs, 'true').replace(/\{\{[^{}]*\}\}/g, value))
  const [first] = variants.map((text) => compileWhen(text)).sort((a, b) => Number(b.ok) - Number(a.ok))
  if (first === undefined) return
  if (!first.ok) {
    const message = first.problem.message.split(': ').slice(1).join(': ')
    return view.remarks.error('when_syntax', path, `the condition cannot be read: ${message}`, 'write for example "{{inputs.parameters.x}}" == "yes"')
  }
  if (when.includes('{{')) return
  const value = first.value.evaluate()
  if (!value.ok) view.remarks.error('when_value', path, 'the condition is neither true nor false', value.problem.hint)
}

function checkLoop(view: ObjectView, { call, path }: CallView): void {
  const { withParam = '', withSequence, withItems } = call
  const { remarks } = view
  if (withParam !== '' && !hasTag(withParam)) {
    const items = itemsOfParam(withParam)
    if (!items.ok) remarks.error('loop_invalid', [...path, 'withParam'], 'withParam is not a JSON list', items.problem.hint)
  }
  const nothing = withItems?.findIndex((item) => item === null) ?? -1
  if (nothing >= 0) remarks.warning('loop_item_empty', [...path, 'withItems', nothing], 'this item is null')
  if (withSequence === undefined) return
  const { count, start, end, format } = withSequence
  const tagged = [count, start, end].some((v) => typeof v === 'string' && hasTag(v))
  const fixed = tagged ? { count: 1, format: hasTag(format) ? undefined : format } : { count, start, end, format: hasTag(format) ? undefined : format }
  const items = expandSequence(fixed)
  if (!items.ok) return remarks.error('loop_invalid', [...path, 'withSequence'], sequenceMessage(items.problem), items.problem.hint ?? 'write whole numbers')
  if (!tagged && typeof count !== 'undefined' && Number(count) < 0) remarks.warning('loop_backwards', [...path, 'withSequence'], `count is ${count}`)
}

function sequenceMessage(problem: { readonly code: string; readonly message: string }): string {
  if (problem.code === 'with_sequence_number') return `withSequence needs whole numbers: ${/"(.*)"/.exec(problem.message)?.[1] ?? ''} is none`
  if (problem.code === 'with_sequence_format') return 'the format of withSequence does not print one number'
  return problem.message
}
