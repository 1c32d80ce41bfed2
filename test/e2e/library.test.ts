// The package as others use it from their tests: installed in a project of theirs, checked by the compiler, run by Node.
import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))
const library = join(root, 'apps/tiphys/dist/library')

describe.skipIf(!existsSync(library))('the library', () => {
  let project = ''
  beforeAll(() => {
    project = mkdtempSync(join(tmpdir(), 'tiphys-library-'))
    const installed = join(project, 'node_modules/tiphys')
    mkdirSync(join(installed, 'dist'), { recursive: true })
    cpSync(join(root, 'apps/tiphys/package.json'), join(installed, 'package.json'))
    cpSync(join(root, 'apps/tiphys/dist/package.json'), join(installed, 'dist/package.json'))
    cpSync(library, join(installed, 'dist/library'), { recursive: true })
    mkdirSync(join(project, 'node_modules/@types'))
    symlinkSync(join(root, 'node_modules/@types/node'), join(project, 'node_modules/@types/node'))
    mkdirSync(join(project, 'examples'))
    cpSync(join(root, 'examples/retry.yaml'), join(project, 'examples/retry.yaml'))
    writeFileSync(join(project, 'package.json'), '{ "type": "module" }')
    writeFileSync(join(project, 'example.test.ts'), exampleOf('docs/simulate.md'))
  })
  afterAll(() => rmSync(project, { recursive: true, force: true }))

  const compile = (file: string, ...more: readonly string[]): Promise<{ stdout: string }> =>
    run(process.execPath, [join(root, 'node_modules/ts7/bin/tsc'), '--strict', '--exactOptionalPropertyTypes', '--module', 'nodenext', '--target', 'es2022', '--types', 'node', ...more, file], { cwd: project })

  it('runs the example of the guide, which the compiler takes', async () => {
    await compile('example.test.ts')
    const { stdout } = await run(process.execPath, ['--test', '--test-reporter=tap', 'example.test.js'], { cwd: project })
    expect(stdout).toMatch(/^# pass 2$/m)
  })

  it('has types that refuse what stubs cannot be', async () => {
    writeFileSync(join(project, 'wrong.ts'), "import { simulate } from 'tiphys'\nsimulate('', { default: { exitCod: 1 } })\n")
    await expect(compile('wrong.ts', '--noEmit')).rejects.toMatchObject({ stdout: expect.stringMatching(/wrong\.ts\(2,\d+\): error .*exitCod/) })
  })

  it('says where a manifest, stubs or assertions are wrong', async () => {
    const tries = ["simulate('kind: Workflow')", "simulate(good, { templats: {} })", "check(simulate(good), 'phas: x')"]
    const script = `import { check, simulate } from 'tiphys'; import { readFileSync } from 'node:fs'\nconst good = readFileSync('examples/retry.yaml', 'utf8')\n${tries.map((attempt) => `try { ${attempt} } catch (error) { console.log(error.message) }`).join('\n')}`
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], { cwd: project })
    expect(stdout).toMatch(/^workflow:1:1: spec\.entrypoint is required.*\nstubs\.templats: unknown field.*\n.*"templates".*\nassertions\.phas: unknown field/)
  })
})

/** The one example in TypeScript of a document. */
function exampleOf(document: string): string {
  const [, code = ''] = /```ts\n([^]*?)```/.exec(readFileSync(join(root, document), 'utf8')) ?? []
  return code
}
