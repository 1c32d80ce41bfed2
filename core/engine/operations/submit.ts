// Owns what a person may set on a Workflow when submitting it.
import { type Result, bad, goJson, ok } from '@tiphys/core/kube'
import { type Json, type OwnerReference, type Workflow, isObject } from '@tiphys/core/spec'
import { setArtifactsFromOverrides, setParametersFromOverrides } from './overrides.ts'

/** What a submission may set; empty text leaves the manifest's value. */
export interface SubmitOptions {
  readonly name?: string | undefined
  readonly generateName?: string | undefined
  readonly entrypoint?: string | undefined
  /** `NAME=VALUE` texts. */
  readonly parameters?: readonly string[] | undefined
  /** `NAME=KEY` texts. */
  readonly artifacts?: readonly string[] | undefined
  readonly serviceAccount?: string | undefined
  /** `a=b,c=d`. */
  readonly labels?: string | undefined
  /** `a=b,c=d`. */
  readonly annotations?: string | undefined
  readonly podPriorityClassName?: string | undefined
  readonly priority?: number | undefined
  readonly ownerReference?: OwnerReference | undefined
}

/** The workflow with the options applied. Errors: `labels_invalid`, `parameter_invalid`, `artifact_invalid`, `artifact_unknown`. */
export function applySubmitOptions(workflow: Workflow, options: SubmitOptions): Result<Workflow> {
  const labels = parseOption('labels', options.labels)
  if (!labels.ok) return labels
  const annotations = parseOption('Annotations', options.annotations)
  if (!annotations.ok) return annotations
  const metadata = {
    ...workflow.metadata,
    labels: { ...workflow.metadata.labels, ...labels.value },
    annotations: { ...workflow.metadata.annotations, ...annotations.value },
    ...(options.generateName ? { generateName: options.generateName } : {}),
    ...(options.name ? { name: options.name } : {}),
    ...(options.ownerReference === undefined ? {} : { ownerReferences: [...(workflow.metadata.ownerReferences ?? []), options.ownerReference] }),
  }
  const spec = {
    ...workflow.spec,
    ...(options.entrypoint ? { entrypoint: options.entrypoint } : {}),
    ...(options.serviceAccount ? { serviceAccountName: options.serviceAccount } : {}),
    ...(options.podPriorityClassName ? { podPriorityClassName: options.podPriorityClassName } : {}),
    ...(options.priority === undefined ? {} : { priority: options.priority }),
  }
  const parametrized = setParametersFromOverrides({ ...workflow, metadata, spec }, options.parameters ?? [])
  if (!parametrized.ok) return parametrized
  return setArtifactsFromOverrides(parametrized.value, options.artifacts ?? [])
}

function parseOption(what: 'labels' | 'Annotations', text: string | undefined): Result<Readonly<Record<string, string>>> {
  if (text === undefined || text === '') return ok({})
  const parsed = parseLabels(text)
  if (parsed.ok) return parsed
  const message = `expected ${what} of the form: NAME1=VALUE2,NAME2=VALUE2. Received: ${text}: ${parsed.problem.message}`
  return bad('labels_invalid', message)
}

/** Reads `a=b,c=d`. Error: `labels_invalid`. */
export function parseLabels(text: string): Result<Readonly<Record<string, string>>> {
  if (text === '') return bad('labels_invalid', 'no label spec passed')
  const labels: [string, string][] = []
  for (const part of text.split(',')) {
    const [key, value, rest] = part.split('=')
    if (key === undefined || value === undefined || rest !== undefined) return bad('labels_invalid', `unexpected label spec: ${part}`)
    if (key === '') return bad('labels_invalid', 'unexpected empty label key')
    labels.push([key, value])
  }
  return ok(Object.fromEntries(labels))
}

/**
 * The parameters of a parameter file, already read as JSON or YAML, as `NAME=VALUE` texts: text as it is, all else as JSON.
 * Error: `parameter_file_invalid`.
 */
export function parametersFromFile(document: Json): Result<readonly string[]> {
  if (document === null) return ok([])
  if (!isObject(document)) return bad('parameter_file_invalid', 'a parameter file must be a mapping of names to values')
  return ok(Object.keys(document).map((name) => `${name}=${parameterText(document[name] ?? null)}`))
}

function parameterText(value: Json): string {
  return typeof value === 'string' ? value : goJson(value)
}
