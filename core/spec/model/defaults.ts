// Owns how defaults come together: template defaults under each template, and workflow, referenced template and controller defaults into one spec.
import { strategicMerge, TEMPLATE_MERGE, WORKFLOW_SPEC_MERGE, type MergeSchema } from '@tiphys/core/kube'
import { decode } from '../decode/decode.ts'
import { goView } from '../go-view.ts'
import { isObject, type JsonObject } from '../json.ts'
import {
  templateSchema,
  workflowSpecSchema,
  type Artifact,
  type ObjectMeta,
  type Parameter,
  type Template,
  type WorkflowSpec,
} from '../wire/index.ts'
import { artifactLocations, locationType } from './artifact-location.ts'
import { templateType, templateTypes } from './template-type.ts'

/**
 * A template with `spec.templateDefaults` merged underneath. Bodies of another type than the template's own are left out of the
 * defaults, so that a default `container` does not turn a script into something that is both.
 */
export function applyTemplateDefaults(template: Template, defaults: Template | undefined): Template {
  if (defaults === undefined) return template
  const type = templateType(template)
  const usable: { [key: string]: unknown } = { ...defaults }
  for (const other of templateTypes) if (other !== type) delete usable[other]
  const written = goView(templateSchema, template as unknown as JsonObject) as unknown as Template
  // Go leaves out an empty list of steps; it is what makes the template one of steps, so it is kept.
  const steps = template.steps?.length === 0 ? { steps: [] } : {}
  const merged = { ...merge(usable as Template, written, TEMPLATE_MERGE), ...steps }
  return decode(templateSchema, merged as unknown as JsonObject).value
}

/** `over` laid over `under`. What cannot be merged (a list item without its key) is taken from `over` as a whole. */
function merge<T extends object>(under: T, over: T, schema: MergeSchema): T {
  const merged = strategicMerge(under as JsonObject, over as JsonObject, schema)
  return (merged.ok ? merged.value : over) as T
}

export interface SpecSources {
  /** What the user wrote; wins. */
  readonly workflow: WorkflowSpec
  /** The spec of the referenced (cluster) workflow template, if any. */
  readonly template?: WorkflowSpec | undefined
  /** `workflowDefaults.spec` of the controller's configuration, if any. */
  readonly defaults?: WorkflowSpec | undefined
}

/** The spec that is executed: workflow over template over defaults. */
export function joinWorkflowSpecs(sources: SpecSources): WorkflowSpec {
  const { workflow, template, defaults } = sources
  let joined = workflow
  if (template !== undefined) joined = mergeSpec(template, joined)
  if (defaults !== undefined) joined = mergeSpec(defaults, joined)
  const { suspend: _merged, ...rest } = joined
  const result = workflow.suspend === undefined ? rest : { ...rest, suspend: workflow.suspend }
  if (result.arguments === undefined) return result
  const parameters = result.arguments.parameters?.map((p) => preferWhole(p, sources))
  const artifacts = result.arguments.artifacts?.map((a) => preferArtifact(a, sources))
  return {
    ...result,
    arguments: { ...result.arguments, ...(parameters && { parameters }), ...(artifacts && { artifacts }) },
  }
}

/** Hooks and computed labels are taken over by key as a whole; everything else merges strategically. */
function mergeSpec(under: WorkflowSpec, over: WorkflowSpec): WorkflowSpec {
  const written = goView(workflowSpecSchema, over as unknown as JsonObject) as unknown as WorkflowSpec
  const { hooks: underHooks, ...underRest } = under
  const laid = merge(withoutLabelsFrom(underRest), { ...written, ...unknownFields(over, written) }, WORKFLOW_SPEC_MERGE)
  // What Go writes as null is absent again.
  const merged = decode(workflowSpecSchema, laid as unknown as JsonObject).value
  const hooks = underHooks === undefined ? merged.hooks : { ...underHooks, ...merged.hooks }
  const labelsFrom = under.workflowMetadata?.labelsFrom
  return {
    ...merged,
    ...(hooks && { hooks }),
    ...(labelsFrom && {
      workflowMetadata: { ...merged.workflowMetadata, labelsFrom: { ...labelsFrom, ...merged.workflowMetadata?.labelsFrom } },
    }),
  }
}

function withoutLabelsFrom(spec: WorkflowSpec): WorkflowSpec {
  if (spec.workflowMetadata?.labelsFrom === undefined) return spec
  const { labelsFrom: _labels, ...workflowMetadata } = spec.workflowMetadata
  return { ...spec, workflowMetadata }
}

/** Fields that the schema does not know survive a merge when the winning side has them. */
function unknownFields(spec: WorkflowSpec, written: WorkflowSpec): object {
  const entries = Object.entries(spec).filter(([key]) => !workflowSpecSchema.fields.has(key) && !(key in written))
  return Object.fromEntries(entries)
}

function hasValue(parameter: Parameter): boolean {
  return parameter.value !== undefined || parameter.valueFrom !== undefined || parameter.default !== undefined
}

/** A parameter's entry comes whole from the first source that gives it a value: mixing value and valueFrom would make no sense. */
function preferWhole(merged: Parameter, sources: SpecSources): Parameter {
  if (!hasValue(merged)) return merged
  for (const spec of [sources.workflow, sources.template]) {
    const own = spec?.arguments?.parameters?.findLast((p) => p.name === merged.name && hasValue(p))
    if (own !== undefined) return own
  }
  return merged
}

/** The winning artifact replaces the other, except that fields of the same kind of storage are filled in. */
function preferArtifact(merged: Artifact, sources: SpecSources): Artifact {
  for (const spec of [sources.workflow, sources.template]) {
    const own = spec?.arguments?.artifacts?.findLast((a) => a.name === merged.name)
    if (own === undefined) continue
    const type = locationType(own)
    if (type === undefined || type !== locationType(merged)) return own
    const location = merge(pickLocation(merged), pickLocation(own), {})
    return { ...own, ...location }
  }
  return merged
}

function pickLocation(artifact: Artifact): object {
  const fields = ['archiveLogs', ...artifactLocations] as const
  return Object.fromEntries(fields.filter((f) => artifact[f] !== undefined).map((f) => [f, artifact[f]]))
}

/** Labels and annotations of the defaults are added where the workflow has none of that name. */
export function joinMetadata(metadata: ObjectMeta, defaults: ObjectMeta | undefined): ObjectMeta {
  if (defaults === undefined) return metadata
  const labels = isObject(defaults.labels) ? { ...defaults.labels, ...metadata.labels } : metadata.labels
  const annotations = isObject(defaults.annotations) ? { ...defaults.annotations, ...metadata.annotations } : metadata.annotations
  return { ...metadata, ...(labels && { labels }), ...(annotations && { annotations }) }
}
