// Owns replacing a Workflow's arguments by what a person gave, in the forms `NAME=VALUE` and `NAME=KEY`.
import { type Result, bad, compareText, ok } from '@tiphys/core/kube'
import type { Artifact, Parameter, Workflow, WorkflowSpec } from '@tiphys/core/spec'
import { withArtifactKey } from './artifact-key.ts'

/** Splits `NAME=VALUE` at the first equals sign. Error: `parameter_invalid`. */
export function parseParameter(text: string): Result<{ readonly name: string; readonly value: string }> {
  const at = text.indexOf('=')
  if (at < 0) return bad('parameter_invalid', `expected parameter of the form: NAME=VALUE. Received: ${text}`, 'put an equals sign between name and value')
  return ok({ name: text.slice(0, at), value: text.slice(at + 1) })
}

/**
 * Puts parameters in front of the workflow's arguments and drops those of the same name, in the spec and in the spec that a
 * running workflow has stored. A parameter that the workflow never declared is added.
 */
export function setParametersFromOverrides(workflow: Workflow, overrides: readonly string[]): Result<Workflow> {
  if (overrides.length === 0) return ok(workflow)
  const parameters: Parameter[] = []
  const names = new Set<string>()
  for (const text of overrides) {
    const parsed = parseParameter(text)
    if (!parsed.ok) return parsed
    parameters.push(parsed.value)
    names.add(parsed.value.name)
  }
  for (const parameter of workflow.spec.arguments?.parameters ?? []) {
    if (!names.has(parameter.name)) parameters.push(parameter)
  }
  const withParameters = (spec: WorkflowSpec): WorkflowSpec => ({ ...spec, arguments: { ...spec.arguments, parameters } })
  return ok(mapSpecs(workflow, withParameters))
}

/** Applies a change to the spec and, where there is one, to the stored spec. */
function mapSpecs(workflow: Workflow, change: (spec: WorkflowSpec) => WorkflowSpec): Workflow {
  const changed = { ...workflow, spec: change(workflow.spec) }
  const stored = workflow.status?.storedWorkflowTemplateSpec
  if (stored === undefined) return changed
  return { ...changed, status: { ...workflow.status, storedWorkflowTemplateSpec: change(stored) } }
}

/** Reads `NAME=KEY` texts; of several with one name the last counts. Error: `artifact_invalid`. */
export function parseArtifactOverrides(overrides: readonly string[]): Result<ReadonlyMap<string, string>> {
  const keys = new Map<string, string>()
  for (const text of overrides) {
    const at = text.indexOf('=')
    if (at <= 0 || at === text.length - 1) return bad('artifact_invalid', `expected artifact of the form: NAME=KEY. Received: ${text}`)
    keys.set(text.slice(0, at), text.slice(at + 1))
  }
  return ok(keys)
}

/**
 * Gives argument artifacts new keys. An override that names no artifact is an error, unless the workflow takes its arguments
 * from a template, where `overrideTemplateArtifacts` is the judge of that.
 */
export function setArtifactsFromOverrides(workflow: Workflow, overrides: readonly string[]): Result<Workflow> {
  if (overrides.length === 0) return ok(workflow)
  const keys = parseArtifactOverrides(overrides)
  if (!keys.ok) return keys
  const used = new Set<string>()
  const place = (spec: WorkflowSpec): Result<WorkflowSpec> => {
    const artifacts: Artifact[] = []
    for (const artifact of spec.arguments?.artifacts ?? []) {
      const changed = rekeyed(artifact, keys.value, used)
      if (!changed.ok) return changed
      artifacts.push(changed.value)
    }
    return ok(artifacts.length === 0 ? spec : { ...spec, arguments: { ...spec.arguments, artifacts } })
  }
  const spec = place(workflow.spec)
  if (!spec.ok) return spec
  let changed: Workflow = { ...workflow, spec: spec.value }
  if (workflow.status?.storedWorkflowTemplateSpec !== undefined) {
    const stored = place(workflow.status.storedWorkflowTemplateSpec)
    if (!stored.ok) return stored
    changed = { ...changed, status: { ...workflow.status, storedWorkflowTemplateSpec: stored.value } }
  }
  const unused = workflow.spec.workflowTemplateRef === undefined ? unmatched(keys.value, used) : undefined
  return unused ?? ok(changed)
}

/** The artifacts of a template that overrides name, with their new keys. An override that names none is an error. */
export function overrideTemplateArtifacts(artifacts: readonly Artifact[], keys: ReadonlyMap<string, string>): Result<readonly Artifact[]> {
  const used = new Set<string>()
  const changed: Artifact[] = []
  for (const artifact of artifacts) {
    if (!keys.has(artifact.name)) continue
    const one = rekeyed(artifact, keys, used)
    if (!one.ok) return one
    changed.push(one.value)
  }
  return unmatched(keys, used) ?? ok(changed)
}

function rekeyed(artifact: Artifact, keys: ReadonlyMap<string, string>, used: Set<string>): Result<Artifact> {
  const key = keys.get(artifact.name)
  if (key === undefined) return ok(artifact)
  used.add(artifact.name)
  const changed = withArtifactKey(artifact, key)
  if (changed.ok) return changed
  return bad(changed.problem.code, `failed to set key for artifact ${artifact.name}: ${changed.problem.message}`)
}

function unmatched(keys: ReadonlyMap<string, string>, used: ReadonlySet<string>): ReturnType<typeof bad> | undefined {
  const unused = [...keys.keys()].filter((name) => !used.has(name)).sort(compareText)
  if (unused.length === 0) return undefined
  return bad('artifact_unknown', `artifact override(s) matched no artifact: ${unused.join(', ')}`)
}
