// Owns the view of one object that rules look at: its spec, its templates (inline ones included), and what calls what.
import {
  templateType,
  type ClusterWorkflowTemplate,
  type CronWorkflow,
  type DAGTask,
  type LifecycleHook,
  type Manifest,
  type Path,
  type Template,
  type TemplateRef,
  type TemplateType,
  type Workflow,
  type WorkflowSpec,
  type WorkflowStep,
  type WorkflowTemplate,
} from '@tiphys/core/spec'
import type { Remarks } from './finding.ts'
import type { Universe } from './universe.ts'

export type JudgedManifest = Extract<Manifest, { kind: 'Workflow' | 'WorkflowTemplate' | 'ClusterWorkflowTemplate' | 'CronWorkflow' }>

export interface ObjectView {
  readonly universe: Universe
  readonly manifest: JudgedManifest
  readonly object: Workflow | WorkflowTemplate | ClusterWorkflowTemplate | CronWorkflow
  readonly spec: WorkflowSpec
  readonly specPath: Path
  /** Others may use its templates, so that much comes from elsewhere: parameters, volumes, locks. */
  readonly shared: boolean
  readonly namespace: string
  readonly templates: ReadonlyMap<string, TemplateView>
  /** All templates of the object, inline ones included. */
  readonly all: readonly TemplateView[]
  readonly remarks: Remarks
}

export interface TemplateView {
  readonly template: Template
  readonly path: Path
  readonly type: TemplateType | undefined
  readonly calls: readonly CallView[]
  /** The step or task that an inline template stands in. */
  readonly owner: CallView | undefined
}

/** A step or a task. */
export interface CallView {
  readonly call: WorkflowStep | DAGTask
  readonly path: Path
  readonly kind: 'steps' | 'tasks'
  /** Of the group of a step; 0 for tasks. */
  readonly group: number
  /** The template that the step or task belongs to. */
  readonly within: { readonly template: Template; readonly path: Path }
}

const inlineDepthMax = 20

export function viewObject(universe: Universe, manifest: JudgedManifest, input: { remarks: Remarks; namespace: string }): ObjectView {
  const cron = manifest.kind === 'CronWorkflow'
  const spec = manifest.kind === 'CronWorkflow' ? manifest.object.spec.workflowSpec : manifest.object.spec
  const specPath = cron ? ['spec', 'workflowSpec'] : ['spec']
  const named: TemplateView[] = []
  const all: TemplateView[] = []
  for (const [i, template] of (spec.templates ?? []).entries()) named.push(viewTemplate(template, [...specPath, 'templates', i], undefined))
  const pending = [...named]
  for (let at = pending.shift(); at !== undefined; at = pending.shift()) {
    all.push(at)
    pending.push(...inlineTemplates(at))
  }
  const templates = new Map<string, TemplateView>()
  for (const view of named) if (!templates.has(view.template.name ?? '')) templates.set(view.template.name ?? '', view)
  return {
    universe,
    manifest,
    object: manifest.object,
    spec,
    specPath,
    shared: manifest.kind === 'WorkflowTemplate' || manifest.kind === 'ClusterWorkflowTemplate',
    namespace: manifest.object.metadata.namespace ?? input.namespace,
    templates,
    all,
    remarks: input.remarks,
  }
}

function viewTemplate(template: Template, path: Path, owner: CallView | undefined): TemplateView {
  const calls: CallView[] = []
  const within = { template, path }
  template.steps?.forEach((group, g) => {
    group.forEach((step, i) => calls.push({ call: step, path: [...path, 'steps', g, i], kind: 'steps', group: g, within }))
  })
  template.dag?.tasks.forEach((task, i) => calls.push({ call: task, path: [...path, 'dag', 'tasks', i], kind: 'tasks', group: 0, within }))
  return { template, path, type: templateType(template), calls, owner }
}

function inlineTemplates(view: TemplateView): TemplateView[] {
  const depth = view.path.filter((part) => part === 'inline').length
  if (depth >= inlineDepthMax) return []
  return view.calls.flatMap((c) => (c.call.inline === undefined ? [] : [viewTemplate(c.call.inline, [...c.path, 'inline'], c)]))
}

/** What a step, task, hook or workflow calls. */
export type Target =
  | { readonly known: true; readonly template: Template }
  /** Not there. */
  | { readonly known: false; readonly missing: true; readonly what: string; readonly names: readonly string[]; readonly field: 'name' | 'template' }
  /** Only a run can tell, or nothing is called. */
  | { readonly known: false; readonly missing: false }

const unknown: Target = { known: false, missing: false }

export function findTarget(view: ObjectView, call: WorkflowStep | DAGTask | LifecycleHook): Target {
  if ('inline' in call && call.inline !== undefined) return { known: true, template: call.inline }
  if (call.templateRef !== undefined) return findReferenced(view, call.templateRef)
  const name = call.template ?? ''
  return name === '' || name.includes('{{') ? unknown : findNamed(view, name)
}

/** A template of the object itself or, with `workflowTemplateRef`, of the one it refers to. */
export function findNamed(view: ObjectView, name: string): Target {
  const own = view.templates.get(name)
  if (own !== undefined) return { known: true, template: own.template }
  const ref = view.spec.workflowTemplateRef
  if (ref !== undefined) return findReferenced(view, { ...ref, template: name })
  return { known: false, missing: true, what: `template "${name}"`, names: [...view.templates.keys()], field: 'template' }
}

function findReferenced(view: ObjectView, ref: TemplateRef): Target {
  const { name = '', template = '', clusterScope } = ref
  if (name.includes('{{') || template.includes('{{') || name === '' || template === '') return unknown
  const { catalog } = view.universe
  const owner = clusterScope === true ? catalog.clusterWorkflowTemplate(name) : catalog.workflowTemplate(view.namespace, name)
  const kind = clusterScope === true ? 'ClusterWorkflowTemplate' : 'WorkflowTemplate'
  if (owner === undefined) return { known: false, missing: true, what: `${kind} "${name}"`, names: ownerNames(view, kind), field: 'name' }
  const found = owner.spec.templates?.find((t) => t.name === template)
  if (found !== undefined) return { known: true, template: found }
  const names = (owner.spec.templates ?? []).map((t) => t.name ?? '')
  return { known: false, missing: true, what: `template "${template}" of ${kind} "${name}"`, names, field: 'template' }
}

function ownerNames(view: ObjectView, kind: string): readonly string[] {
  return [...view.universe.owners.values()].filter((o) => o.manifest.kind === kind).map((o) => o.manifest.object.metadata.name ?? '')
}

/** The spec that `workflowTemplateRef` leads to, when it is among the files. */
export function referredSpec(view: ObjectView): WorkflowSpec | undefined {
  const ref = view.spec.workflowTemplateRef
  if (ref === undefined) return undefined
  const { catalog } = view.universe
  return (ref.clusterScope === true ? catalog.clusterWorkflowTemplate(ref.name ?? '') : catalog.workflowTemplate(view.namespace, ref.name ?? ''))?.spec
}
