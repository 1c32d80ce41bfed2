// Owns running one of the reference's examples for real and telling what is wrong with how it went.
import { join } from 'node:path'
import type { Expected } from '@tiphys/test/golden'
import type { CatalogObject } from '@tiphys/shell/runtime'
import type { RealRun, RealRuns } from '@tiphys/test/real'
import { makeStandIns } from '@tiphys/test/stand-ins'
import type { Example } from './catalogue.ts'
import { levelled, replay, shapeDifferences } from './compare.ts'
import { quickened, scaleFor } from './quicken.ts'
import type { Web } from './web.ts'

export interface Outcome {
  readonly run: RealRun
  /** The recorded scenario that has the same tree; undefined when the steps' own outcomes made another. */
  readonly scenario: string | undefined
  /** What is different from the nearest recorded tree. */
  readonly fromRecorded: readonly string[]
  /** What is different from a replay of the steps' outcomes. */
  readonly fromReplay: readonly string[]
}

export interface NormalForm {
  normal(workflow: object): Expected
  differences(expected: Expected, workflow: object): string[]
}

const TIMEOUT_MS = 60_000

/** Whether an example can be run on this host, with a local server in place of what it asks of the web. */
export function isRunnable(example: Example): boolean {
  return example.needs.every(({ kind }) => kind === 'web')
}

export interface Surroundings {
  readonly runs: RealRuns
  readonly form: NormalForm
  readonly web: Web
}

export async function runExample(example: Example, { runs, form, web }: Surroundings): Promise<Outcome> {
  const scale = scaleFor(example.workflow)
  const quick = quickened(example.workflow, scale)
  const workflow = example.needs.length > 0 ? web.inPlaceOf(quick) : quick
  const standard = example.recorded.find(({ run }) => run.scenario === 'default') ?? example.recorded[0]
  const objects = example.objects as readonly CatalogObject[]
  const name = standard?.run.name ?? `${workflow.metadata.name ?? workflow.metadata.generateName ?? ''}${workflow.metadata.name === undefined ? 'x7q2z' : ''}`
  const supply = standard?.run.stubs.supply ?? {}
  const run = await runs.run(workflow, {
    name, namespace: `example-${counter++}`, objects, imageMap: imagesFor(scale, runs), supply, timeoutMs: TIMEOUT_MS,
  })
  const actual = form.normal(run.workflow)
  const trees = example.recorded.filter(({ run: { stubs } }) => stubs.args === undefined).map((each) => ({ scenario: each.run.scenario, differences: shapeDifferences(each.run.expected, actual) }))
  const nearest = trees.sort((a, b) => a.differences.length - b.differences.length || (a.scenario === 'default' ? -1 : 1))[0]
  const replayed = replay({ workflow, run, objects: example.objects as readonly object[], supply })
  return {
    run,
    scenario: nearest !== undefined && nearest.differences.length === 0 ? nearest.scenario : undefined,
    fromRecorded: nearest?.differences ?? ['nothing is recorded'],
    fromReplay: form.differences(form.normal(levelled(replayed)), levelled(run.workflow)).filter((text) => !isOwnToHosts(text)),
  }
}

/** Simulated steps keep no logs as artifacts, and are killed at their deadline where real ones listen to the first signal. */
function isOwnToHosts(difference: string): boolean {
  return /-logs"/.test(difference) || difference.endsWith('.outputs: {"exitCode":"143"} instead of {"exitCode":"137"}')
}

/** One set of stand-ins for each pace. */
function imagesFor(scale: number, { folder }: RealRuns): ReturnType<typeof makeStandIns> {
  const key = `${folder} ${scale}`
  const known = images.get(key)
  if (known !== undefined) return known
  const made = makeStandIns(join(folder, `images-${scale}`), scale)
  images.set(key, made)
  return made
}

const images = new Map<string, ReturnType<typeof makeStandIns>>()
let counter = 0
