// From arguments to inputs: which value each input of a called template gets, and the template with those values substituted.
import { type Arguments, type Artifact, type Inputs, type Parameter, type Template, type ValueFrom, hasLocationOrKey } from '@tiphys/core/spec'
import type { Call, Run } from './model.ts'
import type { CompiledTemplate } from './templates.ts'
import { type InputValues, type Layer, type Scope, globalsLayer, inputsLayer, scopeOf } from './scope.ts'
import { ALL, LOOSE, renderParts, renderString, renderValue } from './render.ts'
import type { Catalog } from './world.ts'

/** An argument after the caller resolved it. */
export interface ArgumentValue {
  readonly value: string | undefined
  readonly valueFrom: ValueFrom | undefined
  /** The output of a skipped node that left none: as good as not given. */
  readonly absent: boolean
  /** The manifest's text still has tags that only the called template can resolve. */
  readonly open: boolean
}

export interface CallArguments {
  readonly parameters: ReadonlyMap<string, ArgumentValue>
  readonly artifacts: readonly Artifact[]
}

export const NO_ARGUMENTS: CallArguments = { parameters: new Map(), artifacts: [] }

export type Processed =
  | { readonly ok: true; readonly template: Template; readonly inputs: Inputs | undefined; readonly scope: Scope; readonly values: InputValues }
  | { readonly ok: false; readonly message: string }

type Failure = { readonly ok: false; readonly message: string }
const fail = (message: string): Failure => ({ ok: false, message })

/** Takes literal arguments, as an entrypoint or a workflow hook has them. Tags that are left are resolved by the called template. */
export function literalArguments(args: Arguments | undefined): CallArguments {
  const parameters = new Map<string, ArgumentValue>()
  for (const { name, value, valueFrom } of args?.parameters ?? []) {
    parameters.set(name, { value, valueFrom, absent: false, open: value !== undefined && value.includes('{{') })
  }
  return { parameters, artifacts: args?.artifacts ?? [] }
}

export interface ProcessInput {
  readonly run: Run
  readonly catalog: Catalog
  readonly call: Call
  readonly compiled: CompiledTemplate
  /** `pod.name`, `node.name`, `steps.name`, `retries` …: variables of this very node. */
  readonly locals: Layer
}

/** Gives every input its value and substitutes the template's own text (INPUT-1 … INPUT-7). */
export function processArguments(input: ProcessInput): Processed {
  const { run, compiled, call, locals } = input
  const globals = globalsLayer(run)
  // The text of an inline template is part of the template around it, whose own variables come first (INPUT-8).
  const around = call.inline === undefined ? [] : ((call.boundary?.scope as (Scope & { layers: readonly Layer[] }) | undefined)?.layers ?? [])
  const outer = scopeOf(...around, locals, globals)
  const parameters = inputParameters(input, outer)
  if (!parameters.ok) return parameters
  const artifacts = inputArtifacts(compiled.source, call)
  if (!artifacts.ok) return artifacts
  const values: InputValues = { parameters: parameters.values, artifacts: artifacts.list, list: parameters.list }
  const layer = inputsLayer(values, (compiled.outputPaths ??= outputPaths(compiled.source)))
  const scope = scopeOf(...around, locals, layer, globals)
  const rendered = renderParts(compiled.document, scope, LOOSE)
  if (!rendered.ok) return fail(rendered.error.message)
  const inputs = shownInputs(parameters.list, artifacts.list, scope)
  const template = { ...(rendered.value as Template), ...(inputs === undefined ? {} : { inputs }) }
  return { ok: true, template, inputs, scope, values }
}

function inputParameters(input: ProcessInput, outer: Scope): Failure | { ok: true; values: Map<string, string>; list: Parameter[] } {
  const values = new Map<string, string>()
  const list: Parameter[] = []
  for (const declared of input.compiled.source.inputs?.parameters ?? []) {
    const resolved = inputParameter(input, declared, outer)
    if (!resolved.ok) return resolved
    list.push(resolved.parameter)
    if (resolved.parameter.value !== undefined) values.set(declared.name, resolved.parameter.value)
  }
  return { ok: true, values, list }
}

function inputParameter(input: ProcessInput, declared: Parameter, outer: Scope): Failure | { ok: true; parameter: Parameter } {
  let value = declared.value ?? declared.default
  let valueFrom = declared.valueFrom
  let text = true
  const argument = input.call.args.parameters.get(declared.name)
  if (argument?.absent === true) {
    if (value === undefined && valueFrom === undefined) {
      return fail(`inputs.parameters.${declared.name}: argument references an absent optional (skipped/omitted node output with no default)`)
    }
  } else if (argument !== undefined) {
    value = argument.value
    valueFrom = argument.value === undefined ? argument.valueFrom : undefined
    text = argument.open
  }
  if (valueFrom?.configMapKeyRef !== undefined) {
    const read = readConfigMap(input, { name: declared.name, valueFrom, outer })
    if (!read.ok) return read
    return { ok: true, parameter: { ...declared, value: read.value, valueFrom } }
  }
  if (value === undefined) return fail(`inputs.parameters.${declared.name} was not supplied`)
  if (text) {
    const rendered = renderString(value, outer, LOOSE)
    if (!rendered.ok) return fail(rendered.error.message)
    value = rendered.value
  }
  const { valueFrom: _dropped, ...rest } = declared
  return { ok: true, parameter: valueFrom === undefined ? { ...rest, value } : { ...rest, value, valueFrom } }
}

/** The value of a parameter that comes from a ConfigMap (INPUT-4). */
export function readConfigMap(input: { run: Run; catalog: Catalog }, from: { name: string; valueFrom: ValueFrom; outer: Scope }): Failure | { ok: true; value: string } {
  const ref = from.valueFrom.configMapKeyRef
  const name = renderString(ref?.name ?? '', from.outer, ALL)
  const key = renderString(ref?.key ?? '', from.outer, ALL)
  if (!name.ok) return fail(`failed to substitute configMapKeyRef: ${name.error.message}`)
  if (!key.ok) return fail(`failed to substitute configMapKeyRef: ${key.error.message}`)
  const problem = (text: string): Failure | { ok: true; value: string } =>
    from.valueFrom.default === undefined ? fail(`unable to retrieve inputs.parameters.${from.name} from ConfigMap: ${text}`) : { ok: true, value: from.valueFrom.default }
  const map = input.catalog.configMap(input.run.namespace, name.value)
  if (map === undefined) return problem(`configmap ${name.value} not found`)
  const value = map.data?.[key.value]
  return value === undefined ? problem(`ConfigMap '${name.value}' does not have the key '${key.value}'`) : { ok: true, value }
}

function inputArtifacts(source: Template, call: Call): Failure | { ok: true; list: Artifact[] } {
  const list: Artifact[] = []
  for (const declared of source.inputs?.artifacts ?? []) {
    const argument = call.args.artifacts.find((artifact) => artifact.name === declared.name)
    if (declared.optional !== true && !hasLocationOrKey(declared)) {
      if (argument === undefined) return fail(`inputs.artifacts.${declared.name} was not supplied`)
      if (!hasLocationOrKey(argument)) return fail(`inputs.artifacts.${declared.name} missing location information`)
    }
    if (argument === undefined) {
      list.push(declared)
      continue
    }
    const { path: _path, mode: _mode, recurseMode: _recurse, ...rest } = argument
    const { path, mode, recurseMode } = declared
    list.push({ ...rest, ...(path !== undefined && { path }), ...(mode !== undefined && { mode }), ...(recurseMode !== undefined && { recurseMode }) })
  }
  return { ok: true, list }
}

function outputPaths(source: Template): ReadonlyMap<string, string> {
  const paths = new Map<string, string>()
  for (const artifact of source.outputs?.artifacts ?? []) if (artifact.path) paths.set(`outputs.artifacts.${artifact.name}.path`, artifact.path)
  for (const parameter of source.outputs?.parameters ?? []) {
    if (parameter.valueFrom?.path) paths.set(`outputs.parameters.${parameter.name}.path`, parameter.valueFrom.path)
  }
  return paths
}

/** Inputs as the node shows them. */
function shownInputs(parameters: readonly Parameter[], artifacts: readonly Artifact[], scope: Scope): Inputs | undefined {
  if (parameters.length === 0 && artifacts.length === 0) return undefined
  const inputs: { parameters?: readonly Parameter[]; artifacts?: readonly Artifact[] } = {}
  if (parameters.length > 0) inputs.parameters = parameters
  if (artifacts.length > 0) inputs.artifacts = artifacts.map((artifact) => renderArtifact(artifact, scope))
  return inputs
}

function renderArtifact(artifact: Artifact, scope: Scope): Artifact {
  const rendered = renderValue(artifact, scope, LOOSE)
  return rendered.ok ? (rendered.value as Artifact) : artifact
}
