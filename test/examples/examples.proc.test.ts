// Runs every file of examples/ through the built program, as a user would, and compares how it ends and what it says.
import { execFile, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
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

describe.concurrent('tiphys run', () => {
  for (const [name, expected] of Object.entries(expectations)) {
    it(`examples/${name}.yaml`, async (context) => {
      context.skip(!built, 'the program is not built')
      context.skip(expected.needs !== undefined && !present[expected.needs], `needs ${expected.needs}`)
      const { exitCode, output } = await run(name)
      context.expect(problemsOf(expected, output), output).toEqual([])
      context.expect(exitCode, output).toBe(expected.exitCode)
    })
  }
})

/** Runs one example in an empty folder and an empty home, so that nothing from an earlier run helps or hinders. */
async function run(name: string): Promise<{ exitCode: number; output: string }> {
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

function problemsOf(expected: Expectation, output: string): string[] {
  return [
    ...expected.says.filter((text) => !output.includes(text)).map((text) => `does not say "${text}"`),
    ...(expected.neverSays ?? []).filter((text) => output.includes(text)).map((text) => `says "${text}"`),
    ...(expected.order === undefined || expected.order.test(output) ? [] : [`does not follow ${expected.order.source}`]),
  ]
}

function works(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0
}
