// Owns rules for steps, tasks and hooks: what they call, with which arguments, when, how often, and in which order.
import { compileDepends, compileExpression, compileWhen, expandSequence, itemsOfParam } from '@tiphys/core/expr'
import { didYouMean, hasLocationOrKey, type Arguments, type DAGTask, type LifecycleHook, type Path, type Template, type WorkflowStep } from '@tiphys/core/spec'
import { findNamed, findTarget, type CallView, type ObjectView, type TemplateView } from '../object-view.ts'
import { isEmptyHook, loops } from '../scope.ts'
import { hasTag } from '../visit.ts'

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
    const inputs = template.inputs?.[field] ?? []
    const names = inputs.map((i) => i.name)
    for (const [i, argument] of (args?.[field] ?? []).entries()) {
      if (input.inherited || argument.name === '' || names.includes(argument.name) || hasTag(argument.name)) continue
      const hint = didYouMean(argument.name, names) ?? (names.length === 0 ? `it has no input ${field}` : `its inputs are ${names.join(', ')}`)
      view.remarks.warning('argument_unused', [...path, 'arguments', field, i, 'name'], `template "${template.name ?? ''}" has no input "${argument.name}"`, hint)
    }
  }
  for (const parameter of template.inputs?.parameters ?? []) {
    const given = args?.parameters?.some((p) => p.name === parameter.name) === true
    const own = parameter.value ?? parameter.default ?? parameter.valueFrom?.configMapKeyRef
    if (!given && own === undefined) missingArgument(view, input, `parameter "${parameter.name}"`)
  }
  for (const artifact of template.inputs?.artifacts ?? []) {
    const given = args?.artifacts?.some((a) => a.name === artifact.name) === true
    if (!given && artifact.optional !== true && !hasLocationOrKey(artifact)) missingArgument(view, input, `artifact "${artifact.name}"`)
  }
}

function missingArgument(view: ObjectView, input: ArgumentsInput, what: string): void {
  view.remarks.error('argument_missing', input.path, `template "${input.template.name ?? ''}" needs the ${what}`, 'add it to arguments, or give the input a default')
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

function checkDag(view: ObjectView, owner: TemplateView): void {
  const tasks = new Map((owner.template.dag?.tasks ?? []).map((t) => [t.name, t]))
  const taskOf = (name: string): { readonly hasItems: boolean; readonly continueOn?: { failed?: boolean | undefined; error?: boolean | undefined } | undefined } | undefined => {
    const task = tasks.get(name)
    return task === undefined ? undefined : { hasItems: loops(task), continueOn: task.continueOn }
  }
  for (const { call, path } of owner.calls) {
    if (!('depends' in call || 'dependencies' in call)) continue
    const { depends = '', dependencies = [] } = call as DAGTask
    const twice = dependencies.findIndex((name, i) => dependencies.indexOf(name) < i)
    if (twice >= 0) view.remarks.warning('dependency_twice', [...path, 'dependencies', twice], `"${dependencies[twice] ?? ''}" stands twice`)
    if (depends === '') continue
    const compiled = compileDepends({ depends, dependencies }, taskOf)
    const problem = compiled.ok ? expressionProblem(compiled.value.expanded()) : compiled.problem.message
    if (problem !== undefined) {
      view.remarks.error('depends_invalid', [...path, 'depends'], `depends cannot be read: ${problem}`, 'join task names and results with &&, || and !: A.Succeeded && !B.Failed')
    }
  }
  checkTargets(view, owner)
}

/** The reference reads names with "_" in the place of "-". */
function expressionProblem(expanded: string): string | undefined {
  const program = compileExpression(expanded.replaceAll('-', '_'))
  return program.ok ? undefined : program.error.message.split('\n')[0]
}

/** With targets given, only they and what they depend on run. */
function checkTargets(view: ObjectView, owner: TemplateView): void {
  const target = owner.template.dag?.target ?? ''
  if (target === '' || hasTag(target)) return
  const needed = new Set(target.split(' '))
  const pending = [...needed]
  const byName = new Map(owner.calls.map((c) => [c.call.name ?? '', c.call as DAGTask]))
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    for (const next of namesOf(byName.get(name))) {
      if (needed.has(next)) continue
      needed.add(next)
      pending.push(next)
    }
  }
  for (const { call, path } of owner.calls) {
    if (!needed.has(call.name ?? '')) view.remarks.warning('task_unreachable', path, `no target needs task "${call.name ?? ''}", so it never runs`)
  }
}

export function namesOf(task: DAGTask | WorkflowStep | undefined): readonly string[] {
  if (task === undefined || !('depends' in task || 'dependencies' in task)) return []
  if ((task.depends ?? '') === '') return task.dependencies ?? []
  return [...(task.depends ?? '').matchAll(/[a-zA-Z0-9][-a-zA-Z0-9]*(?:\.[A-Z][a-zA-Z]+)?/g)].map((m) => m[0].split('.')[0] ?? '')
}
