// Owns the list of the reference's example manifests: what each file holds, and the runs that were recorded of it.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Manifest, type ManifestFile, readManifests } from '@tiphys/core/spec'
import { type Case, loadCases, openLibrary } from '@tiphys/test/golden'
import type { Workflow } from '@tiphys/core/spec'
import { type Need, type Surrounding, needsOf } from './needs.ts'

/** Folders of manifests, and the folder of the runs that were recorded of them. */
const recordings = { 'argo/examples': 'argo-examples', seeds: 'seeds', 'volcano-argo': 'seeds' } as const
export type Part = keyof typeof recordings

/** One Workflow of a file. */
export interface Example {
  /** Path below the folder of examples. */
  readonly file: string
  /** Position among the file's Workflows. */
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
    const examples = read.manifests.filter((manifest) => manifest.kind === 'Workflow').map(({ object }, index): Example => ({
      file, index, workflow: object, objects, needs: needsOf(object, objects),
      recorded: own.filter((each) => each.workflow === source.workflow(index) || sameWorkflow(each, object)).filter((each) => (each.run.stubs.then ?? []).length === 0),
    }))
    return { file, read, examples, cases: own }
  })
}

function sameWorkflow(recorded: Case, workflow: Workflow): boolean {
  const { name, generateName } = workflow.metadata
  return recorded.workflow.metadata.name === name && recorded.workflow.metadata.generateName === generateName
}

export type { Manifest }
