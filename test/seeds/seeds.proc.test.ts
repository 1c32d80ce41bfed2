// Runs the manifests that the project's own documents quote, with stand-ins for their images and a local server for their addresses.
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readManifests } from '@tiphys/core/spec'
import { type NormalForm, type Outcome, type Surroundings, isRunnable, loadExampleFiles, openWeb, runExample } from '@tiphys/test/conformance-runs'
import { conformanceFolder } from '@tiphys/test/golden'
import { RealRuns } from '@tiphys/test/real'
import { makeStandIns } from '@tiphys/test/stand-ins'

const folder = conformanceFolder()
const root = fileURLToPath(new URL('../..', import.meta.url))
const program = join(root, 'apps/tiphys/bin/tiphys.js')
const isBuilt = existsSync(join(root, 'apps/tiphys/dist/main.js'))
const seeds = join(folder ?? '', 'seeds')
const examples = folder === undefined ? [] : loadExampleFiles(folder, 'seeds').flatMap((file) => file.examples)

/** A bubble with these words, as the stand-in of cowsay draws it. */
const bubble = (words: string): RegExp => new RegExp(`^< ${words} >$`, 'm')

/** What is to be seen of each seed, by node. */
const prints: Readonly<Record<string, Readonly<Record<string, RegExp>>>> = {
  '01-hello-whalesay.yaml': { $wf: bubble('hello world') },
  '02-steps.yaml': { '$wf[0].hello1': bubble('hello'), '$wf[1].hello2a': bubble('world'), '$wf[1].hello2b': bubble('other world') },
  '03-exit-handler.yaml': { '$wf[1].hello2b': bubble('other world'), '$wf.onExit': bubble('Good bye!') },
  'artifact-passing.yaml': { '$wf[1].consume-artifact': bubble('hello world') },
  'dag-inline.yaml': { '$wf.a': /^hello argo$/ },
  'retry-conditional.yaml': { '$wf[0].safe-to-retry': /^true$/ },
}

it.skipIf(folder === undefined)('the conformance data are there (TIPHYS_CONFORMANCE names their folder)', () => {
  expect(folder).toBeDefined()
})

describe.skipIf(folder === undefined).concurrent('a real run of the seed', () => {
  let around: Surroundings
  beforeAll(async () => {
    const form = (await import(pathToFileURL(join(folder ?? '', 'golden/normal.mjs')).href)) as NormalForm
    around = { runs: new RealRuns(), form, web: await openWeb() }
  })
  afterAll(async () => {
    around.runs.close()
    await around.web.close()
  })

  for (const example of examples.filter(isRunnable)) {
    it(example.file, async (context) => {
      const outcome = await runExample(example, around)
      context.expect(outcome.run.ended).toBe(true)
      if (example.file === 'retry-conditional.yaml') judgeRetries(outcome, context.expect)
      else context.expect(outcome.scenario, outcome.fromRecorded.join('\n')).toBe('default')
      context.expect(outcome.fromReplay).toEqual([])
      for (const [node, text] of Object.entries(prints[example.file] ?? {})) {
        context.expect(outcome.run.logs.get(node.replace('$wf', outcome.run.workflow.metadata.name ?? ''))).toMatch(text)
      }
    })
  }
})

/** The step draws 1 or 2: 1 ends it, 2 gives it another try, four tries in all. */
function judgeRetries({ run }: Outcome, check: typeof expect): void {
  const attempts = Object.values(run.workflow.status?.nodes ?? {}).filter(({ name }) => /\[1\]\.retry\(\d\)$/.test(name)).sort((a, b) => (a.name < b.name ? -1 : 1))
  const codes = attempts.map(({ outputs }) => outputs?.exitCode)
  check(codes.slice(0, -1)).toEqual(codes.slice(0, -1).map(() => '2'))
  check(codes.at(-1) === '1' || codes.length === 4).toBe(true)
  check(run.workflow.status?.phase).toBe('Failed')
}

describe.skipIf(folder === undefined)('the seeds', () => {
  it('that the documents name are among those that run', () => {
    const names = examples.filter(isRunnable).map(({ file }) => file)
    expect(names).toEqual(expect.arrayContaining([...Object.keys(prints), 'http-template.yaml']))
  })

  it('retry-conditional.as-quoted.yaml is refused with its place and the reason', () => {
    const { unreadable } = readManifests(readFileSync(join(seeds, 'retry-conditional.as-quoted.yaml'), 'utf8'))
    expect(unreadable.map(({ problem }) => problem)).toEqual([expect.objectContaining({
      line: 20, column: 14, message: 'mapping values are not allowed in this context', hint: 'this line begins in column 8, but the keys before it in column 7: indent them alike',
    })])
  })
})

describe.skipIf(folder === undefined || !isBuilt)('tiphys run (the program has to be built)', () => {
  const home = mkdtempSync(join(tmpdir(), 'tiphys-seeds-'))
  afterAll(() => rmSync(home, { recursive: true, force: true }))

  it('runs 01-hello-whalesay.yaml with a folder in place of the image', async () => {
    const images = makeStandIns(join(home, 'images'), 100)
    const cow = images.find(({ image }) => image === 'docker/whalesay')
    const { exitCode, output } = await tiphys(['run', join(seeds, '01-hello-whalesay.yaml'), '--image-map', `docker/whalesay=${cow?.folder ?? ''}`, '--log', '--no-color'])
    expect(output).toContain('< hello world >')
    expect(exitCode).toBe(0)
  })

  it('says which program is missing, of which image, and the way out', async () => {
    const { exitCode, output } = await tiphys(['run', join(seeds, '01-hello-whalesay.yaml'), '--image-map', `docker/whalesay=${home}`, '--no-color'])
    expect(output).toMatch(/"cowsay" of image "docker\/whalesay" was not found on this host: install it, or map the image/)
    expect(exitCode).toBe(1)
  })

  it('refuses retry-conditional.as-quoted.yaml by file, line and column', async () => {
    const { exitCode, output } = await tiphys(['run', join(seeds, 'retry-conditional.as-quoted.yaml')])
    expect(output).toMatch(/retry-conditional\.as-quoted\.yaml:20:14: mapping values are not allowed/)
    expect(output).toContain('indent them alike')
    expect(exitCode).toBe(2)
  })

  let homes = 0

  function tiphys(args: readonly string[]): Promise<{ exitCode: number; output: string }> {
    return new Promise((resolve) => {
      execFile(process.execPath, [program, ...args, '--data-dir', join(home, `data-${homes++}`)], { env: { ...process.env, HOME: home }, timeout: 50_000 }, (error, stdout, stderr) => {
        resolve({ exitCode: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, output: `${stdout}\n${stderr}` })
      })
    })
  }
})
