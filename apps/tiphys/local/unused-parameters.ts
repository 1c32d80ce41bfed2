// Owns the warning about a parameter that was given and that nothing reads, which is nearly always a misspelt one.
import { type Workflow, type WorkflowSpec, didYouMean } from '@tiphys/core/spec'
import type { CatalogObject } from '@tiphys/shell/runtime'

/** One line for each NAME=VALUE whose name no manifest declares or mentions. As in Argo, giving it is no error. */
export function unusedParameters(given: readonly string[], manifest: Workflow, objects: readonly CatalogObject[]): readonly string[] {
  const specs = [manifest, ...objects].flatMap((object) => ('spec' in object ? [object.spec as Partial<WorkflowSpec>] : []))
  const declared = new Set(specs.flatMap(namesIn))
  const text = JSON.stringify(specs)
  // An expression may reach any parameter by a computed name, and the JSON list holds all of them.
  if (/workflow\.parameters(?:\.json|[^.\w])/.test(text)) return []
  const unused = given.map((pair) => pair.slice(0, Math.max(0, pair.indexOf('=')))).filter((name) => !declared.has(name) && !text.includes(`workflow.parameters.${name}`))
  return unused.map((name) => `warning: nothing reads a parameter ${JSON.stringify(name)}${hint(name, declared)}`)
}

/** Parameters of the workflow, and those of templates: the entrypoint takes its inputs from the workflow's arguments. */
function namesIn(spec: Partial<WorkflowSpec>): string[] {
  const ofTemplates = (spec.templates ?? []).flatMap(({ inputs }) => inputs?.parameters ?? [])
  return [...(spec.arguments?.parameters ?? []), ...ofTemplates].map(({ name }) => name)
}

function hint(name: string, declared: ReadonlySet<string>): string {
  const near = didYouMean(name, declared)
  return near === undefined ? '' : `; ${near}`
}
