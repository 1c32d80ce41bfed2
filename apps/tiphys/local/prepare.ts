// From manifests to a workflow that can be submitted: which object to run, its options applied, its identity given.
import { randomUUID } from 'node:crypto'
import { type SubmitOptions, applySubmitOptions } from '@tiphys/core/engine'
import type { ConfigMap, Secret, Workflow } from '@tiphys/core/spec'
import { ObjectCatalog } from '@tiphys/shell/runtime'
import type { Finding, Sourced } from './input.ts'
import { randomSuffix } from './session.ts'
import { admissionFindings } from './admission.ts'

export interface PrepareInput {
  /** The manifests of FILE. */
  readonly main: readonly Sourced[]
  /** Templates and other objects that surround the workflow. */
  readonly around: readonly Sourced[]
  readonly options: SubmitOptions
  readonly now: number
}

export type Prepared =
  | { readonly ok: true; readonly workflow: Workflow; readonly catalog: ObjectCatalog }
  | { readonly ok: false; readonly findings: readonly Finding[] }

const NAMESPACE = 'default'

export function prepare(input: PrepareInput): Prepared {
  const workflows = input.main.filter(({ manifest }) => manifest.kind === 'Workflow')
  const source = workflows[0]
  if (source === undefined) return refused(input.main[0]?.file ?? 'FILE', 'there is no Workflow in it', kindsHint(input.main))
  if (workflows.length > 1) return refused(source.file, `there are ${workflows.length} Workflows in it`, 'put each into a file of its own')
  const catalog = catalogOf([...input.main, ...input.around])
  const applied = applySubmitOptions(source.manifest.object as Workflow, input.options)
  if (!applied.ok) return refused(source.file, applied.problem.message, applied.problem.hint)
  const workflow = withIdentity(applied.value, input.now)
  const findings = admissionFindings(source, workflow, catalog)
  return findings.length > 0 ? { ok: false, findings } : { ok: true, workflow, catalog }
}

function refused(file: string, message: string, hint?: string): Prepared {
  return { ok: false, findings: [{ file, code: 'refused', message, line: 0, column: 0, ...(hint === undefined ? {} : { hint }) }] }
}

function kindsHint(main: readonly Sourced[]): string | undefined {
  const kinds = main.map(({ manifest }) => (manifest.kind === 'other' ? manifest.kindName : manifest.kind))
  return kinds.length === 0 ? undefined : `it has ${kinds.join(', ')}: run needs a Workflow`
}

export function catalogOf(sources: readonly Sourced[]): ObjectCatalog {
  const catalog = new ObjectCatalog()
  for (const { manifest } of sources) {
    if (manifest.kind === 'WorkflowTemplate' || manifest.kind === 'ClusterWorkflowTemplate') catalog.put(manifest.object, NAMESPACE)
    if (manifest.kind === 'other' && (manifest.kindName === 'ConfigMap' || manifest.kindName === 'Secret')) {
      catalog.put(manifest.object as unknown as ConfigMap | Secret, NAMESPACE)
    }
  }
  return catalog
}

function withIdentity(workflow: Workflow, now: number): Workflow {
  const { metadata } = workflow
  const name = metadata.name || `${metadata.generateName || 'workflow-'}${randomSuffix()}`
  return {
    ...workflow,
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Workflow',
    metadata: {
      ...metadata, name, namespace: metadata.namespace || NAMESPACE, uid: randomUUID(), creationTimestamp: new Date(Math.floor(now / 1000) * 1000).toISOString().replace('.000Z', 'Z'),
    },
  }
}
