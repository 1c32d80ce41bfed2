// Kills running workflows of the reference at moments of chance, the program alone or the machine with it, and takes them up again.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Workflow } from '@tiphys/core/spec'
import { type Example, type NormalForm, isRunnable, loadExampleFiles, shapeDifferences } from '@tiphys/test/conformance-runs'
import { conformanceFolder } from '@tiphys/test/golden'
import { makeStandIns } from '@tiphys/test/stand-ins'
import { chance, drawn, seed } from './chance.ts'
import { type Exit, Program, type Started, isBuilt } from './program.ts'
import { readTally, tallied } from './tally.ts'

const folder = conformanceFolder()
const workflowsWanted = 10
const killsMax = 3
const earlyMsMax = 600
const lateMsMax = 300
/** How long a first step may be waited for. */
const stepMsMax = 4000
const testMsMax = 120_000

/** Whether the outcome of every step stands in the manifest, every program is named in it, and nothing depends on how long steps take. */
function isCertain(example: Example): boolean {
  const text = JSON.stringify(example.workflow.spec)
  const pods = Object.values(standardOf(example)?.expected.nodes ?? {}).filter((node) => node['type'] === 'Pod').length
  const templates = example.workflow.spec.templates ?? []
  return example.needs.length === 0 && isRunnable(example) && pods >= 3 && pods <= 12
    && !/random|"daemon"|"suspend"|containerSet|sidecars|imeout|Deadline|outputs\.result|emplateRef|\$\(date/i.test(text)
    && templates.every(({ container, script }) => (container ?? script)?.command !== undefined || (container === undefined && script === undefined))
}

function standardOf(example: Example): Example['recorded'][number]['run'] | undefined {
  return example.recorded.find(({ run }) => run.scenario === 'default')?.run
}

const certain = folder === undefined ? [] : loadExampleFiles(folder).flatMap((file) => file.examples).filter(isCertain)
const chosen = drawn(certain, workflowsWanted, chance('workflows'))

describe.skipIf(folder === undefined || !isBuilt).concurrent(`after kill -9 (seed ${seed}; needs the conformance data and the built program)`, () => {
  const home = mkdtempSync(join(tmpdir(), 'tiphys-kill-'))
  let form: NormalForm
  let images: readonly string[]
  beforeAll(async () => {
    form = (await import(pathToFileURL(join(folder ?? '', 'golden/normal.mjs')).href)) as NormalForm
    images = makeStandIns(join(home, 'images'), 100).flatMap(({ image, folder: own }) => ['--image-map', `${image}=${own}`])
  })
  afterAll(() => rmSync(home, { recursive: true, force: true }))

  it('there are ten workflows to be killed', () => {
    expect(chosen).toHaveLength(workflowsWanted)
  })

  for (const example of chosen) {
    it(example.file, { timeout: testMsMax }, async (context) => {
      const own = mkdtempSync(join(home, `${example.file.replaceAll('/', '-')}-`))
      const trial = new Trial(example, own, images)
      try {
        const exit = await trial.run()
        // For people who look for a seed that shows something.
        if (process.env['TIPHYS_FAULT_SHOW'] !== undefined) process.stdout.write(`${example.file}: ${trial.history.join(' // ')}\n`)
        const told = `${trial.history.join('\n')}\n${exit.stderr}`
        context.expect(exit.stdout, told).toMatch(/^\{/)
        const finished = JSON.parse(exit.stdout) as Workflow
        context.expect(shapeDifferences(standardOf(example)?.expected ?? { phase: '', nodes: {} }, form.normal(finished)), told).toEqual([])
        context.expect(trial.problems(finished), told).toEqual([])
      } finally {
        await trial.close()
      }
    })
  }
})

/** One workflow that is killed up to three times. */
class Trial {
  /** What happened, for people. */
  readonly history: string[] = []
  private readonly program: Program
  private readonly example: Example
  private readonly tally: string
  private readonly manifest: string
  private readonly around: string
  private readonly images: readonly string[]
  private readonly draw: () => number
  /** How often each node may have started, where that is more than once. */
  private readonly allowed = new Map<string, number>()
  private readonly wrong: string[] = []

  constructor(example: Example, home: string, images: readonly string[]) {
    this.example = example
    this.images = images
    this.draw = chance(example.file)
    mkdirSync(join(home, 'tally'), { recursive: true })
    this.program = new Program(join(home, 'data'))
    this.tally = join(home, 'tally', 'steps')
    this.manifest = join(home, 'workflow.json')
    const paces = new Map((example.workflow.spec.templates ?? []).map(({ name }) => [name, 0.05 + 0.15 * this.draw()]))
    this.around = join(home, 'around.yaml')
    writeFileSync(this.around, example.objects.map((object) => JSON.stringify(object)).join('\n---\n'))
    writeFileSync(this.manifest, JSON.stringify({ ...tallied(example.workflow, { file: this.tally, pace: (template) => paces.get(template) ?? 0.1 }), apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow' }))
  }

  private get name(): string {
    return standardOf(this.example)?.name ?? ''
  }

  async run(): Promise<Exit> {
    for (let kills = 0; kills < killsMax; kills++) {
      const started = this.program.start(await this.nextArgs())
      const moment = await this.aMoment(started)
      if (started.isOver()) return started.exit
      const withSteps = this.draw() < 0.5
      if (withSteps) await this.crash(started)
      else await this.program.kill(started)
      this.history.push(`killed ${withSteps ? 'with its steps' : 'alone'} ${moment}: ${this.notes()}`)
    }
    return this.program.run(await this.nextArgs())
  }

  /** Now and then soon after the program began, mostly soon after a step has started or ended. */
  private async aMoment(started: Started): Promise<string> {
    const isEarly = this.draw() < 0.25
    const before = this.notes()
    const patience = performance.now() + (isEarly ? 0 : stepMsMax)
    while (this.notes() === before && performance.now() < patience && !started.isOver()) await sleep(20)
    const afterMs = Math.round(isEarly ? earlyMsMax * this.draw() : lateMsMax * this.draw())
    await Promise.race([started.exit, sleep(afterMs)])
    return `${afterMs} ms after ${isEarly ? 'its beginning' : 'a step'}`
  }

  /** A run that was never recorded begins anew, one that is over is looked at, any other is taken up. */
  private async nextArgs(): Promise<readonly string[]> {
    const stored = await this.program.stored(this.name)
    if (stored?.isOver === true) return ['get', this.name, '-o', 'json']
    return stored !== undefined ? ['run', '--resume', this.name, '-o', 'json'] : ['run', this.manifest, '--name', this.name, '-o', 'json', '--with', this.around, ...this.images]
  }

  /** Steps that ran and that nobody had noted as finished may start once more; finished ones may not. */
  private async crash(started: Started): Promise<void> {
    await this.program.crash(started, [this.tally])
    const stored = await this.program.stored(this.name)
    for (const [node, { starts }] of readTally(this.tally)) {
      if (stored?.finished.has(node) !== true) this.allowed.set(node, starts + 1)
    }
  }

  private notes(): string {
    return [...readTally(this.tally)].map(([node, { starts, ends }]) => `${node} ${starts}/${ends}`).join(', ')
  }

  /** Steps that ran more often than they may, or not at all. */
  problems(finished: Workflow): readonly string[] {
    const counts = readTally(this.tally)
    const pods = Object.values(finished.status?.nodes ?? {}).filter(({ type }) => type === 'Pod')
    for (const { id, name } of pods) {
      const { starts, ends } = counts.get(id) ?? { starts: 0, ends: 0 }
      const startsMax = this.allowed.get(id) ?? 1
      if (starts < 1 || starts > startsMax) this.wrong.push(`${name} started ${starts} times, may do so ${startsMax} times`)
      if (ends < 1 || ends > starts) this.wrong.push(`${name} ended ${ends} times of ${starts}`)
    }
    return this.wrong
  }

  close(): Promise<void> {
    return this.program.close([this.tally])
  }
}
