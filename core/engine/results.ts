// What earlier steps and tasks left behind, as variables: `steps.a.outputs.result`, `tasks.b.status`, aggregates of loops.
import { rfc3339 } from '@tiphys/core/kube'
import type { Artifact, Outputs, Template } from '@tiphys/core/spec'
import { type Value, emptyMap, lazyMap } from '@tiphys/core/expr'
import type { Layer } from './scope.ts'
import { artifactValue } from './scope.ts'
import type { Run, RunNode } from './model.ts'
import { type Aggregate, aggregateOf } from './aggregate.ts'

/** What one finished or running step or task offers to others. */
export interface NodeView {
  /** The node whose times, phase and outputs count: of a retried one the last attempt. */
  readonly node: RunNode
  readonly aggregate: Aggregate | undefined
  /** The template of a skipped or omitted node, whose declared outputs have defaults or are absent. */
  readonly declared: Template | undefined
  readonly withArtifacts: boolean
}

/** The node that speaks for a retried one: its last attempt that is no hook. */
export function speakerOf(run: Run, node: RunNode): RunNode {
  if (node.type !== 'Retry' || node.memo?.hit === true) return node
  for (let i = node.children.length - 1; i >= 0; i--) {
    const child = run.nodes.get(node.children[i] as string)
    if (child !== undefined && child.flag?.hooked !== true) return child
  }
  return node
}

/** The children of a loop, without hooks and attempts. */
export function viewOf(run: Run, node: RunNode, declared: Template | undefined, withArtifacts: boolean): NodeView {
  const absent = node.outputs === undefined && (node.phase === 'Skipped' || node.phase === 'Omitted')
  return { node: speakerOf(run, node), aggregate: undefined, declared: absent ? declared : undefined, withArtifacts }
}

export function loopView(run: Run, node: RunNode, children: readonly RunNode[]): NodeView {
  return { node: speakerOf(run, node), aggregate: aggregateOf(children), declared: undefined, withArtifacts: false }
}

type FieldGetter = (view: NodeView) => string | null | undefined

const FIELDS: Readonly<Record<string, FieldGetter>> = {
  id: (view) => view.node.id || undefined,
  startedAt: (view) => rfc3339(view.node.startedAt),
  finishedAt: (view) => (view.node.finishedAt === undefined ? undefined : rfc3339(view.node.finishedAt)),
  ip: (view) => view.node.podIp,
  status: (view) => view.node.phase,
  hostNodeName: (view) => view.node.hostNodeName,
  exitCode: (view) => view.node.outputs?.exitCode,
}
const FIELD_NAMES = Object.keys(FIELDS)

const RESULT = 'outputs.result'
const PARAMETER = 'outputs.parameters.'
const ARTIFACT = 'outputs.artifacts.'

/** One variable of a node by the rest of its name (`outputs.parameters.x`). */
function variable(view: NodeView, rest: string): string | null | undefined {
  if (Object.hasOwn(FIELDS, rest)) return FIELDS[rest]?.(view)
  if (rest === RESULT) return resultOf(view)
  if (rest.startsWith(PARAMETER)) return parameterOf(view, rest.slice(PARAMETER.length))
  if (rest === 'outputs.parameters') return view.aggregate?.parameters
  return undefined
}

function resultOf(view: NodeView): string | null | undefined {
  if (view.aggregate !== undefined) return view.aggregate.result
  return view.node.outputs?.result
}

function parameterOf(view: NodeView, name: string): string | null | undefined {
  const aggregated = view.aggregate?.byName.get(name)
  if (aggregated !== undefined) return aggregated
  const own = view.node.outputs?.parameters?.find((parameter) => parameter.name === name)
  if (own?.value !== undefined) return own.value
  const declared = view.declared?.outputs?.parameters?.find((parameter) => parameter.name === name)
  return declared === undefined ? undefined : (declared.valueFrom?.default ?? null)
}

function artifactOf(view: NodeView, name: string): Artifact | undefined {
  const own = view.node.outputs?.artifacts?.find((artifact) => artifact.name === name)
  if (own !== undefined) return own
  if (!view.withArtifacts) return undefined
  return view.declared?.outputs?.artifacts?.some((artifact) => artifact.name === name) === true ? { name: '' } : undefined
}

/** The nested value of a node for expressions. */
function nodeValue(view: NodeView): Value {
  const value = emptyMap()
  for (const field of FIELD_NAMES) {
    const text = FIELDS[field]?.(view)
    if (text !== undefined) value[field] = text
  }
  const outputs = outputsValue(view)
  if (Object.keys(outputs).length > 0) value['outputs'] = outputs
  return value
}

function outputsValue(view: NodeView): { [key: string]: Value } {
  const value = emptyMap()
  const result = resultOf(view)
  if (result !== undefined) value['result'] = result
  const parameters = emptyMap()
  for (const name of parameterNames(view)) parameters[name] = parameterOf(view, name) ?? null
  if (Object.keys(parameters).length > 0) value['parameters'] = parameters
  else if (view.aggregate?.parameters !== undefined) value['parameters'] = view.aggregate.parameters
  const artifacts = emptyMap()
  for (const artifact of artifactsOf(view)) artifacts[artifact] = artifactValue(artifactOf(view, artifact) as Artifact)
  if (Object.keys(artifacts).length > 0) value['artifacts'] = artifacts
  return value
}

function parameterNames(view: NodeView): Set<string> {
  const names = new Set<string>(view.aggregate?.byName.keys())
  for (const parameter of view.node.outputs?.parameters ?? []) if (parameter.value !== undefined) names.add(parameter.name)
  for (const parameter of view.declared?.outputs?.parameters ?? []) names.add(parameter.name)
  return names
}

function artifactsOf(view: NodeView): Set<string> {
  const names = new Set((view.node.outputs?.artifacts ?? []).map((artifact) => artifact.name))
  if (view.withArtifacts) for (const artifact of view.declared?.outputs?.artifacts ?? []) names.add(artifact.name)
  return names
}

/** Which siblings are in scope, by step or task name. */
export interface Siblings {
  view(name: string): NodeView | undefined
  names(): Iterable<string>
}

/** The variables of siblings under `steps` or `tasks`. */
export function resultsLayer(prefix: 'steps' | 'tasks', siblings: Siblings): Layer {
  return new ResultsLayer(prefix, siblings)
}

const ROOTS = { steps: ['steps'], tasks: ['tasks'] } as const

class ResultsLayer implements Layer {
  private readonly prefix: 'steps' | 'tasks'
  private readonly siblings: Siblings

  constructor(prefix: 'steps' | 'tasks', siblings: Siblings) {
    this.prefix = prefix
    this.siblings = siblings
  }

  get roots(): readonly string[] {
    return ROOTS[this.prefix]
  }

  get(name: string): string | null | undefined {
    const at = this.split(name)
    return at === undefined ? undefined : variable(at.view, at.rest)
  }

  artifact(name: string): Artifact | undefined {
    const at = this.split(name)
    return at?.rest.startsWith(ARTIFACT) === true ? artifactOf(at.view, at.rest.slice(ARTIFACT.length)) : undefined
  }

  *names(): Iterable<string> {
    const { prefix, siblings } = this
    for (const name of siblings.names()) {
      const view = siblings.view(name)
      if (view === undefined) continue
      for (const field of FIELD_NAMES) if (FIELDS[field]?.(view) !== undefined) yield `${prefix}.${name}.${field}`
      if (resultOf(view) !== undefined) yield `${prefix}.${name}.${RESULT}`
      for (const parameter of parameterNames(view)) yield `${prefix}.${name}.${PARAMETER}${parameter}`
    }
  }

  root(key: string): Value | undefined {
    if (key !== this.prefix) return undefined
    const { siblings } = this
    return lazyMap(
      (name) => {
        const view = siblings.view(name)
        return view === undefined ? undefined : nodeValue(view)
      },
      () => siblings.names(),
    )
  }

  private split(name: string): { view: NodeView; rest: string } | undefined {
    const { prefix } = this
    if (!name.startsWith(prefix) || name[prefix.length] !== '.') return undefined
    const dot = name.indexOf('.', prefix.length + 1)
    if (dot < 0) return undefined
    const view = this.siblings.view(name.slice(prefix.length + 1, dot))
    return view === undefined ? undefined : { view, rest: name.slice(dot + 1) }
  }
}

/** The variables that a hook of a node sees of that node: its outputs, whatever the siblings say. */
export function ownOutputsLayer(prefix: 'steps' | 'tasks', name: string, outputs: Outputs | undefined, status: string): Layer {
  const table = new Map<string, string | null>([[`${prefix}.${name}.status`, status]])
  for (const parameter of outputs?.parameters ?? []) table.set(`${prefix}.${name}.${PARAMETER}${parameter.name}`, parameter.value ?? '')
  const artifacts = new Map((outputs?.artifacts ?? []).map((artifact) => [`${prefix}.${name}.${ARTIFACT}${artifact.name}`, artifact]))
  return {
    roots: [prefix],
    get: (variableName) => table.get(variableName),
    artifact: (variableName) => artifacts.get(variableName),
    names: () => table.keys(),
    root: (key) => (key === prefix ? ownValue(name, outputs, status) : undefined),
  }
}

/** The same for expressions: one node in a map of its own, laid over those of the siblings. */
function ownValue(name: string, outputs: Outputs | undefined, status: string): Value {
  const value = emptyMap()
  value['status'] = status
  const parameters = emptyMap()
  for (const parameter of outputs?.parameters ?? []) parameters[parameter.name] = parameter.value ?? ''
  if (Object.keys(parameters).length > 0) value['outputs'] = Object.assign(emptyMap(), { parameters })
  const nodes = emptyMap()
  nodes[name] = value
  return nodes
}
