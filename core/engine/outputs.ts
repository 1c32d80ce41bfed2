// Outputs of steps and dag templates, and what `globalName` exports to the whole workflow (OUT-3 … OUT-8).
import type { Artifact, Outputs, Parameter, Template } from '@tiphys/core/spec'
import { type Value, goText } from '@tiphys/core/expr'
import type { Turn } from './model.ts'
import type { Scope } from './scope.ts'
import { resolveArtifact } from './artifacts.ts'
import { evaluate } from './render.ts'

type Resolved<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly message: string }

/** Resolves what a steps or dag template declares, from the results of its children. */
export function resolveOutputs(template: Template, scope: Scope): Resolved<Outputs | undefined> {
  const declared = template.outputs
  if ((declared?.parameters?.length ?? 0) === 0 && (declared?.artifacts?.length ?? 0) === 0) return { ok: true, value: undefined }
  const parameters: Parameter[] = []
  for (const parameter of declared?.parameters ?? []) {
    const value = resolveParameter(parameter, scope)
    if (!value.ok) return value
    const { valueFrom: _source, ...rest } = parameter
    parameters.push({ ...rest, value: value.value })
  }
  const artifacts = resolveArtifacts(declared?.artifacts ?? [], scope)
  if (!artifacts.ok) return artifacts
  return { ok: true, value: { ...(parameters.length > 0 && { parameters }), ...(artifacts.value.length > 0 && { artifacts: artifacts.value }) } }
}

function resolveParameter(parameter: Parameter, scope: Scope): Resolved<string> {
  const { valueFrom } = parameter
  if (valueFrom === undefined) return { ok: false, message: 'output parameters must have a valueFrom specified' }
  const found = valueFrom.expression ? byExpression(valueFrom.expression, scope) : byReference(valueFrom.parameter ?? '', scope)
  if (found.ok && found.value !== null) return { ok: true, value: found.value }
  if (valueFrom.default !== undefined) return { ok: true, value: valueFrom.default }
  if (!found.ok) return found
  const reference = JSON.stringify(valueFrom.parameter ?? '')
  return { ok: false, message: `output parameter ${JSON.stringify(parameter.name)}: ${reference} is an absent optional (skipped/omitted node output with no default)` }
}

function byExpression(expression: string, scope: Scope): Resolved<string | null> {
  const result = evaluate(expression, scope)
  if (!result.ok) return { ok: false, message: result.error.message }
  if (result.value === null) return { ok: false, message: `failed to evaluate expression ${JSON.stringify(expression)}` }
  return { ok: true, value: textOf(result.value) }
}

/** A parameter that is a reference names a variable, with or without braces; `{{=…}}` is an expression. */
function byReference(text: string, scope: Scope): Resolved<string | null> {
  if (text === '') return { ok: true, value: '' }
  const tag = text.replace(/^\{\{/, '').replace(/\}\}$/, '').trim()
  if (tag.startsWith('=')) {
    const result = byExpression(tag.slice(1), scope)
    return result.ok ? result : { ok: false, message: `Unable to resolve: ${JSON.stringify(tag)}` }
  }
  const value = scope.get(tag)
  return value === undefined ? { ok: false, message: `Unable to resolve: ${JSON.stringify(tag)}` } : { ok: true, value }
}

function textOf(value: Value): string {
  return typeof value === 'string' ? value : goText(value)
}

function resolveArtifacts(declared: readonly Artifact[], scope: Scope): Resolved<Artifact[]> {
  const artifacts: Artifact[] = []
  for (const artifact of declared) {
    if (!artifact.from && !artifact.fromExpression) continue
    const found = resolveArtifact(artifact, scope)
    if (!found.ok) {
      if (found.missing && artifact.optional === true) continue
      return { ok: false, message: `unable to resolve outputs from scope: ${found.message}` }
    }
    artifacts.push({ ...found.value, name: artifact.name, ...(artifact.globalName !== undefined && { globalName: artifact.globalName }) })
  }
  return { ok: true, value: artifacts }
}

/** Makes outputs with a `globalName` visible as `workflow.outputs.*` and in the workflow's status. The last writer wins. */
export function exportOutputs(turn: Turn, outputs: Outputs | undefined): void {
  for (const parameter of outputs?.parameters ?? []) if (parameter.globalName) exportParameter(turn, parameter)
  for (const artifact of outputs?.artifacts ?? []) if (artifact.globalName) exportArtifact(turn, artifact)
}

function exportParameter(turn: Turn, parameter: Parameter): void {
  const { run } = turn
  const name = parameter.globalName ?? ''
  if (parameter.value === undefined) return
  run.globals.set(`workflow.outputs.parameters.${name}`, parameter.value)
  const others = run.status.outputs?.parameters ?? []
  const entry: Parameter = { name, value: parameter.value }
  const at = others.findIndex((other) => other.name === name)
  const parameters = at < 0 ? [...others, entry] : others.with(at, entry)
  run.status.outputs = { ...run.status.outputs, parameters }
  noteGlobals(turn)
}

function exportArtifact(turn: Turn, artifact: Artifact): void {
  const { run } = turn
  const { globalName: _global, path: _path, ...rest } = artifact
  const entry: Artifact = { ...rest, name: artifact.globalName ?? '' }
  const others = run.status.outputs?.artifacts ?? []
  const at = others.findIndex((other) => other.name === entry.name)
  const artifacts = at < 0 ? [...others, entry] : others.with(at, entry)
  run.status.outputs = { ...run.status.outputs, artifacts }
  noteGlobals(turn)
}

export function noteGlobals(turn: Turn): void {
  turn.run.globalsVersion += 1
  turn.statusChanged = true
}
