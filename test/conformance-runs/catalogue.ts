// Owns the list of the reference's example manifests: what each file holds, and the runs that were recorded of it.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Manifest, type ManifestFile, readManifests, workflowOfCron } from '@tiphys/core/spec'
import { type Case, loadCases, openLibrary } from '@tiphys/test/golden'
import type { Workflow } from '@tiphys/core/spec'
import { refusalOf } from './admission.ts'
import { type Need, type Surrounding, needsOf } from './needs.ts'

/** Folders of manifests, and the folder of the runs that were recorded of them. */
const recordings = { 'argo/examples': 'argo-examples', seeds: 'seeds', 'volcano-argo': 'seeds' } as const
export type Part = keyof typeof recordings

/** One thing of a file that can run. */
export interface Example {
  /** Path below the folder of examples. */
  readonly file: string
  /** Position among them in its file. */
  readonly index: number
  readonly workflow: Workflow
  readonly objects: readonly Surrounding[]
  readonly needs: readonly Need[]
  /** The recorded runs without operations of people. */
  readonly recorded: readonly Case[]
}

export interface ExampleFile {
  readonly file: string
  readonly read: ManifestFile
  /** What surrounds its workflows. */
  readonly objects: readonly Surrounding[]
  readonly examples: readonly Example[]
  /** All recorded runs. */
  readonly cases: readonly Case[]
}

/** All files of a folder of manifests, by name. */
export function loadExampleFiles(folder: string, part: Part = 'argo/examples'): readonly ExampleFile[] {
  const cases = loadCases(folder, recordings[part]).filter(({ id }) => id.startsWith(recordings[part]))
  const library = openLibrary(folder)
  const root = join(folder, part)
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => /\.ya?ml$/.test(name)).sort()
  return names.map((file) => {
    const read = readManifests(readFileSync(join(root, file), 'utf8'))
    const own = cases.filter((each) => each.manifest === file)
    const source = library.find([part], file)
    const objects = source.objects as readonly Surrounding[]
    const examples = read.manifests.flatMap(workflowsOf).map((workflow, index): Example => ({
      file, index, workflow, objects, needs: [...needsOf(workflow, objects), ...argumentNeeds(workflow, objects)],
      recorded: own.filter((each) => sameWorkflow(each, workflow) && (each.run.stubs.then ?? []).length === 0),
    }))
    return { file, read, objects, examples, cases: own }
  })
}

/** What a document runs as: itself, what its schedule starts, or a workflow that does nothing but refer to the template. */
function workflowsOf(manifest: Manifest): readonly Workflow[] {
  if (manifest.kind === 'Workflow') return [manifest.object]
  if (manifest.kind === 'CronWorkflow') return [named(workflowOfCron(manifest.object), manifest.object.metadata.name)]
  if (manifest.kind !== 'WorkflowTemplate' && manifest.kind !== 'ClusterWorkflowTemplate') return []
  const { metadata, spec } = manifest.object
  if ((spec.entrypoint ?? '') === '') return []
  const workflowTemplateRef = { name: metadata.name ?? '', clusterScope: manifest.kind === 'ClusterWorkflowTemplate' }
  return [named({ metadata: {}, spec: { workflowTemplateRef } }, metadata.name)]
}

/** A template may leave the values of its arguments to those who use it. */
function argumentNeeds(workflow: Workflow, objects: readonly Surrounding[]): readonly Need[] {
  const refusal = workflow.spec.workflowTemplateRef === undefined ? undefined : refusalOf(workflow, objects)
  return refusal === undefined ? [] : [{ kind: 'arguments', what: refusal }]
}

function named(workflow: Workflow, name: string | undefined): Workflow {
  return { ...workflow, metadata: { ...workflow.metadata, generateName: `${name ?? ''}-` } }
}

function sameWorkflow(recorded: Case, workflow: Workflow): boolean {
  const { name, generateName } = workflow.metadata
  return recorded.workflow.metadata.name === name && recorded.workflow.metadata.generateName === generateName
}
