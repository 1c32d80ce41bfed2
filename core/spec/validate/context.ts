// Owns what one validation carries along: global names, what was checked already, and where templates are found.
import type { ClusterWorkflowTemplate, Template, TemplateRef, WorkflowTemplate } from '../wire/index.ts'
import type { Base, Invalid, Place } from './invalid.ts'
import type { Placeholders } from './placeholders.ts'

/** Where workflow templates are found. A name that is not there gives undefined. */
export interface TemplateCatalog {
  readonly workflowTemplate: (namespace: string, name: string) => WorkflowTemplate | undefined
  readonly clusterWorkflowTemplate: (name: string) => ClusterWorkflowTemplate | undefined
}

/** A step, task, hook or entrypoint: whatever calls a template. */
export interface Holder {
  readonly name?: string | undefined
  readonly template?: string | undefined
  readonly templateRef?: TemplateRef | undefined
  readonly inline?: Template | undefined
}

export interface Context {
  readonly catalog: TemplateCatalog
  readonly namespace: string
  /** The object under validation. */
  readonly root: Base
  readonly globals: Map<string, string>
  /** Whether the value of a global name holds tags itself. */
  tagsInGlobals: boolean
  /** Templates whose bodies were checked, by scope and name. */
  readonly checked: Map<string, Template>
  /** Templates of other objects that were used, by name: names that the root lacks are found here too, as in the reference. */
  readonly usedElsewhere: Map<string, Template>
  readonly bases: Map<string, Base>
  readonly placeholders: Placeholders
  /** A workflow template stands on its own: parameters of the workflow are unknown. */
  readonly forTemplate: boolean
  depth: number
}

/** How deep templates may call each other. */
export const callDepthMax = 300

export interface Resolved {
  readonly template: Template
  readonly base: Base
  readonly place: Place
}

export type Resolution = { readonly found: Resolved } | { readonly invalid: Omit<Invalid, 'place'>; readonly notFound: boolean }

export function isResolved(resolution: Resolution): resolution is { readonly found: Resolved } {
  return 'found' in resolution
}

const failure = (message: string, notFound = false): Resolution => ({ invalid: { message }, notFound })

/** Finds the template that a holder calls. `base` is where plain names are looked up, `place` where the holder stands. */
export function resolveHolder(ctx: Context, holder: Holder, at: { readonly base: Base; readonly place: Place }): Resolution {
  if (holder.inline !== undefined) {
    const place = { base: at.place.base, path: [...at.place.path, 'inline'] }
    // Beside a reference the template stands as written, but the names in it are those of the object referred to.
    const base = holder.templateRef === undefined ? at.base : findBase(ctx, holder.templateRef)
    return 'message' in base ? failure(base.message) : found({ template: holder.inline, base, place })
  }
  if (holder.templateRef !== undefined) return resolveReference(ctx, holder.templateRef)
  const name = holder.template ?? ''
  if (name === '') return failure('failed to get a template')
  return resolveName(ctx, name, at.base)
}

function found(resolved: Resolved): Resolution {
  return { found: resolved }
}

export function resolveName(ctx: Context, name: string, base: Base): Resolution {
  const own = templateOf(base, name)
  if (own !== undefined) return found(own)
  const other = base === ctx.root ? ctx.usedElsewhere.get(name) : undefined
  if (other !== undefined) return found({ template: other, base, place: { base, path: base.specPath } })
  return failure(`template ${name} not found`, true)
}

function templateOf(base: Base, name: string): Resolved | undefined {
  const index = indexOf(base).get(name)
  const template = index === undefined ? undefined : base.spec.templates?.[index]
  if (template === undefined || index === undefined) return undefined
  return { template, base, place: { base, path: [...base.specPath, 'templates', index] } }
}

const indexes = new WeakMap<Base, Map<string, number>>()

function indexOf(base: Base): Map<string, number> {
  const known = indexes.get(base)
  if (known !== undefined) return known
  const index = new Map<string, number>()
  base.spec.templates?.forEach((t, i) => {
    if (!index.has(t.name ?? '')) index.set(t.name ?? '', i)
  })
  indexes.set(base, index)
  return index
}

function resolveReference(ctx: Context, ref: TemplateRef): Resolution {
  const base = findBase(ctx, ref)
  if ('message' in base) return failure(base.message)
  const own = templateOf(base, ref.template ?? '')
  if (own === undefined) return failure(`template ${ref.template ?? ''} not found in workflow template ${ref.name ?? ''}`, true)
  const name = own.template.name ?? ''
  if (!ctx.usedElsewhere.has(name)) ctx.usedElsewhere.set(name, own.template)
  return found(own)
}

/** The (cluster) workflow template of a name, as a base for look-ups. */
export function findBase(ctx: Context, ref: { readonly name?: string | undefined; readonly clusterScope?: boolean | undefined }): Base | { readonly message: string } {
  const name = ref.name ?? ''
  const cluster = ref.clusterScope === true
  const key = `${cluster ? 'cluster' : 'namespaced'}/${name}`
  const known = ctx.bases.get(key)
  if (known !== undefined) return known
  const object = cluster ? ctx.catalog.clusterWorkflowTemplate(name) : ctx.catalog.workflowTemplate(ctx.namespace, name)
  if (object === undefined) {
    const message = cluster
      ? `couldn't find cluster workflow template "${name}"`
      : `couldn't find workflow template "${name}" in namespace "${ctx.namespace}"`
    return { message }
  }
  const base: Base = { kind: cluster ? 'cluster' : 'namespaced', name: object.metadata.name ?? '', spec: object.spec, specPath: ['spec'], object }
  ctx.bases.set(key, base)
  return base
}

/** `local/<name>` and the like: what tells templates of the same name apart. */
export function scopeOf(base: Base): string {
  return `${base.kind}/${base.name}`
}
