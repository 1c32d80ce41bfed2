// Runs every file of examples/ for real and compares how it ends and what its steps say; a few go through the built program, as a user would run them.
import { execFile, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { type Workflow, readManifests, validateWorkflow } from '@tiphys/core/spec'
import { type CatalogObject, ObjectCatalog } from '@tiphys/shell/runtime'
import { RealRuns } from '@tiphys/test/real'
import { type Expectation, expectations, type Need } from './expectations.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const program = join(root, 'apps/tiphys/bin/tiphys.js')
const built = existsSync(join(root, 'apps/tiphys/dist/main.js'))
const names = readdirSync(join(root, 'examples')).filter((file) => file.endsWith('.yaml')).map((file) => file.slice(0, -'.yaml'.length))
const runMsMax = 50_000

const present: Readonly<Record<Need, boolean>> = {
  'python3': works('python3', ['-c', '']),
  'private view of paths': works('unshare', ['--mount', 'true']) || works('bwrap', ['--ro-bind', '/', '/', 'true']),
}

describe('the examples', () => {
  it('each have an expectation, and each expectation has its example', () => {
    expect(Object.keys(expectations).sort()).toEqual([...names].sort())
  })

  it('each have a line in the README', () => {
    const readme = readFileSync(join(root, 'examples/README.md'), 'utf8')
    expect(names.filter((name) => !readme.includes(`](${name}.yaml)`))).toEqual([])
  })
})

describe.concurrent('a real run', () => {
  const runs = new RealRuns()
  afterAll(() => runs.close())

  for (const [name, expected] of Object.entries(expectations)) {
    it(`of examples/${name}.yaml`, async (context) => {
      context.skip(expected.needs !== undefined && !present[expected.needs], `needs ${expected.needs}`)
      const { workflow, objects } = read(name)
      context.expect(validateWorkflow(workflow, { purpose: 'submit', namespace: 'default', catalog: templatesOf(objects) })).toBeUndefined()
      const run = await runs.run(workflow, { objects, timeoutMs: runMsMax })
      context.expect(problemsOf(expected, run.output), run.output).toEqual([])
      context.expect(run.workflow.status?.phase, JSON.stringify(run.workflow.status?.nodes, undefined, 1)).toBe(expected.exitCode === 0 ? 'Succeeded' : 'Failed')
    })
  }
})

describe.concurrent('tiphys run', () => {
  for (const [name, expected] of Object.entries(expectations)) {
    if (expected.programSays === undefined) continue
    it(`examples/${name}.yaml`, async (context) => {
      context.skip(!built, 'the program is not built')
      const { exitCode, output } = await runProgram(name)
      context.expect(problemsOf({ ...expected, says: expected.programSays ?? [], order: undefined }, output), output).toEqual([])
      context.expect(exitCode, output).toBe(expected.exitCode)
    })
  }
})

function read(name: string): { workflow: Workflow; objects: CatalogObject[] } {
  const { manifests } = readManifests(readFileSync(join(root, 'examples', `${name}.yaml`), 'utf8'))
  const workflow = manifests.find(({ kind }) => kind === 'Workflow')
  if (workflow?.kind !== 'Workflow') throw new Error(`examples/${name}.yaml has no Workflow`)
  return { workflow: workflow.object, objects: manifests.filter((manifest) => manifest !== workflow).map(({ object }) => object as CatalogObject) }
}

function templatesOf(objects: readonly CatalogObject[]): Pick<ObjectCatalog, 'clusterWorkflowTemplate'> & { workflowTemplate: ObjectCatalog['workflowTemplate'] } {
  const catalog = new ObjectCatalog()
  for (const object of objects) catalog.put(object, 'default')
  return { workflowTemplate: (namespace, name) => catalog.workflowTemplate(namespace || 'default', name), clusterWorkflowTemplate: (name) => catalog.clusterWorkflowTemplate(name) }
}

/** Runs one example in an empty folder and an empty home, so that nothing from an earlier run helps or hinders. */
async function runProgram(name: string): Promise<{ exitCode: number; output: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'tiphys-example-'))
  try {
    return await new Promise((resolve) => {
      const options = { cwd: folder, env: { ...process.env, HOME: folder, NO_COLOR: '1' }, timeout: runMsMax }
      execFile(process.execPath, [program, 'run', join(root, 'examples', `${name}.yaml`)], options, (error, stdout, stderr) => {
        resolve({ exitCode: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, output: `${stdout}\n${stderr}` })
      })
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function problemsOf(expected: Pick<Expectation, 'says' | 'neverSays'> & { readonly order?: RegExp | undefined }, output: string): string[] {
  return [
    ...expected.says.filter((text) => !output.includes(text)).map((text) => `does not say "${text}"`),
    ...(expected.neverSays ?? []).filter((text) => output.includes(text)).map((text) => `says "${text}"`),
    ...(expected.order === undefined || expected.order.test(output) ? [] : [`does not follow ${expected.order.source}`]),
  ]
}

function works(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0
}
