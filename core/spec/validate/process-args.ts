// Owns what a template looks like once called: arguments put in, and every tag replaced that is known before a run.
import { goView } from '../go-view.ts'
import type { Json } from '../json.ts'
import { hasLocationOrKey } from '../model/artifact-location.ts'
import { artifactSchema, inputsSchema, templateSchema, type Arguments, type Artifact, type Inputs, type Metadata, type Parameter, type Template } from '../wire/index.ts'
import type { Base } from './invalid.ts'
import { nextPlaceholder, type Placeholders } from './placeholders.ts'
import { replaceTags, toJsonText, type Replaced } from './tags.ts'

/** Where the values of inputs come from. */
export interface ArgumentSource {
  readonly parameter: (name: string) => Parameter | undefined
  readonly artifact: (name: string) => Artifact | undefined
}

/** Gives every input a stand-in: what is checked then holds for any call. */
export function anyArguments(placeholders: Placeholders): ArgumentSource {
  return {
    parameter: (name) => ({ name, value: nextPlaceholder(placeholders) }),
    artifact: (name) => ({ name }),
  }
}

export function givenArguments(args: Arguments | undefined): ArgumentSource {
  return {
    parameter: (name) => args?.parameters?.find((p) => p.name === name),
    artifact: (name) => args?.artifacts?.find((a) => a.name === name),
  }
}

export interface Called {
  readonly template: Template
  /** The JSON text of the template, in the order in which Go writes it. */
  readonly text: string
}

export type CallResult = { readonly ok: true; readonly called: Called } | { readonly ok: false; readonly message: string }

export interface CallInput {
  readonly template: Template
  readonly base: Base
  readonly args: ArgumentSource
  readonly globals: ReadonlyMap<string, string>
  /** Values of global names hold tags themselves, which a second pass may replace. */
  readonly tagsInGlobals: boolean
  /** Names that hold for this template alone, such as `pod.name`. */
  readonly locals: ReadonlyMap<string, string>
}

export function processArguments(input: CallInput): CallResult {
  const written = writtenTemplate(input.template, input.base)
  const missing = supplyProblem(input.template, input.args)
  if (missing !== undefined) return { ok: false, message: missing }
  const parameters = fillParameters(input)
  const artifacts = fillArtifacts(input)
  const inputs: Inputs = {
    ...(parameters.length > 0 && { parameters }),
    ...(artifacts.length > 0 && { artifacts }),
  }
  const inputText = toJsonText(inputs)
  const text = written.before + inputText + written.after
  if (!text.includes('{{')) return { ok: true, called: { template: { ...written.view, inputs }, text } }
  // Tags in values, or in other tags, need a second pass; usually one does for both.
  const once = !input.tagsInGlobals && !inputText.includes('{{') && !/\{\{(?:(?!\}\}).)*\{\{/s.test(text)
  if (once) return finish(replaceTags(text, [input.globals, input.locals, ownNames({ ...written.view, inputs })]))
  return substitute(text, input)
}

function substitute(text: string, input: CallInput): CallResult {
  const known = [input.globals, input.locals]
  const first = replaceTags(text, known)
  if (!first.ok) return first
  const half = parse(first.text)
  return half === undefined ? invalidJson : finish(replaceTags(first.text, [...known, ownNames(half)]))
}

function finish(replaced: Replaced): CallResult {
  if (!replaced.ok) return replaced
  const template = parse(replaced.text)
  return template === undefined ? invalidJson : { ok: true, called: { template, text: replaced.text } }
}

/** What a template's own inputs and paths stand for. */
function ownNames(template: Template): ReadonlyMap<string, string> {
  const { inputs, outputs } = template
  const own = new Map<string, string>()
  for (const p of inputs?.parameters ?? []) if (p.value !== undefined) own.set(`inputs.parameters.${p.name}`, p.value)
  own.set('inputs.parameters', inputs?.parameters === undefined ? 'null' : toJsonText(inputs.parameters))
  for (const a of inputs?.artifacts ?? []) if (given(a.path)) own.set(`inputs.artifacts.${a.name}.path`, a.path)
  for (const a of outputs?.artifacts ?? []) if (given(a.path)) own.set(`outputs.artifacts.${a.name}.path`, a.path)
  for (const p of outputs?.parameters ?? []) if (given(p.valueFrom?.path)) own.set(`outputs.parameters.${p.name}.path`, p.valueFrom.path)
  return own
}

const invalidJson: CallResult = { ok: false, message: 'cannot finish template replacement because the result was invalid JSON' }

const given = (text: string | undefined): text is string => text !== undefined && text !== ''

function parse(text: string): Template | undefined {
  try {
    return JSON.parse(text) as Template
  } catch {
    // A replaced value can close the text that it stands in: the reference refuses such a template.
    return undefined
  }
}

interface Written {
  readonly view: Template
  /** The JSON text of the template before and behind its inputs. */
  readonly before: string
  readonly after: string
}

const writtenTemplates = new WeakMap<Template, { readonly base: Base['object']; readonly written: Written }>()

/** Templates are written as text once for each object that holds them. */
function writtenTemplate(template: Template, base: Base): Written {
  const known = writtenTemplates.get(template)
  if (known !== undefined && known.base === base.object) return known.written
  const { inputs: _inputs, ...rest } = withPodMetadata(template, base.spec.podMetadata)
  const view = goView(templateSchema, rest as unknown as Json) as unknown as Template
  const text = toJsonText(view)
  // Go writes the name (when there is one) and the inputs first.
  const at = text.indexOf('"inputs":{}')
  const written = { view, before: text.slice(0, at + 9), after: text.slice(at + 11) }
  writtenTemplates.set(template, { base: base.object, written })
  return written
}

function withPodMetadata(template: Template, podMetadata: Metadata | undefined): Template {
  if (podMetadata === undefined) return template
  const { labels, annotations } = template.metadata ?? {}
  const metadata = {
    ...template.metadata,
    ...(podMetadata.annotations && { annotations: { ...podMetadata.annotations, ...annotations } }),
    ...(podMetadata.labels && { labels: { ...podMetadata.labels, ...labels } }),
  }
  return { ...template, metadata }
}

/** The first input that neither the call nor the template gives a value. */
export function supplyProblem(template: Template, args: ArgumentSource): string | undefined {
  for (const parameter of template.inputs?.parameters ?? []) {
    const argument = args.parameter(parameter.name)
    const source = argument ?? { value: parameter.value ?? parameter.default, valueFrom: parameter.valueFrom }
    const fromMap = source.value === undefined && source.valueFrom?.configMapKeyRef !== undefined
    if (!fromMap && source.value === undefined) return `inputs.parameters.${parameter.name} was not supplied`
  }
  for (const artifact of template.inputs?.artifacts ?? []) {
    if (artifact.optional === true || hasLocationOrKey(artifact)) continue
    if (args.artifact(artifact.name) === undefined) return `inputs.artifacts.${artifact.name} was not supplied`
  }
  return undefined
}

function fillParameters(input: CallInput): readonly Parameter[] {
  const filled: Parameter[] = []
  for (const parameter of input.template.inputs?.parameters ?? []) {
    let value = parameter.value ?? parameter.default
    let valueFrom = parameter.valueFrom
    const argument = input.args.parameter(parameter.name)
    if (argument !== undefined) {
      value = argument.value
      valueFrom = argument.value === undefined ? argument.valueFrom : undefined
    }
    filled.push({ ...parameter, value, valueFrom })
  }
  const view = goView(inputsSchema, { parameters: filled } as unknown as Json) as unknown as Inputs
  return view.parameters ?? []
}

function fillArtifacts(input: CallInput): readonly Artifact[] {
  return (input.template.inputs?.artifacts ?? []).map((artifact) => {
    const argument = input.args.artifact(artifact.name)
    const { path, mode, recurseMode } = artifact
    const merged = argument === undefined ? artifact : { ...argument, path, mode, recurseMode }
    return goView(artifactSchema, merged as unknown as Json) as unknown as Artifact
  })
}
