// Runs every example manifest of the reference that a plain host can run, as processes, and compares the tree with recorded ones and the outputs with what the manifest says.
import { spawnSync } from 'node:child_process'
import { pathToFileURL } from 'node:url'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { conformanceFolder } from '@tiphys/test/golden'
import { RealRuns } from '@tiphys/test/real'
import { loadExampleFiles, type Example } from './catalogue.ts'
import { factProblems } from './check-facts.ts'
import { Exclusive, portsOf } from './exclusive.ts'
import { type NormalForm, type Surroundings, isRunnable, runExample } from './real-example.ts'
import { scaleFor } from './quicken.ts'
import { openWeb } from './web.ts'

const folder = conformanceFolder()
const examples = folder === undefined ? [] : loadExampleFiles(folder).flatMap((file) => file.examples)
// What waits longest starts first, so that the others run meanwhile.
const runnable = examples.filter(isRunnable).sort((a, b) => scaleFor(a.workflow) - scaleFor(b.workflow))
const programs = new Map(['python3', 'curl', 'jq', 'bash'].map((program) => [program, spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0]))
const isRoot = process.getuid?.() === 0
const exclusive = new Exclusive()
const runMsMax = 75_000

/** What the host lacks for an example, for people; undefined when nothing is missing. */
function lackOf(example: Example): string | undefined {
  const text = JSON.stringify(example)
  const wanted = [...programs].filter(([program]) => new RegExp(`\\b${program.replace('python3', 'python')}\\b`).test(text))
  const missing = wanted.find(([, isThere]) => !isThere)
  if (missing !== undefined) return `the host has no ${missing[0]}`
  return !isRoot && portsOf(example).some((port) => Number(port) < 1024) ? 'only root may serve on port 80' : undefined
}

it.skipIf(folder === undefined)('the conformance data are there (TIPHYS_CONFORMANCE names their folder)', () => {
  expect(folder).toBeDefined()
})

describe.skipIf(folder === undefined).concurrent('a real run of the reference\'s', () => {
  let around: Surroundings
  beforeAll(async () => {
    const form = (await import(pathToFileURL(join(folder ?? '', 'golden/normal.mjs')).href)) as NormalForm
    around = { runs: new RealRuns(), form, web: await openWeb() }
  })
  afterAll(async () => {
    await around.web.close()
    around.runs.close()
  }, runMsMax)

  for (const example of runnable) {
    it(`${example.file}${example.index > 0 ? ` (${example.index + 1})` : ''}`, { timeout: runMsMax }, async (context) => {
      const lack = lackOf(example)
      context.skip(lack !== undefined, lack)
      const outcome = await exclusive.run(portsOf(example), () => runExample(example, around))
      const told = [...outcome.run.logs].map(([node, text]) => `${node}: ${text}`).join('\n')
      context.expect(outcome.run.ended, `it did not end:\n${told}`).toBe(true)
      // Where steps came out as scripted, the tree is a recorded one; in every case it is the one that these outcomes make.
      if (outcome.scenario === undefined) context.expect(outcome.fromReplay, `not as any recorded run:\n${outcome.fromRecorded.join('\n')}\n${told}`).toEqual([])
      context.expect(outcome.fromReplay, told).toEqual([])
      context.expect(await factProblems(example, outcome.run, around.runs), told).toEqual([])
    })
  }
})

describe.skipIf(folder === undefined)('the examples of the reference', () => {
  it('run unless they need something that a plain host has not', () => {
    const kinds = new Set(examples.filter((example) => !isRunnable(example)).flatMap(({ needs }) => needs.map(({ kind }) => kind)))
    expect([...kinds].sort()).toEqual(['arguments', 'cluster', 'container engine', 'credentials', 'database', 'image files', 'network', 'object storage', 'plugin', 'program', 'web'])
    expect(runnable.length / examples.length).toBeGreaterThan(0.7)
  })
})
