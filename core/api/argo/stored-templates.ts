// Owns which templates of other objects a workflow takes along from the moment it is created: those that it can come to call.
import type { Template, TemplateCatalog, TemplateRef, Workflow, WorkflowSpec } from '@tiphys/core/spec'

/** An object whose templates call one another. `local` is the workflow itself, which needs no copy of its own. */
interface Home {
  readonly scope: 'local' | 'namespaced' | 'cluster'
  readonly name: string
  readonly spec: WorkflowSpec
}

const TEMPLATES_MAX = 10_000

/** By names such as `namespaced/lib/echo`. Templates that are not there are left out: whoever validates tells of them. */
export function storedTemplatesOf({ metadata, spec }: Workflow, catalog: TemplateCatalog): Readonly<Record<string, Template>> {
  const stored = new Map<string, Template>()
  const find = finder(catalog, metadata.namespace ?? '')
  const { workflowTemplateRef: ref } = spec
  const base = ref === undefined ? { scope: 'local' as const, name: '', spec } : find({ name: ref.name, clusterScope: ref.clusterScope })
  const pending: (readonly [Home, Template])[] = (base?.spec.templates ?? []).map((template) => [base as Home, template])
  const seen = new Set<string>()
  for (let next = pending.pop(); next !== undefined && seen.size < TEMPLATES_MAX; next = pending.pop()) {
    const [home, template] = next
    const key = `${home.scope}/${home.name}/${template.name ?? ''}`
    if (seen.has(key)) continue
    seen.add(key)
    if (home.scope !== 'local') stored.set(key, template)
    for (const called of callsOf(template)) {
      const other = called === undefined ? undefined : find(called)
      const found = other?.spec.templates?.find(({ name }) => name === called?.template)
      if (other !== undefined && found !== undefined) pending.push([other, found])
    }
  }
  return Object.fromEntries([...stored].sort(([a], [b]) => (a < b ? -1 : 1)))
}

function finder(catalog: TemplateCatalog, namespace: string): (ref: Pick<TemplateRef, 'name' | 'clusterScope'>) => Home | undefined {
  return ({ name = '', clusterScope = false }) => {
    const found = clusterScope ? catalog.clusterWorkflowTemplate(name) : catalog.workflowTemplate(namespace, name)
    return found === undefined ? undefined : { scope: clusterScope ? 'cluster' : 'namespaced', name, spec: found.spec }
  }
}

/** Templates of other objects that a template calls. Those of its own object are looked at anyway. */
function callsOf(template: Template): readonly (TemplateRef | undefined)[] {
  const holders = [...(template.steps ?? []).flat(), ...(template.dag?.tasks ?? [])]
  return holders.flatMap(({ templateRef, inline, hooks }) => [templateRef, ...Object.values(hooks ?? {}).map((hook) => hook.templateRef), ...(inline === undefined ? [] : inlineCalls(inline))])
}

function inlineCalls(template: Template): readonly (TemplateRef | undefined)[] {
  return [...(template.steps ?? []).flat(), ...(template.dag?.tasks ?? [])].map(({ templateRef }) => templateRef)
}
