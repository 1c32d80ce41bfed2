// A step or task compiled once: its texts, its loop and its hooks, resolved against a scope each time it is called.
import type { Artifact, Arguments, ContinueOn, DAGTask, LifecycleHook, Sequence, Template, TemplateRef, WorkflowStep } from '@tiphys/core/spec'
import {
  type Document, type LoopItems, type RenderMode, type Template as Text, compileDocument, compileTemplate, evaluateWhen, expandSequence, itemsOfList, itemsOfParam,
} from '@tiphys/core/expr'
import type { ArgumentValue, CallArguments } from './arguments.ts'
import { type Layer, type Scope, scopeOf } from './scope.ts'
import { resolveArtifact } from './artifacts.ts'
import type { Hook } from './model.ts'
import { ALL, LOOSE, RESULTS, isOpen, renderParts, renderString, renderText } from './render.ts'

export interface CompiledCall {
  readonly name: string
  readonly template: Text | undefined
  readonly templateRef: Document | undefined
  readonly inline: Template | undefined
  readonly when: Text | undefined
  readonly whenText: string
  readonly parameters: readonly CompiledArgument[]
  readonly artifacts: readonly CompiledArtifact[]
  readonly loop: Loop | undefined
  readonly continueOn: ContinueOn | undefined
  readonly hooks: readonly Hook[]
  readonly exit: LifecycleHook | undefined
}

interface CompiledArgument {
  readonly name: string
  readonly text: Text | undefined
  readonly raw: string | undefined
  readonly valueFrom: Document | undefined
  /** The variable, when the argument is nothing but a reference. */
  readonly reference: string | undefined
}

/** `from` and `fromExpression` name an artifact and are no text: they stay out of the document. */
interface CompiledArtifact { readonly source: Artifact; readonly document: Document }

function compileArtifact(source: Artifact): CompiledArtifact {
  const { from: _from, fromExpression: _expression, subPath: _path, ...rest } = source
  return { source, document: compileDocument(rest) }
}

type Loop =
  | { readonly kind: 'items'; readonly document: Document }
  | { readonly kind: 'param'; readonly text: Text; readonly raw: string }
  | { readonly kind: 'sequence'; readonly document: Document }

/** What is called with which arguments, resolved. */
export interface ResolvedCall {
  readonly template: string | undefined
  readonly templateRef: TemplateRef | undefined
  readonly inline: Template | undefined
  readonly args: CallArguments
}

export type Resolution =
  | { readonly kind: 'call'; readonly call: ResolvedCall }
  /** `when` is false: the reason for people. */
  | { readonly kind: 'skip'; readonly reason: string }
  /** The condition itself is broken: the child is an Error and so is its group. */
  | { readonly kind: 'badCondition'; readonly message: string }
  | { readonly kind: 'error'; readonly message: string }

export type Expansion =
  | { readonly kind: 'single' }
  | { readonly kind: 'loop'; readonly items: LoopItems; readonly lenient: boolean }
  | { readonly kind: 'error'; readonly message: string }

const REFERENCE = /^\{\{\s*([^{}]*?)\s*\}\}$/

export function compileCall(source: WorkflowStep | DAGTask, workflowArguments: Arguments | undefined): CompiledCall {
  const args = source.arguments
  return {
    name: source.name ?? '',
    template: source.template ? compileTemplate(source.template) : undefined,
    templateRef: source.templateRef === undefined ? undefined : compileDocument(source.templateRef),
    inline: source.inline,
    when: source.when ? compileTemplate(source.when) : undefined,
    whenText: source.when ?? '',
    parameters: (args?.parameters ?? []).map((parameter) => ({
      name: parameter.name,
      raw: parameter.value,
      text: parameter.value?.includes('{{') === true ? compileTemplate(parameter.value) : undefined,
      valueFrom: parameter.valueFrom === undefined ? undefined : compileDocument(parameter.valueFrom),
      reference: REFERENCE.exec(parameter.value ?? '')?.[1],
    })),
    artifacts: (args?.artifacts ?? []).map(compileArtifact),
    loop: compileLoop(source),
    continueOn: source.continueOn,
    hooks: Object.entries(source.hooks ?? {}).filter(([name]) => name !== 'exit').map(([name, hook]) => ({ name, hook })),
    exit: exitHook(source, workflowArguments),
  }
}

function compileLoop(source: WorkflowStep | DAGTask): Loop | undefined {
  if ((source.withItems?.length ?? 0) > 0) return { kind: 'items', document: compileDocument(source.withItems) }
  if (source.withParam) return { kind: 'param', text: compileTemplate(source.withParam), raw: source.withParam }
  if (source.withSequence !== undefined) return { kind: 'sequence', document: compileDocument(source.withSequence) }
  return undefined
}

/** The exit handler of a step: `onExit`, which gets the workflow's arguments, or the hook called `exit`, which gets them when it has none. */
function exitHook(source: WorkflowStep | DAGTask, workflowArguments: Arguments | undefined): LifecycleHook | undefined {
  if (source.onExit) return { template: source.onExit, arguments: workflowArguments }
  const hook = source.hooks?.['exit']
  return hook === undefined ? undefined : withArguments(hook, workflowArguments)
}

export function withArguments(hook: LifecycleHook, fallback: Arguments | undefined): LifecycleHook {
  const own = hook.arguments
  const empty = (own?.parameters?.length ?? 0) === 0 && (own?.artifacts?.length ?? 0) === 0
  return empty ? { ...hook, arguments: fallback } : hook
}

/** Finds out whether a call is a loop and over which items. `lenient`: the condition is already false, whatever the item. */
export function expand(call: CompiledCall, scope: Scope): Expansion {
  if (call.loop === undefined) return { kind: 'single' }
  const lenient = conditionIsFalse(call, scope)
  if (lenient === 'error') return { kind: 'error', message: whenProblem(call, scope) }
  const items = lenient ? unresolvedItems(call.loop, withoutResults(scope)) : resolvedItems(call.loop, scope)
  if (items.ok) return { kind: 'loop', items: items.value, lenient }
  return lenient ? { kind: 'loop', items: NO_ITEMS, lenient } : { kind: 'error', message: items.message }
}

/** Whether a loop's list comes out as no text at all: the reference then runs a step once, as if it had no loop. */
export function isLoopWithoutText(call: CompiledCall, scope: Scope): boolean {
  if (call.loop?.kind !== 'param') return false
  const text = renderText(call.loop.text, scope, RESULTS)
  return text.ok && text.value === ''
}

const NO_ITEMS: LoopItems = { length: 0, at: () => { throw new RangeError('no items') } }

type Items = { readonly ok: true; readonly value: LoopItems } | { readonly ok: false; readonly message: string }

function resolvedItems(loop: Loop, scope: Scope): Items {
  if (loop.kind === 'param') {
    const text = renderText(loop.text, scope, RESULTS)
    return text.ok ? toItems(itemsOfParam(text.value)) : { ok: false, message: text.error.message }
  }
  const value = renderParts(loop.document, scope, RESULTS)
  if (!value.ok) return { ok: false, message: value.error.message }
  return loop.kind === 'items' ? toItems(itemsOfList(value.value as readonly never[])) : toItems(expandSequence(value.value as Sequence))
}

/** What a loop runs over where its condition is false already: results of other steps are not asked for, what was known before them is. */
function unresolvedItems(loop: Loop, scope: Scope): Items {
  if (loop.kind === 'param') {
    const text = renderText(loop.text, scope, LOOSE)
    return toItems(itemsOfParam(text.ok ? text.value : loop.raw))
  }
  const value = renderParts(loop.document, scope, LOOSE)
  const document = value.ok ? value.value : loop.document.value
  return loop.kind === 'items' ? toItems(itemsOfList(document as readonly never[])) : toItems(expandSequence(document as Sequence))
}

/** The layer of results is the innermost one. */
const withoutResults = (scope: Scope): Scope => scopeOf(...(scope as Scope & { layers: readonly Layer[] }).layers.slice(1))

function toItems(result: { readonly ok: true; readonly value: LoopItems } | { readonly ok: false; readonly problem: { readonly message: string } }): Items {
  return result.ok ? result : { ok: false, message: result.problem.message }
}

/** Whether a loop's condition is false before any item is known. A condition that names the item cannot tell yet. */
function conditionIsFalse(call: CompiledCall, scope: Scope): boolean | 'error' {
  if (call.when === undefined) return false
  const text = renderText(call.when, scope, RESULTS)
  if (!text.ok) return 'error'
  const verdict = evaluateWhen(text.value)
  return verdict.ok && !verdict.value
}

function whenProblem(call: CompiledCall, scope: Scope): string {
  const text = call.when === undefined ? undefined : renderText(call.when, scope, RESULTS)
  return text === undefined || text.ok ? '' : text.error.message
}

/** Resolves a call that is no loop. */
export function resolveSingle(call: CompiledCall, scope: Scope): Resolution {
  if (call.when !== undefined) {
    const text = renderText(call.when, scope, RESULTS)
    if (!text.ok) return { kind: 'error', message: text.error.message }
    const verdict = evaluateWhen(text.value)
    if (!verdict.ok) return { kind: 'error', message: verdict.problem.message }
    if (!verdict.value) return { kind: 'skip', reason: `when '${text.value}' evaluated false` }
  }
  return resolveArguments(call, { scope, mode: RESULTS, whole: scope })
}

/** Resolves the call for one item of its loop. */
export function resolveItem(call: CompiledCall, input: { scope: Scope; item: Layer; lenient: boolean }): Resolution {
  const scope = scopeOf(input.item, ...(input.scope as Scope & { layers: readonly Layer[] }).layers)
  if (call.when !== undefined) {
    const text = renderText(call.when, scope, input.lenient ? LOOSE : ALL)
    if (!text.ok) return { kind: 'error', message: text.error.message }
    const verdict = evaluateWhen(text.value)
    if (!verdict.ok) return { kind: 'badCondition', message: verdict.problem.message }
    if (!verdict.value) return { kind: 'skip', reason: `when '${text.value}' evaluated false` }
  }
  const resolved = resolveArguments(call, { scope, mode: input.lenient ? LOOSE : ALL, whole: input.scope })
  return resolved.kind === 'call' && call.inline !== undefined ? withItem(resolved, input.item) : resolved
}

/** The item is known inside of an inline template too, whose text is part of the loop. */
function withItem(resolved: Extract<Resolution, { kind: 'call' }>, item: Layer): Resolution {
  const filled = renderParts(compileDocument(resolved.call.inline), scopeOf(item), LOOSE)
  if (!filled.ok) return { kind: 'error', message: filled.error.message }
  return { ...resolved, call: { ...resolved.call, inline: filled.value as unknown as Template } }
}

interface ArgumentInput { readonly scope: Scope; readonly mode: RenderMode; readonly whole: Scope }

function resolveArguments(call: CompiledCall, input: ArgumentInput): Resolution {
  const parameters = new Map<string, ArgumentValue>()
  for (const argument of call.parameters) {
    const value = resolveParameter(argument, input)
    if (!value.ok) return { kind: 'error', message: value.message }
    parameters.set(argument.name, value.value)
  }
  const artifacts: Artifact[] = []
  for (const artifact of call.artifacts) {
    const resolved = resolveArgumentArtifact(artifact, input)
    if (!resolved.ok) return { kind: 'error', message: resolved.message }
    if (resolved.value !== undefined) artifacts.push(resolved.value)
  }
  const template = call.template === undefined ? undefined : renderText(call.template, input.whole, RESULTS)
  if (template?.ok === false) return { kind: 'error', message: template.error.message }
  const ref = call.templateRef === undefined ? undefined : renderParts(call.templateRef, input.scope, input.mode)
  if (ref?.ok === false) return { kind: 'error', message: ref.error.message }
  return {
    kind: 'call',
    call: { template: template?.value, templateRef: ref?.value as TemplateRef | undefined, inline: call.inline, args: { parameters, artifacts } },
  }
}

type Value = { readonly ok: true; readonly value: ArgumentValue } | { readonly ok: false; readonly message: string }

function resolveParameter(argument: CompiledArgument, input: ArgumentInput): Value {
  if (argument.reference !== undefined && input.scope.get(argument.reference) === null) {
    return { ok: true, value: { value: undefined, valueFrom: undefined, absent: true, open: false } }
  }
  let valueFrom
  if (argument.valueFrom !== undefined) {
    const rendered = renderParts(argument.valueFrom, input.scope, input.mode)
    if (!rendered.ok) return { ok: false, message: rendered.error.message }
    valueFrom = rendered.value as ArgumentValue['valueFrom']
  }
  if (argument.text === undefined) return { ok: true, value: { value: argument.raw, valueFrom, absent: false, open: false } }
  const rendered = renderText(argument.text, input.scope, input.mode)
  if (!rendered.ok) return { ok: false, message: rendered.error.message }
  return { ok: true, value: { value: rendered.value, valueFrom, absent: false, open: isOpen(argument.text, rendered.value) } }
}

function resolveArgumentArtifact(artifact: CompiledArtifact, input: ArgumentInput): { ok: true; value: Artifact | undefined } | { ok: false; message: string } {
  const rendered = renderParts(artifact.document, input.scope, input.mode)
  if (!rendered.ok) return { ok: false, message: rendered.error.message }
  const rest = rendered.value as Artifact
  const { from, fromExpression, subPath } = artifact.source
  if (!from && !fromExpression) return { ok: true, value: subPath ? { ...rest, subPath } : rest }
  const expression = renderString(fromExpression ?? '', input.scope, LOOSE)
  if (!expression.ok) return { ok: false, message: expression.error.message }
  const resolved = resolveArtifact({ ...rest, from, fromExpression: expression.value, subPath }, input.scope)
  if (resolved.ok) return { ok: true, value: { ...resolved.value, name: rest.name } }
  return rest.optional === true ? { ok: true, value: undefined } : { ok: false, message: `unable to resolve references: ${resolved.message}` }
}


/** Resolves the arguments of a hook: what cannot be resolved yet is left to the called template. */
export function resolveHookArguments(args: Arguments | undefined, scope: Scope): Resolution {
  if (args === undefined) return { kind: 'call', call: { template: undefined, templateRef: undefined, inline: undefined, args: { parameters: new Map(), artifacts: [] } } }
  let compiled = hookArguments.get(args)
  if (compiled === undefined) hookArguments.set(args, (compiled = compileCall({ name: '', arguments: args }, undefined)))
  return resolveArguments(compiled, { scope, mode: LOOSE, whole: scope })
}
const hookArguments = new WeakMap<Arguments, CompiledCall>()
