// Checks the pods of resolved templates against the pods that the reference's controller made of them.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { podName } from '@tiphys/core/kube'
import { type Json, type Template, type Volume, type Workflow, type WorkflowSpec, decode, joinWorkflowSpecs, readManifests, templateSchema } from '@tiphys/core/spec'
import { scopeOfVariables } from '@tiphys/core/expr'
import { type PodConfig, type PodInput, buildPod, podDeadline } from './index.ts'

type Recorded = { template: Json; labels: Record<string, string>; annotations: Record<string, string>; name: string; spec?: Json }
type Case = { manifest: string; index: number; workflow: string; pods: Record<string, Recorded> }

const root = process.env['TIPHYS_CONFORMANCE'] ?? fileURLToPath(new URL('../../../../shared/conformance', import.meta.url))
const folder = `${root}/pods`
const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : []

const config: PodConfig = {
  artifactRepository: {
    s3: { bucket: 'my-bucket', endpoint: 'minio:9000', insecure: true, accessKeySecret: { name: 'my-minio-cred', key: 'accesskey' }, secretKeySecret: { name: 'my-minio-cred', key: 'secretkey' } },
  },
  images: { '*': { entrypoint: ['/bin/sh'] } },
}

/** The workflow of a case with the spec of its template, as it is executed. */
function executed(one: Case): Workflow | undefined {
  const path = `${root}/argo/examples/${one.manifest}`
  const workflow = readManifests(readFileSync(path, 'utf8')).manifests.filter((manifest) => manifest.kind === 'Workflow')[one.index]?.object
  const ref = workflow?.spec.workflowTemplateRef
  if (workflow === undefined || ref === undefined) return workflow
  const template = templateSpecs(dirname(path)).get(`${ref.clusterScope === true}/${ref.name}`)
  return { ...workflow, spec: joinWorkflowSpecs({ workflow: workflow.spec, template }) }
}

function templateSpecs(path: string): Map<string, WorkflowSpec> {
  const specs = new Map<string, WorkflowSpec>()
  for (const name of readdirSync(path, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.yaml')) continue
    for (const manifest of readManifests(readFileSync(`${path}/${name}`, 'utf8')).manifests) {
      const cluster = manifest.kind === 'ClusterWorkflowTemplate'
      if (cluster || manifest.kind === 'WorkflowTemplate') specs.set(`${cluster}/${manifest.object.metadata.name}`, manifest.object.spec)
    }
  }
  return specs
}

/** What the engine hands over for a recorded pod. Where the record has it, the location that the repository gave is taken off again. */
function inputOf(one: Case, recorded: Recorded, workflow: Workflow): PodInput {
  const { spec } = workflow
  const decoded = decode(templateSchema, recorded.template).value as Template
  const source = spec.templates?.find((template) => template.name === decoded.name)
  const given = decoded.archiveLocation?.s3?.bucket === 'my-bucket' ? source?.archiveLocation : decoded.archiveLocation
  const resource = decoded.resource === undefined ? undefined : { ...decoded.resource, manifest: unowned(decoded.resource.manifest) }
  const template: Template = { ...decoded, archiveLocation: given, resource }
  const variables = new Map<string, string>([['workflow.name', one.workflow], ['workflow.namespace', '<namespace>'], ['pod.name', recorded.name]])
  for (const parameter of spec.arguments?.parameters ?? []) if (parameter.value !== undefined) variables.set(`workflow.parameters.${parameter.name}`, parameter.value)
  const nodeName = recorded.annotations['workflows.argoproj.io/node-name'] ?? ''
  const deadline = podDeadline({ template, nodeName, onExit: false, now: 0, nodeStartedAt: 0, workflowDeadline: spec.activeDeadlineSeconds === undefined ? undefined : spec.activeDeadlineSeconds * 1000 })
  if (deadline.kind !== 'allowed') throw new Error(`${recorded.name}: ${deadline.kind}`)
  return {
    workflow: { name: one.workflow, namespace: '<namespace>', uid: '<uid>' },
    spec,
    template,
    nodeId: recorded.annotations['workflows.argoproj.io/node-id'] ?? '',
    nodeName,
    podName: podName({ workflow: one.workflow, node: nodeName, template: decoded.name ?? '' }),
    onExit: recorded.labels['workflows.argoproj.io/on-exit'] === 'true',
    includeScriptOutput: false,
    activeDeadlineSeconds: deadline.activeDeadlineSeconds,
    timeoutSeconds: deadline.timeoutSeconds,
    volumes: spec.volumes ?? [],
    claims: (spec.volumeClaimTemplates ?? []).map((claim): Volume => ({ name: claim.metadata?.name ?? '', persistentVolumeClaim: { claimName: `${one.workflow}-${claim.metadata?.name}` } })),
    config,
    scope: scopeOfVariables(variables),
  }
}

function unowned(manifest: string | undefined): string | undefined {
  return manifest?.replace(/ {2}ownerReferences:\n {2}- apiVersion: argoproj\.io\/v1alpha1\n( {4}.*\n)+/, '')
}

/** Without what Go would call empty, and with named lists in the order of their names. */
function normal(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(normal)
    const named = items.every((item) => typeof item === 'object' && item !== null && ('name' in item || 'mountPath' in item))
    return named ? items.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) : items
  }
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, inner]): [string, unknown] => [key, normal(inner)]).filter(([, inner]) => !empty(inner))
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
}

function empty(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === 0 || value === false) return true
  return typeof value === 'object' && Object.keys(value).length === 0
}

function built(one: Case, recorded: Recorded, workflow: Workflow): unknown {
  const result = buildPod(inputOf(one, recorded, workflow))
  if (!result.ok) return result.message
  const { metadata, spec } = result.pod
  const withoutSpec = recorded.spec === undefined
  return normal({
    template: result.template, labels: metadata?.labels, annotations: metadata?.annotations, name: metadata?.name,
    spec: withoutSpec ? undefined : { ...spec, terminationGracePeriodSeconds: spec?.terminationGracePeriodSeconds ?? 30 },
  })
}

describe.skipIf(files.length === 0)('recorded pods', () => {
  it('have the same template, labels, annotations, name and spec', () => {
    const differing: unknown[] = []
    let compared = 0
    for (const file of files) {
      const one = JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) as Case
      const workflow = executed(one)
      for (const [name, recorded] of Object.entries(one.pods)) {
        const got = workflow === undefined ? 'no workflow' : built(one, recorded, workflow)
        compared++
        if (JSON.stringify(got) !== JSON.stringify(normal(recorded))) differing.push({ pod: `${file}#${name}`, got, expected: normal(recorded) })
      }
    }
    expect(compared).toBeGreaterThan(0)
    expect(differing).toEqual([])
  })
})
