// Owns where the nodes of a run come from: the template, and the step or task in it, that made each one.
import type { DAGTask, NodeStatus, Template, Workflow, WorkflowStep } from '@tiphys/core/spec'

/** A step or task of a template. */
export interface CallSite {
  /** How the template is known: its name, `NAME/TEMPLATE` for one of a workflow template. */
  readonly template: string
  /** Such as `steps[1].notify` or `tasks.build`. */
  readonly place: string
  readonly call: WorkflowStep | DAGTask
}

export interface Definitions {
  readonly templates: ReadonlyMap<string, Template>
  readonly sites: readonly CallSite[]
  /** The step or task that made a node. */
  siteOf(node: NodeStatus): CallSite | undefined
  /** The template that a node's own definition names. */
  templateOf(node: NodeStatus): string | undefined
}

interface NamedSpec { readonly metadata?: { readonly name?: string | undefined } | undefined; readonly spec?: { readonly templates?: readonly Template[] | undefined } | undefined }

/** The definitions of a workflow and of the templates around it. */
export function definitionsOf(workflow: Workflow, objects: readonly object[]): Definitions {
  const templates = new Map<string, Template>()
  const named = (object: object): NamedSpec => object as NamedSpec
  for (const object of objects) {
    for (const template of named(object).spec?.templates ?? []) templates.set(`${named(object).metadata?.name ?? ''}/${template.name ?? ''}`, template)
  }
  const own = workflow.status?.storedWorkflowTemplateSpec?.templates ?? workflow.spec.templates ?? []
  for (const template of own) templates.set(template.name ?? '', template)
  const sites = [...templates].flatMap(([name, template]) => sitesOf(name, template))
  const byKey = new Map(sites.map((site) => [`${site.template} ${site.place}`, site]))
  const nodes = workflow.status?.nodes ?? {}
  const templateOf = (node: NodeStatus): string | undefined => keyOf(templates, node)
  return {
    templates,
    sites,
    templateOf,
    siteOf(node) {
      const boundary = node.boundaryID === undefined ? undefined : nodes[node.boundaryID]
      const template = boundary === undefined ? undefined : templateOf(boundary)
      if (boundary === undefined || template === undefined || !node.name.startsWith(boundary.name)) return undefined
      return byKey.get(`${template} ${placeOf(node.name.slice(boundary.name.length))}`)
    },
  }
}

/** A local name of a workflow template's own node is tried below each name that the node's scope may mean. */
function keyOf(templates: ReadonlyMap<string, Template>, node: NodeStatus): string | undefined {
  const ref = node.templateRef
  if (ref !== undefined) return `${ref.name ?? ''}/${ref.template ?? ''}`
  const name = node.templateName
  if (name === undefined) return undefined
  const scope = (node.templateScope ?? '').split('/').at(-1) ?? ''
  return [`${scope}/${name}`, name].find((key) => templates.has(key))
}

function sitesOf(template: string, definition: Template): CallSite[] {
  const steps = (definition.steps ?? []).flatMap((group, index) =>
    (group as readonly WorkflowStep[]).map((call): CallSite => ({ template, place: `steps[${index}].${call.name ?? ''}`, call })))
  const tasks = (definition.dag?.tasks ?? []).map((call): CallSite => ({ template, place: `tasks.${call.name}`, call }))
  return [...steps, ...tasks]
}

/** `[1].x(0:a)` is `steps[1].x`, `.x` is `tasks.x`. Loop items and attempts are cut off; hooks are no call of their own. */
function placeOf(rest: string): string {
  const group = /^\[(\d+)\]\./.exec(rest)
  const name = rest.slice(group === null ? 1 : group[0].length)
  const open = name.indexOf('(')
  const plain = open < 0 ? name : name.slice(0, open)
  return group === null ? `tasks.${plain}` : `steps[${group[1]}].${plain}`
}
