// The package as a library: simulating workflows from tests. The same rules as `tiphys simulate`, with objects or text in the place of files.
import { checkAssertions, coverageOf, ganttSvg, ganttText, readAssertions, readStubs, simulate as play, type SimulationResult } from '@tiphys/core/simulate'
import type { Problem as CoreProblem } from '@tiphys/core/kube'
import { type Json, readDocuments, readManifests, type Workflow } from '@tiphys/core/spec'
import { repeatableSprig } from '@tiphys/shell/adapters/sprig'
import { admissionFindings } from '../local/admission.ts'
import { ATTENDANCE, SIMULATED_CONFIG } from '../local/engine-config.ts'
import { type Finding, findingsText, type Sourced } from '../local/input.ts'
import { objectsOf } from '../local/prepare.ts'
import { catalogOf } from '../local/setup.ts'
import type { Assertions, Coverage, FinishedWorkflow, Manifest, Options, Problem, Simulated, Stubs } from './types.ts'

export type * from './types.ts'

/**
 * Runs a workflow on a virtual clock with stubs in the place of its steps. A workflow may be an object or the text of a manifest, with
 * what it refers to beside it; stubs may be an object or the text of a file. Throws an error that says where and why when the workflow
 * cannot be submitted or the stubs cannot be read; a workflow that fails is a result.
 */
export function simulate(workflow: Manifest | string, stubs: Stubs | string = {}, options: Options = {}): Simulated {
  const { with: around = [], name, namespace, seed, startedAt } = options
  const sources = sourcesOf('workflow', workflow)
  const objects = [...objectsOf(sources), ...around.flatMap((each, index) => objectsOf(sourcesOf(`with[${index}]`, each)))]
  const source = sources.find(({ manifest }) => manifest.kind === 'Workflow')
  if (source === undefined) throw new Error('there is no Workflow in the manifest')
  const submitted = source.manifest.object as Workflow
  refuse(admissionFindings(source, submitted, catalogOf({ objects, images: [] }, namespace ?? submitted.metadata.namespace ?? 'default')))
  const read = readStubs(documentOf('stubs', stubs))
  refuseProblems('stubs', read.problems)
  return play(submitted, read.stubs, { with: objects, attendance: ATTENDANCE, config: SIMULATED_CONFIG, sprig: repeatableSprig, name, namespace, seed, startedAt })
}

/** What does not hold of a simulated run; nothing when all holds. Throws when the assertions themselves cannot be read. */
export function check(result: Simulated, assertions: Assertions | string): readonly Problem[] {
  const read = readAssertions(documentOf('assertions', assertions))
  refuseProblems('assertions', read.problems)
  return checkAssertions(result as SimulationResult, read.assertions)
}

/** Which branches some runs of one workflow have taken; `objects` are the templates around it. */
export function coverage(runs: readonly FinishedWorkflow[], objects: readonly object[] = []): Coverage {
  return coverageOf(runs as readonly Workflow[], objects)
}

/** The timeline of a simulated run as text, a line a step. */
export function timelineText(result: Simulated): string {
  return ganttText(result.timeline as SimulationResult['timeline'], spanOf(result))
}

/** The timeline of a simulated run as a picture. */
export function timelineSvg(result: Simulated): string {
  return ganttSvg(result.timeline as SimulationResult['timeline'], spanOf(result))
}

function spanOf({ workflow, durationMs }: Simulated): { readonly from: number; readonly to: number } {
  const from = Date.parse((workflow as Workflow).metadata.creationTimestamp ?? '')
  return { from, to: from + durationMs }
}

function sourcesOf(file: string, given: object | string): readonly Sourced[] {
  const { manifests, unreadable } = readManifests(typeof given === 'string' ? given : JSON.stringify(given))
  refuse(unreadable.map(({ problem }) => ({ file, ...problem })))
  return manifests.map((manifest) => ({ file, manifest }))
}

function documentOf(file: string, given: object | string): Json {
  if (typeof given !== 'string') return given as Json
  const [document] = readDocuments(given)
  if (document?.problem !== undefined) refuse([{ file, ...document.problem }])
  return document?.value ?? {}
}

function refuseProblems(file: string, problems: readonly CoreProblem[]): void {
  refuse(problems.map(({ message, path, hint }) => ({ file: `${file}${path === undefined ? '' : `.${path}`}`, code: 'refused', message, line: 0, column: 0, ...(hint !== undefined && { hint }) })))
}

function refuse(findings: readonly Finding[]): void {
  if (findings.length > 0) throw new Error(findingsText(findings).trimEnd())
}
