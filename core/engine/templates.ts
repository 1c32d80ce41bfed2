// Finding templates: by name in the current scope, by reference, or inline; with defaults merged and every text compiled once.
import type { Metadata, Template, TemplateRef, WorkflowSpec } from '@tiphys/core/spec'
import { applyTemplateDefaults, templateType } from '@tiphys/core/spec'
import { type Document, compileDocument } from '@tiphys/core/expr'
import type { Call, Run } from './model.ts'
import type { Catalog } from './world.ts'
import type { Plan } from './dag-plan.ts'

export type TemplateKind = 'container' | 'containerSet' | 'script' | 'resource' | 'steps' | 'dag' | 'suspend' | 'data' | 'http' | 'plugin'

/** Where template names are looked up: the workflow itself, or a (cluster) workflow template. */
export interface TemplateContext {
  /** `local/<workflow>`, `namespaced/<template>` or `cluster/<template>`: what `templateScope` of a node says. */
  readonly scope: string
  readonly kind: 'local' | 'namespaced' | 'cluster'
  readonly resource: string
  readonly templates: ReadonlyMap<string, Template>
  readonly podMetadata: Metadata | undefined
}

/** A template ready to be called many times. */
export interface CompiledTemplate {
  readonly key: string
  readonly kind: TemplateKind
  /** With defaults merged, nothing substituted. */
  readonly source: Template
  /** All but the inputs, steps and tasks, which are substituted at other times. */
  readonly document: Document
  /** Filled on first use by the kinds that need one. */
  plan: Plan | undefined
  /** Which steps' results this template's text names, by step; filled on first use. */
  resultNames: ReadonlySet<string> | undefined
  /** Paths of its outputs, by variable; filled on first use. */
  outputPaths: ReadonlyMap<string, string> | undefined
}

export interface TemplateStore {
  readonly contexts: Map<string, TemplateContext>
  readonly compiled: Map<string, CompiledTemplate>
  /** `status.storedTemplates`: what was read from elsewhere, so that later edits do not touch this run. */
  readonly stored: Map<string, Template>
}

export type Found = { readonly ok: true; readonly compiled: CompiledTemplate; readonly context: TemplateContext } | { readonly ok: false; readonly message: string }

export function localContext(name: string, spec: WorkflowSpec): TemplateContext {
  return { scope: `local/${name}`, kind: 'local', resource: name, templates: byName(spec.templates), podMetadata: spec.podMetadata }
}

function byName(templates: readonly Template[] | undefined): Map<string, Template> {
  const map = new Map<string, Template>()
  for (const template of templates ?? []) {
    if (template.name !== undefined && !map.has(template.name)) map.set(template.name, template)
  }
  return map
}

/** Finds the template that a call names, and the context in which its own calls are looked up. */
export function findTemplate(run: Run, catalog: Catalog, call: Call): Found {
  if (call.inline !== undefined) return compileInline(run, call, call.inline)
  if (call.templateRef !== undefined) return findReferenced(run, catalog, call.templateRef)
  const name = call.template ?? ''
  if (name === '') return { ok: false, message: 'failed to get a template' }
  const { context } = call
  const key = `${context.scope}/${name}`
  const known = run.templates.compiled.get(key)
  if (known !== undefined) return { ok: true, compiled: known, context }
  const source = run.templates.stored.get(key) ?? context.templates.get(name)
  if (source === undefined) return { ok: false, message: `template ${name} not found` }
  if (context.kind !== 'local') run.templates.stored.set(key, source)
  return compile(run, { key, source, context, owner: context })
}

function findReferenced(run: Run, catalog: Catalog, ref: TemplateRef): Found {
  const cluster = ref.clusterScope === true
  const name = ref.name ?? ''
  const context = referencedContext(run, catalog, { cluster, name })
  if (context === undefined) {
    const kind = cluster ? 'cluster workflow template' : 'workflow template'
    return { ok: false, message: `${kind} ${name} not found` }
  }
  const key = `${context.scope}/${ref.template ?? ''}`
  const known = run.templates.compiled.get(key)
  if (known !== undefined) return { ok: true, compiled: known, context }
  const source = run.templates.stored.get(key) ?? context.templates.get(ref.template ?? '')
  if (source === undefined) return { ok: false, message: `template ${ref.template ?? ''} not found in workflow template ${name}` }
  run.templates.stored.set(key, source)
  return compile(run, { key, source, context, owner: context })
}

function referencedContext(run: Run, catalog: Catalog, ref: { cluster: boolean; name: string }): TemplateContext | undefined {
  const scope = `${ref.cluster ? 'cluster' : 'namespaced'}/${ref.name}`
  const known = run.templates.contexts.get(scope)
  if (known !== undefined) return known
  const object = ref.cluster ? catalog.clusterWorkflowTemplate(ref.name) : catalog.workflowTemplate(run.namespace, ref.name)
  if (object === undefined) return undefined
  const context: TemplateContext = {
    scope,
    kind: ref.cluster ? 'cluster' : 'namespaced',
    resource: ref.name,
    templates: byName(object.spec?.templates),
    podMetadata: object.spec?.podMetadata,
  }
  run.templates.contexts.set(scope, context)
  return context
}

/** Inline templates have no name of their own; the caller's text is part of them, so they are compiled for each call. */
function compileInline(run: Run, call: Call, source: Template): Found {
  const key = `${call.context.scope}/inline/${call.name}`
  const known = run.templates.compiled.get(key)
  if (known !== undefined) return { ok: true, compiled: known, context: call.context }
  return compile(run, { key, source, context: call.context, owner: call.context })
}

function compile(run: Run, input: { key: string; source: Template; context: TemplateContext; owner: TemplateContext }): Found {
  const source = applyTemplateDefaults(withPodMetadata(input.source, input.owner.podMetadata), run.spec.templateDefaults)
  const kind = templateType(source)
  if (kind === undefined) return { ok: false, message: `template '${source.name ?? ''}' type is unknown` }
  const { inputs: _inputs, steps: _steps, dag, ...rest } = source
  const own = dag === undefined ? rest : { ...rest, dag: { ...dag, tasks: [] } }
  const compiled: CompiledTemplate = { key: input.key, kind, source, document: compileDocument(own), plan: undefined, resultNames: undefined, outputPaths: undefined }
  run.templates.compiled.set(input.key, compiled)
  return { ok: true, compiled, context: input.context }
}

/** Pod labels and annotations of the object that owns a template; the template's own win. */
function withPodMetadata(template: Template, metadata: Metadata | undefined): Template {
  if (metadata === undefined) return template
  const annotations = { ...metadata.annotations, ...template.metadata?.annotations }
  const labels = { ...metadata.labels, ...template.metadata?.labels }
  return { ...template, metadata: { ...template.metadata, annotations, labels } }
}

/**
 * Whether the text of a steps or dag template names the result of one of its steps: only then is standard output kept (OUT-2).
 * The check is textual, as the reference's is; the text is searched once for all steps.
 */
export function namesResultOf(parent: CompiledTemplate, step: string): boolean {
  parent.resultNames ??= resultNamesIn(JSON.stringify(parent.source), parent.kind === 'dag' ? 'tasks' : 'steps')
  return parent.resultNames.has(step)
}

function resultNamesIn(text: string, prefix: string): ReadonlySet<string> {
  const names = new Set<string>()
  const pattern = new RegExp(`${prefix}(?:\\.([^.{}\\s'"\\\\\\]]+)|\\['([^']+)'\\]|\\[\\\\"([^"\\\\]+)\\\\"\\])\\.outputs\\.result`, 'g')
  for (const [, dotted, quoted, escaped] of text.matchAll(pattern)) names.add(dotted ?? quoted ?? escaped ?? '')
  return names
}
