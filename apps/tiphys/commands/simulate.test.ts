// The simulate command: recorded runs through it, assertions, formats and refusals.
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Workflow } from '@tiphys/core/spec'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { execute } from '../flags/index.ts'
import { root } from './index.ts'

const conformance = process.env['TIPHYS_CONFORMANCE'] ?? join(import.meta.dirname, '../../../../shared/conformance')
const present = existsSync(join(conformance, 'golden'))

async function simulate(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', '']
  const code = await execute({ root }, ['simulate', ...args], { stdout: (text) => void (out += text), stderr: (text) => void (err += text), env: { TERM: 'dumb' } })
  return { code, out, err }
}

const WORKFLOW = `apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: { name: demo }
spec:
  entrypoint: main
  arguments: { parameters: [{ name: count, value: "2" }] }
  templates:
    - name: main
      steps:
        - [{ name: build, template: work }]
        - [{ name: test, template: work, withSequence: { count: "{{workflow.parameters.count}}" } }]
    - { name: work, retryStrategy: { limit: 2 }, container: { image: busybox, command: [make] } }
`

describe('simulate', () => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'simulate-'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }

  it('shows the tree, with stubs in the place of steps', async () => {
    const stubs = file('stubs.yaml', 'nodes: { "build(*": { attempts: [{ exitCode: 1 }, { duration: 10s }] } }\n')
    const { code, out } = await simulate(file('w.yaml', WORKFLOW), '--stubs', stubs)
    expect(code).toBe(0)
    expect(out).toMatch(/✖ build\(0\)[^]*✔ build\(1\)[^]*test\(1:1\)[^]*simulated 12s in \d+ turns, 4 pods/)
  })

  it('gives the workflow, its timeline, its pods and its branches', async () => {
    const path = file('w.yaml', WORKFLOW)
    const workflow = JSON.parse((await simulate(path, '-o', 'json', '--name', 'other', '-p', 'count=3')).out) as Workflow
    expect(workflow).toMatchObject({ metadata: { name: 'other' }, status: { phase: 'Succeeded', progress: '4/4' } })
    expect((await simulate(path, '-o', 'timeline')).out).toMatch(/demo\[0\]\.build\(0\) +│█+/)
    expect(JSON.parse((await simulate(path, '-o', 'pods')).out)).toEqual([
      { node: 'demo[0].build(0)', template: 'work', podName: expect.stringMatching(/^demo-work-\d+$/), pod: expect.objectContaining({ spec: expect.anything() }) }, expect.anything(), expect.anything(),
    ])
    expect((await simulate(path, '-o', 'svg')).out).toMatch(/^<svg /)
    expect(JSON.parse((await simulate(path, '-o', 'branches')).out)).toMatchObject({ branches: expect.anything(), covered: expect.any(Number) })
  })

  it('holds assertions, and says which do not hold', async () => {
    const path = file('w.yaml', WORKFLOW)
    expect(await simulate(path, '--assert', file('good.yaml', 'phase: Succeeded\nnodes: { "test(1:1)": { count: 1, after: [build] } }\n'))).toMatchObject({ code: 0, err: '' })
    expect(await simulate(path, '--assert', file('bad.yaml', 'phase: Failed\nnever: [build]\n'))).toMatchObject({ code: 1, err: expect.stringMatching(/^assertion failed: phase: is "Succeeded" instead of "Failed"\nassertion failed: never: demo\[0\]\.build/) })
  })

  it('ends well when the workflow fails as its assertions say', async () => {
    const stubs = file('fails.yaml', 'default: { exitCode: 3 }\n')
    expect(await simulate(file('w.yaml', WORKFLOW), '--stubs', stubs, '--assert', file('failed.yaml', 'phase: Failed\n'))).toMatchObject({ code: 0 })
  })

  it('draws chances from the seed', async () => {
    const stubs = file('chance.yaml', 'default: { failRate: 0.5 }\n')
    const phases = async (seed: string): Promise<string> => (await simulate(file('w.yaml', WORKFLOW), '--stubs', stubs, '--seed', seed, '-o', 'json')).out
    expect(await phases('1')).toBe(await phases('1'))
    expect(new Set(await Promise.all(['1', '2', '3', '4', '5'].map(phases))).size).toBeGreaterThan(1)
  })

  it('refuses stubs and assertions that are misspelled, with the place, and manifests that are invalid', async () => {
    const path = file('w.yaml', WORKFLOW)
    expect(await simulate(path, '--stubs', file('typo.yaml', 'templates:\n  work: { exitcode: 1 }\n'))).toMatchObject({ code: 2, err: expect.stringMatching(/typo\.yaml:2:\d+: .*exitcode[^]*exitCode/) })
    expect(await simulate(path, '--assert', file('typo2.yaml', 'fase: Failed\n'))).toMatchObject({ code: 2, err: expect.stringMatching(/typo2\.yaml:1:1: .*fase/) })
    expect(await simulate(file('bad-w.yaml', WORKFLOW.replace('entrypoint: main', 'entrypoint: mian')))).toMatchObject({ code: 2, err: expect.stringContaining('mian') })
    expect(await simulate(path, '--index', '1')).toMatchObject({ code: 2, err: expect.stringContaining('there is no Workflow number 1 in it') })
    expect(await simulate()).toMatchObject({ code: 2 })
  })

  it('warns of stubs that no step has matched', async () => {
    expect(await simulate(file('w.yaml', WORKFLOW), '--stubs', file('unused.yaml', 'templates: { wrok: {} }\n'))).toMatchObject({ code: 0, err: 'warning: no step matches templates.wrok of the stubs\n' })
  })
})

interface Golden { readonly manifest: string; readonly index: number; readonly runs: readonly { readonly scenario: string; readonly name: string; readonly stubs: object; readonly expected: object }[] }

/** One of so many recorded files goes through the command; the engine is held against all of them elsewhere. */
const EVERY = 4

describe.skipIf(!present)('recorded runs through the command', () => {
  it('end with the recorded trees', async () => {
    const { differences } = (await import(/* @vite-ignore */ pathToFileURL(join(conformance, 'golden/normal.mjs')).href)) as { differences: (expected: object, workflow: Workflow) => string[] }
    const folder = mkdtempSync(join(tmpdir(), 'golden-'))
    const maps = join(folder, 'maps.yaml')
    writeFileSync(maps, ['my-config: {workflow: "1", template: "1", step: "1"}', 'cmref-parameters: {cmref-key: input-value, msg: hello, sprig-key: aGVsbG8=}'].map((map) => {
      const [name, data] = map.split(/: (.*)/s)
      return `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}, labels: { workflows.argoproj.io/configmap-type: Parameter } }\ndata: ${data}\n`
    }).join('---\n'))
    const wrong: string[] = []
    let runs = 0
    for (const name of readdirSync(join(conformance, 'golden/seeds')).sort().filter((_, index) => index % EVERY === 0)) {
      const golden = JSON.parse(readFileSync(join(conformance, 'golden/seeds', name), 'utf8')) as Golden
      const home = ['seeds', 'volcano-argo'].find((part) => existsSync(join(conformance, part, golden.manifest))) ?? 'seeds'
      for (const run of golden.runs) {
        const stubs = join(folder, 'stubs.json')
        writeFileSync(stubs, JSON.stringify(run.stubs))
        const { out, err } = await simulate(join(conformance, home, golden.manifest), '--index', String(golden.index), '--stubs', stubs, '--with', maps, '--name', run.name, '-o', 'json')
        const found = out === '' ? [err] : differences(run.expected, JSON.parse(out) as Workflow)
        runs += 1
        if (found.length > 0) wrong.push(`${name} ${run.scenario}: ${found[0]}`)
      }
    }
    rmSync(folder, { recursive: true, force: true })
    expect(wrong).toEqual([])
    expect(runs).toBeGreaterThan(10)
  })
})
