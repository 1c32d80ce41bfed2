// Owns the verdict of the reference on workflows, workflow templates and cron workflows: the first thing that it refuses, or nothing.
import { labelSelectorOf, utf8Length } from '@tiphys/core/kube'
import type { Arguments, ClusterWorkflowTemplate, ObjectMeta, Template, Workflow, WorkflowSpec, WorkflowTemplate } from '../wire/index.ts'
import { validateArguments } from './arguments.ts'
import { findBase, type Context, type Holder, type TemplateCatalog } from './context.ts'
import { invalid, prefixed, within, type Base, type Invalid, type Place } from './invalid.ts'
import { podResourcesProblem } from './leaf.ts'
import { fieldNameProblem, holdsParameter, namesProblem } from './names.ts'
import { nextPlaceholder } from './placeholders.ts'
import { executorPluginProblem } from './plugins.ts'
import { anyArguments, givenArguments } from './process-args.ts'
import { validateHooks } from './steps.ts'
import { anyOutputArtifact } from './tags.ts'
import { validateHolder } from './template.ts'

export interface ValidateOptions {
  /**
   * `lint`: values of workflow parameters may be missing. `submit` and `create` want them; a workflow template that is created may
   * leave them to whoever uses it.
   */
  readonly purpose: 'lint' | 'create' | 'submit'
  readonly catalog: TemplateCatalog
  /** Where workflow templates are looked up when the object does not say. */
  readonly namespace?: string | undefined
  /** `workflowDefaults` of the controller's configuration. */
  readonly defaults?: Workflow | undefined
}

const nameLengthMax = 63

export function validateWorkflow(workflow: Workflow, options: ValidateOptions): Invalid | undefined {
  const name = workflow.metadata.name ?? ''
  const root: Base = { kind: 'local', name, spec: workflow.spec, specPath: ['spec'], object: workflow }
  if (utf8Length(name) > nameLengthMax) return tooLong(root, 'workflow', name, nameLengthMax)
  return validateSpec({ root, metadata: workflow.metadata, options, forTemplate: false })
}

export function validateWorkflowTemplate(template: WorkflowTemplate | ClusterWorkflowTemplate, options: ValidateOptions): Invalid | undefined {
  const root: Base = { kind: 'local', name: '', spec: template.spec, specPath: ['spec'], object: template }
  const name = template.metadata.name ?? ''
  const cluster = template.kind === 'ClusterWorkflowTemplate'
  if (utf8Length(name) > nameLengthMax) return tooLong(root, cluster ? 'cluster workflow template' : 'workflow template', name, nameLengthMax)
  const { labels, annotations, namespace } = template.metadata
  // Cluster workflow templates belong to no namespace, so they cannot use templates of one.
  const { catalog: given } = options
  const catalog = cluster ? { workflowTemplate: () => undefined, clusterWorkflowTemplate: (at: string) => given.clusterWorkflowTemplate(at) } : given
  return validateSpec({ root, metadata: { labels, annotations, namespace }, options: { ...options, catalog }, forTemplate: true })
}

export function tooLong(root: Base, what: string, name: string, max: number): Invalid {
  const message = `${what} name ${JSON.stringify(name)} must not be more than ${max} characters long (currently ${utf8Length(name)})`
  return invalid({ base: root, path: ['metadata', 'name'] }, message)
}

export interface SpecInput {
  readonly root: Base
  readonly metadata: ObjectMeta
  readonly options: ValidateOptions
  readonly forTemplate: boolean
}

interface Checked {
  readonly ctx: Context
  readonly spec: WorkflowSpec
  readonly place: Place
  /** The spec that `workflowTemplateRef` leads to. */
  readonly referred: WorkflowSpec | undefined
  readonly args: Arguments
  readonly entrypoint: string
}

export function validateSpec(input: SpecInput): Invalid | undefined {
  const { root, options } = input
  const spec = root.spec
  const place: Place = { base: root, path: root.specPath }
  const ctx = newContext(input)
  const ref = spec.workflowTemplateRef
  if (ref !== undefined && (spec.templates ?? []).length > 0) {
    return invalid(within(place, 'templates'), 'Templates is invalid field in spec if workflow referred WorkflowTemplate reference')
  }
  const found = ref === undefined ? undefined : findBase(ctx, ref)
  if (found !== undefined && 'message' in found) return invalid(within(place, 'workflowTemplateRef', 'name'), found.message)
  const referred = found?.spec
  const entrypoint = (spec.entrypoint ?? '') === '' ? (referred?.entrypoint ?? '') : (spec.entrypoint ?? '')
  const args = referred === undefined ? (spec.arguments ?? {}) : mergeArguments(spec.arguments, referred.arguments)
  const checked: Checked = { ctx, spec, place, referred, args, entrypoint }
  const names = namesProblem(spec.templates ?? [], fieldNameProblem)
  if (names !== undefined) return invalid(within(place, 'templates', names.index, 'name'), `spec.templates${names.message}`)
  const plugins = executorPluginProblem(spec.executorPlugins)
  if (plugins !== undefined) return invalid(within(place, 'executorPlugins'), `spec.executorPlugins: ${plugins}`)
  const valuesMayMiss = options.purpose === 'lint' || (input.forTemplate && options.purpose !== 'submit')
  const wrongArguments = validateArguments({ args, prefix: 'spec.arguments.', place: within(place, 'arguments'), valuesMayMiss })
  if (wrongArguments !== undefined) return wrongArguments
  addGlobals(checked, input)
  return validateEntry(checked) ?? validateExit(checked) ?? validateRest(checked) ?? validateTemplates(checked)
}

function newContext(input: SpecInput): Context {
  const { root, metadata, options } = input
  const ctx: Context = {
    catalog: options.catalog,
    namespace: (metadata.namespace ?? '') === '' ? (options.namespace ?? '') : (metadata.namespace ?? ''),
    root,
    globals: new Map(),
    tagsInGlobals: false,
    checked: new Map(),
    usedElsewhere: new Map(),
    bases: new Map(),
    placeholders: { next: 0 },
    forTemplate: input.forTemplate,
    depth: 0,
  }
  for (const name of ['name', 'namespace', 'mainEntrypoint', 'serviceAccountName', 'uid']) addGlobal(ctx, `workflow.${name}`)
  return ctx
}

function addGlobal(ctx: Context, name: string, value?: string): void {
  ctx.globals.set(name, value ?? nextPlaceholder(ctx.placeholders))
  if (value?.includes('{{') === true) ctx.tagsInGlobals = true
}

function mergeArguments(own: Arguments | undefined, referred: Arguments | undefined): Arguments {
  const merge = <T extends { readonly name: string }>(a: readonly T[] = [], b: readonly T[] = []): readonly T[] => {
    const seen = new Set<string>()
    return [...a, ...b].filter((item) => !seen.has(item.name) && seen.add(item.name))
  }
  return { parameters: merge(own?.parameters, referred?.parameters), artifacts: merge(own?.artifacts, referred?.artifacts) }
}

function addGlobals(checked: Checked, input: SpecInput): void {
  const { ctx, spec, args, referred } = checked
  if ((args.parameters ?? []).length > 0) {
    addGlobal(ctx, 'workflow.parameters')
    addGlobal(ctx, 'workflow.parameters.json')
  }
  for (const p of args.parameters ?? []) if (p.name !== '') addGlobal(ctx, `workflow.parameters.${p.name}`, p.value)
  const sources = [spec.workflowMetadata, input.options.defaults?.spec.workflowMetadata, referred?.workflowMetadata]
  const annotations = [input.metadata.annotations, ...sources.map((s) => s?.annotations)]
  const labels = [input.metadata.labels, ...sources.map((s) => s?.labels), ...sources.map((s) => s?.labelsFrom)]
  for (const [kind, maps] of [['annotations', annotations], ['labels', labels]] as const) {
    for (const key of new Set(maps.flatMap((m) => Object.keys(m ?? {})))) addGlobal(ctx, `workflow.${kind}.${key}`)
    addGlobal(ctx, `workflow.${kind}`)
    addGlobal(ctx, `workflow.${kind}.json`)
  }
  if (spec.priority !== undefined) addGlobal(ctx, 'workflow.priority', String(spec.priority))
  addGlobal(ctx, 'workflow.status')
}

/** Templates of a referenced workflow template are called through it. */
function holderOf(checked: Checked, template: string): Holder {
  const ref = checked.spec.workflowTemplateRef
  return ref === undefined ? { template } : { templateRef: { name: ref.name, clusterScope: ref.clusterScope, template } }
}

function validateEntry(checked: Checked): Invalid | undefined {
  const { ctx, entrypoint, place } = checked
  // A template that stands on its own need not have an entrypoint, and none is checked that another one gives it.
  if (ctx.forTemplate && (checked.spec.entrypoint ?? '') === '') return undefined
  if (entrypoint === '') return invalid(place, 'spec.entrypoint is required')
  const args = ctx.forTemplate ? anyArguments(ctx.placeholders) : givenArguments(checked.args)
  return callAt(checked, holderOf(checked, entrypoint), { path: 'entrypoint', args })
}

function callAt(checked: Checked, holder: Holder, at: { path: string; args: ReturnType<typeof givenArguments> }): Invalid | undefined {
  const { ctx } = checked
  const problem = validateHolder(ctx, { holder, base: ctx.root, place: within(checked.place, at.path), args: at.args }).invalid
  if (problem === undefined || problem.place.base !== ctx.root) return problem
  // The holder is no object of its own: its fields stand for one field of the spec.
  const inside = problem.place.path.slice(checked.place.path.length + 1)
  const own = problem.place.path[checked.place.path.length] === at.path && (inside[0] === 'template' || inside[0] === 'templateRef')
  return own ? { ...problem, place: within(checked.place, at.path) } : problem
}

function validateExit(checked: Checked): Invalid | undefined {
  const { ctx, spec, referred } = checked
  const onExit = (spec.onExit ?? '') === '' ? (referred?.onExit ?? '') : (spec.onExit ?? '')
  if (onExit === '') return undefined
  addGlobal(ctx, 'workflow.failures')
  if (hasNamedLater(spec.templates) || hasNamedLater(referred?.templates)) addGlobal(ctx, anyOutputArtifact, 'true')
  return callAt(checked, holderOf(checked, onExit), { path: 'onExit', args: givenArguments(spec.arguments) })
}

/** Is there an artifact whose global name only the run will know? */
function hasNamedLater(templates: readonly Template[] | undefined): boolean {
  return (templates ?? []).some((t) => (t.outputs?.artifacts ?? []).some((a) => holdsParameter(a.globalName ?? '')))
}

const podGcStrategies = ['', 'OnPodCompletion', 'OnPodSuccess', 'OnWorkflowCompletion', 'OnWorkflowSuccess']

function validateRest(checked: Checked): Invalid | undefined {
  const { spec, place } = checked
  const hooks = validateHooks(spec.hooks, 'hooks', within(place, 'hooks'))
  if (hooks !== undefined) return hooks
  const strategy = spec.podGC?.strategy ?? ''
  if (!podGcStrategies.includes(strategy)) return invalid(within(place, 'podGC', 'strategy'), `podGC.strategy unknown strategy '${strategy}'`)
  const selector = labelSelectorOf(spec.podGC?.labelSelector ?? {})
  if (!selector.ok) return invalid(within(place, 'podGC', 'labelSelector'), `podGC.labelSelector invalid: ${selector.problem.message}`)
  const resources = podResourcesProblem(spec.podResources, 'spec.podResources')
  return resources === undefined ? undefined : invalid(within(place, 'podResources'), resources)
}

/** Every template is judged, whether something calls it or not. */
function validateTemplates(checked: Checked): Invalid | undefined {
  const { ctx, spec, referred } = checked
  const templates = referred?.templates ?? spec.templates ?? []
  const field = referred === undefined ? 'templates' : 'workflowTemplateRef'
  for (const [i, template] of templates.entries()) {
    const name = template.name ?? ''
    const place = referred === undefined ? within(checked.place, 'templates', i) : within(checked.place, field)
    const args = anyArguments(ctx.placeholders)
    const problem = validateHolder(ctx, { holder: holderOf(checked, name), base: ctx.root, place, args }).invalid
    if (problem !== undefined) return prefixed(`templates.${name} `, problem)
  }
  return undefined
}

