// Variables: which names a piece of manifest text may use at its place, resolved only when something asks for them.
import { type Artifact, type Inputs, type Json, goView, inputsSchema } from '@tiphys/core/spec'
import { type Facilities, type TemplateScope, type Value, emptyMap, lazyMap } from '@tiphys/core/expr'
import { escapeJsonHtml } from '@tiphys/core/kube'
import type { Run } from './model.ts'

/** Variables of one place. A value is text, `null` for an output that a skipped node never produced, `undefined` when there is no such variable. */
export interface Scope extends TemplateScope {
  /** Where its variables come from, nearest first: scopes inside it go on from these. */
  readonly layers: readonly Layer[]
  /** An artifact by its variable: `inputs.artifacts.x`, `steps.a.outputs.artifacts.x`. */
  artifact(name: string): Artifact | undefined
  /** First segments of all names. */
  roots(): Iterable<string>
  /** The time and the random source that expressions at this place get. */
  facilities(): Facilities
}

/** One source of variables; a scope is a chain of them, the first that knows a name wins. */
export interface Layer {
  get(name: string): string | null | undefined
  artifact?(name: string): Artifact | undefined
  /** All names, for hints and for the few expressions that need a whole map. */
  names(): Iterable<string>
  /** First segments of the names. */
  readonly roots: readonly string[]
  /** The nested value under a root, for expressions. */
  root(key: string): Value | undefined
  facilities?(): Facilities
}

/** A chain of layers as a scope, nearest first. A class, because every node makes one: methods are shared, so a scope costs one small object. */
export class LayeredScope implements Scope {
  readonly layers: readonly Layer[]

  constructor(layers: readonly Layer[]) {
    this.layers = layers
  }

  get(name: string): string | null | undefined {
    for (const layer of this.layers) {
      const value = layer.get(name)
      if (value !== undefined) return value
    }
    return undefined
  }

  artifact(name: string): Artifact | undefined {
    for (const layer of this.layers) {
      const value = layer.artifact?.(name)
      if (value !== undefined) return value
    }
    return undefined
  }

  *names(): Iterable<string> {
    for (const layer of this.layers) yield* layer.names()
  }

  env(root: string): Value | undefined {
    return mergedRoot(this.layers, root)
  }

  roots(): Iterable<string> {
    return new Set(this.layers.flatMap((layer) => layer.roots))
  }

  facilities(): Facilities {
    return this.layers.find((layer) => layer.facilities !== undefined)?.facilities?.() ?? {}
  }
}

/** Chains layers, nearest first. */
export function scopeOf(...layers: readonly Layer[]): LayeredScope {
  return new LayeredScope(layers)
}

function mergedRoot(layers: readonly Layer[], root: string): Value | undefined {
  let found: Value | undefined
  const more: Value[] = []
  for (const layer of layers) {
    if (!layer.roots.includes(root)) continue
    const value = layer.root(root)
    if (value === undefined) continue
    if (found === undefined) found = value
    else more.push(value)
  }
  return found === undefined || more.length === 0 ? found : mergeMaps([found, ...more])
}

/** `steps.name` and `steps.a.…` come from different layers and are one map to an expression. */
function mergeMaps(values: readonly Value[]): Value {
  const maps = values.filter(isMap)
  return lazyMap(
    (key) => {
      const values = maps.map((map) => memberOf(map, key)).filter((value) => value !== undefined)
      const first = values[0]
      return first !== undefined && values.length > 1 && isMap(first) ? mergeMaps(values) : first
    },
    function* () {
      const seen = new Set<string>()
      for (const map of maps) {
        for (const key of keysOf(map)) {
          if (!seen.has(key)) yield key
          seen.add(key)
        }
      }
    },
  )
}

type MapValue = { get(key: string): Value | undefined; keys(): Iterable<string> } | { readonly [key: string]: Value }

function isMap(value: Value): value is Extract<Value, object> & MapValue {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function memberOf(map: MapValue, key: string): Value | undefined {
  if (typeof map.get === 'function') return (map as { get(key: string): Value | undefined }).get(key)
  return Object.hasOwn(map, key) ? (map as { [key: string]: Value })[key] : undefined
}

function keysOf(map: MapValue): Iterable<string> {
  return typeof map.keys === 'function' ? (map as { keys(): Iterable<string> }).keys() : Object.keys(map)
}

/** Nests dotted names as Argo does: `a.b.c` becomes `a: {b: {c}}`; a name that is also a prefix loses its own value. */
export function nest(entries: Iterable<readonly [string, Value]>): { [key: string]: Value } {
  const top = emptyMap()
  for (const [name, value] of entries) {
    const parts = name.split('.')
    let at = top
    for (let i = 0; i < parts.length - 1; i++) {
      const part = parts[i] as string
      const next = at[part]
      if (typeof next === 'object' && next !== null && nested.has(next)) {
        at = next as { [key: string]: Value }
      } else {
        const made = emptyMap()
        nested.add(made)
        at[part] = made
        at = made
      }
    }
    const last = parts[parts.length - 1] as string
    const held = at[last]
    if (!(typeof held === 'object' && held !== null && nested.has(held))) at[last] = value
  }
  return top
}
const nested = new WeakSet<object>()

/** Variables given as a table of full names. */
export function tableLayer(table: ReadonlyMap<string, string | null>): Layer {
  return new TableLayer(table)
}

class TableLayer implements Layer {
  private readonly table: ReadonlyMap<string, string | null>
  private tree: { [key: string]: Value } | undefined

  constructor(table: ReadonlyMap<string, string | null>) {
    this.table = table
  }

  get roots(): readonly string[] {
    return [...new Set([...this.table.keys()].map((name) => name.split('.', 1)[0] as string))]
  }

  get(name: string): string | null | undefined {
    return this.table.get(name)
  }

  names(): Iterable<string> {
    return this.table.keys()
  }

  root(key: string): Value | undefined {
    return (this.tree ??= nest(this.table))[key]
  }
}

/** `workflow.*`: parameters, metadata, status, and what `globalName` exported so far. */
export function globalsLayer(run: Run): Layer {
  let layer = globalsLayers.get(run)
  if (layer === undefined) globalsLayers.set(run, (layer = newGlobalsLayer(run)))
  return layer
}
const globalsLayers = new WeakMap<Run, Layer>()

function newGlobalsLayer(run: Run): Layer {
  let tree: { [key: string]: Value } | undefined
  let builtFor = -1
  return {
    roots: ['workflow'],
    get: (name) => run.globals.get(name),
    artifact(name) {
      if (!name.startsWith(OUTPUT_ARTIFACTS)) return undefined
      const wanted = name.slice(OUTPUT_ARTIFACTS.length)
      return run.status.outputs?.artifacts?.find((artifact) => artifact.name === wanted)
    },
    names: () => run.globals.keys(),
    facilities: () => run.facilities,
    root(key) {
      if (tree === undefined || builtFor !== run.globalsVersion) {
        tree = nest([...run.globals, ...outputArtifacts(run)])
        builtFor = run.globalsVersion
      }
      return tree[key]
    },
  }
}

const OUTPUT_ARTIFACTS = 'workflow.outputs.artifacts.'

function outputArtifacts(run: Run): [string, Value][] {
  return (run.status.outputs?.artifacts ?? []).map((artifact) => [OUTPUT_ARTIFACTS + artifact.name, artifactValue(artifact)])
}

/** An artifact as expressions see it; `artifactOf` takes it back out. */
export function artifactValue(artifact: Artifact): Value {
  return artifact as unknown as Value
}

const INPUT_PARAMETERS = 'inputs.parameters.'
const INPUT_ARTIFACTS = 'inputs.artifacts.'

export interface InputValues {
  readonly parameters: ReadonlyMap<string, string>
  readonly artifacts: readonly Artifact[]
  /** The parameters as they stand in the template, for `{{inputs.parameters}}`. */
  readonly list: Inputs['parameters']
}

/** `inputs.*` of a template, and the paths of its outputs. */
export function inputsLayer(inputs: InputValues, outputPaths: ReadonlyMap<string, string>): Layer {
  return new InputsLayer(inputs, outputPaths)
}

const INPUT_ROOTS: readonly string[] = ['inputs', 'outputs']

class InputsLayer implements Layer {
  private readonly inputs: InputValues
  private readonly outputPaths: ReadonlyMap<string, string>
  private tree: { [key: string]: Value } | undefined

  constructor(inputs: InputValues, outputPaths: ReadonlyMap<string, string>) {
    this.inputs = inputs
    this.outputPaths = outputPaths
  }

  get roots(): readonly string[] {
    return INPUT_ROOTS
  }

  get(name: string): string | undefined {
    const { inputs } = this
    if (name.startsWith(INPUT_PARAMETERS)) return inputs.parameters.get(name.slice(INPUT_PARAMETERS.length))
    if (name === 'inputs.parameters') return parametersJson(inputs.list)
    if (name.startsWith(INPUT_ARTIFACTS) && name.endsWith('.path')) return this.artifact(name.slice(0, -'.path'.length))?.path
    return this.outputPaths.get(name)
  }

  artifact(name: string): Artifact | undefined {
    if (!name.startsWith(INPUT_ARTIFACTS)) return undefined
    const wanted = name.slice(INPUT_ARTIFACTS.length)
    return this.inputs.artifacts.find((artifact) => artifact.name === wanted)
  }

  *names(): Iterable<string> {
    for (const [name] of this.entries()) yield name
  }

  root(key: string): Value | undefined {
    return (this.tree ??= nest(this.entries()))[key]
  }

  private *entries(): Iterable<readonly [string, Value]> {
    for (const [name, value] of this.inputs.parameters) yield [INPUT_PARAMETERS + name, value]
    for (const artifact of this.inputs.artifacts) yield [INPUT_ARTIFACTS + artifact.name, artifactValue(artifact)]
    yield* this.outputPaths
  }
}

/** Parameters as Go writes them, with its order of fields. */
export function parametersJson(parameters: Inputs['parameters']): string {
  const view = goView(inputsSchema, { parameters: (parameters ?? []) as unknown as Json }) as { parameters?: Json }
  return escapeJsonHtml(JSON.stringify(view.parameters ?? []))
}
