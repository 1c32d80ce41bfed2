// From manifests to a workflow that can be submitted: which object to run, its options applied, its identity given.
import { randomUUID } from 'node:crypto'
import { type SubmitOptions, applySubmitOptions } from '@tiphys/core/engine'
import type { ConfigMap, Secret, Workflow } from '@tiphys/core/spec'
import type { CatalogObject } from '@tiphys/shell/runtime'
import type { Finding, Sourced } from './input.ts'
import { randomSuffix } from './session.ts'
import { NO_SETUP, catalogOf } from './setup.ts'
import { admissionFindings } from './admission.ts'
import { unusedParameters } from './unused-parameters.ts'

export interface PrepareInput {
  /** FILE as people know it. */
  readonly file: string
  /** Its manifests. */
  readonly main: readonly Sourced[]
  /** Templates and other objects that surround the workflow. */
  readonly around: readonly CatalogObject[]
  /** For a workflow that names none; empty for the usual one. */
  readonly namespace: string
  readonly options: SubmitOptions
  readonly now: number
}

export type Prepared =
  | { readonly ok: true; readonly workflow: Workflow; readonly objects: readonly CatalogObject[]; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly findings: readonly Finding[] }

const NAMESPACE = 'default'

export function prepare(input: PrepareInput): Prepared {
  const workflows = input.main.filter(({ manifest }) => manifest.kind === 'Workflow')
  const source = workflows[0]
  if (source === undefined) return refused(input.file, 'there is no Workflow in it', kindsHint(input.main))
  if (workflows.length > 1) return refused(source.file, `there are ${workflows.length} Workflows in it`, 'put each into a file of its own')
  const applied = applySubmitOptions(source.manifest.object as Workflow, input.options)
  if (!applied.ok) return refused(source.file, applied.problem.message, applied.problem.hint)
  const workflow = withIdentity(applied.value, input.namespace || NAMESPACE, input.now)
  const objects = [...objectsOf(input.main), ...input.around]
  const catalog = catalogOf({ ...NO_SETUP, objects }, workflow.metadata.namespace ?? NAMESPACE)
  const findings = admissionFindings(source, workflow, catalog)
  if (findings.length > 0) return { ok: false, findings }
  return { ok: true, workflow, objects, warnings: unusedParameters(input.options.parameters ?? [], source.manifest.object as Workflow, objects) }
}

function refused(file: string, message: string, hint?: string): Prepared {
  return { ok: false, findings: [{ file, code: 'refused', message, line: 0, column: 0, ...(hint === undefined ? {} : { hint }) }] }
}

function kindsHint(main: readonly Sourced[]): string | undefined {
  const kinds = main.map(({ manifest }) => (manifest.kind === 'other' ? manifest.kindName : manifest.kind))
  return kinds.length === 0 ? undefined : `it has ${kinds.join(', ')}: run needs a Workflow`
}

/** What a workflow may refer to. */
export function objectsOf(sources: readonly Sourced[]): readonly CatalogObject[] {
  return sources.flatMap(({ manifest }): readonly CatalogObject[] => {
    if (manifest.kind === 'WorkflowTemplate' || manifest.kind === 'ClusterWorkflowTemplate') return [manifest.object]
    const isData = manifest.kind === 'other' && (manifest.kindName === 'ConfigMap' || manifest.kindName === 'Secret')
    return isData ? [manifest.object as unknown as ConfigMap | Secret] : []
  })
}

/** What the API server would fill in. */
export function withIdentity(workflow: Workflow, namespace: string, now: number): Workflow {
  const { metadata } = workflow
  const name = metadata.name || `${metadata.generateName || 'workflow-'}${randomSuffix()}`
  const creationTimestamp = new Date(Math.floor(now / 1000) * 1000).toISOString().replace('.000Z', 'Z')
  return {
    ...workflow,
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Workflow',
    metadata: { ...metadata, name, namespace: metadata.namespace || namespace, uid: randomUUID(), creationTimestamp },
  }
}
