// Checks the command line with the server of its data directory: nothing is set, and every command finds it.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { beforeCommand } from '../commands/compat.ts'
import { root } from '../commands/index.ts'
import { execute } from '../flags/index.ts'
import { completeValue } from '../local/complete.ts'
import { dataFolders } from '../local/home.ts'
import { type RunningServer, openServer } from '../server/open-server.ts'
import { restDefaults } from '../server/rest.ts'
import { readSimulation } from '../server/simulated.ts'

const folder = mkdtempSync(join(tmpdir(), 'tiphys-own-'))
const file = (name: string): string => join(folder, name)

const WORKFLOW = `
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: build}
spec:
  entrypoint: main
  templates:
    - name: main
      steps: [[{name: compile, template: ok}], [{name: test, template: ok}]]
    - {name: ok, container: {image: alpine, command: ["true"]}}
`
const TEMPLATE = 'apiVersion: argoproj.io/v1alpha1\nkind: WorkflowTemplate\nmetadata: {name: lib}\nspec: {entrypoint: main, templates: [{name: main, container: {image: alpine, command: ["true"]}}]}\n'
const CRON = 'apiVersion: argoproj.io/v1alpha1\nkind: CronWorkflow\nmetadata: {name: yearly}\nspec: {schedules: ["0 0 1 1 *"], workflowSpec: {workflowTemplateRef: {name: lib}}}\n'
const STUBS = '{"default": {"duration": "100ms"}}\n'
const LOGS = '{"main": ["hello from $node"]}\n'

describe('the server of the data directory', () => {
  let server: RunningServer
  const data = file('data')

  const call = async (...args: readonly string[]): Promise<{ exit: number; out: string; err: string }> => {
    const [out, err]: [string[], string[]] = [[], []]
    const env = { TIPHYS_DATA_DIR: data, KUBECONFIG: '/nowhere', TERM: 'dumb' }
    const streams = { stdout: (text: string) => void out.push(text), stderr: (text: string) => void err.push(text), env, stdin: async () => '' }
    const exit = await execute({ root, before: beforeCommand }, args, streams)
    return { exit, out: out.join(''), err: err.join('') }
  }

  beforeAll(async () => {
    for (const [name, text] of [['wf.yaml', WORKFLOW], ['lib.yaml', TEMPLATE], ['cron.yaml', CRON], ['stubs.yaml', STUBS], ['logs.json', LOGS]] as const) writeFileSync(file(name), text)
    const played = await readSimulation({ stubs: file('stubs.yaml'), logs: file('logs.json'), speed: 1 })
    if (!played.ok) throw new Error(played.message)
    const opened = await openServer({ folders: dataFolders(data, {}), images: [], kubePort: 0, rest: { ...restDefaults, port: 0 }, simulation: played.simulation, onTrouble: () => undefined })
    if (!opened.ok) throw new Error(opened.message)
    server = opened.server
  })

  afterAll(async () => {
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it('carries out what is submitted, and tells how it ended', async () => {
    const { exit, out } = await call('submit', file('wf.yaml'), '--wait')
    expect(out).toMatch(/build Succeeded at /)
    expect(exit).toBe(0)
    expect((await call('list', '-o', 'name')).out).toBe('build\n')
    expect((await call('get', '@latest')).out).toContain('✔ test')
  })

  it('shows the logs of one step by its name', async () => {
    expect((await call('logs', 'build', 'test')).out).toMatch(/^build-ok-\d+: hello from build\[1\]\.test\n$/)
    expect((await call('logs', 'build', 'test', '-o', 'json')).out).toMatch(/^\{"pod":"build-ok-\d+","text":"hello from build\[1\]\.test"\}\n$/)
    expect((await call('logs', 'build', 'nobody')).err).toBe('Error: no pod or node of build is called "nobody"\n')
  })

  it('keeps templates and cron workflows', async () => {
    expect((await call('template', 'create', file('lib.yaml'), '-o', 'name')).out).toBe('lib\n')
    expect((await call('cron', 'create', file('cron.yaml'), '-o', 'name')).out).toBe('yearly\n')
    expect((await call('cron', 'list')).out).toMatch(/^NAME .*\nyearly +\d+s +N\/A +\d+d +0 0 1 1 \* +false\n$/)
    const { exit, out } = await call('submit', '--from', 'cronwf/yearly', '--wait', '-o', 'name')
    expect({ exit, out }).toEqual({ exit: 0, out: expect.stringMatching(/^yearly-\w{5}\n$/) as string })
    expect((await call('cron', 'delete', 'yearly')).out).toBe("CronWorkflow 'yearly' deleted\n")
  })

  it('finds workflows in whatever namespace they are', async () => {
    expect((await call('wait', 'build', '-o', 'json')).out).toMatch(/^\{"name":"build","namespace":"default","phase":"Succeeded",.*\}\n$/)
    expect((await call('wait', 'nobody', '--ignore-not-found')).exit).toBe(0)
    expect((await call('wait', 'nobody')).err).toContain('nobody')
  })

  it('runs again what it is told to, and nothing that only this machine could', async () => {
    expect((await call('resubmit', 'build', '--image-map', 'alpine=.')).err).toContain('--image-map is for runs that this command carries out')
    expect((await call('resubmit', 'build', '--wait', '-o', 'name')).out).toMatch(/^build-\w{5}\n$/)
    expect((await call('delete', 'build', '--dry-run')).out).toBe("Workflow 'build' deleted (dry-run)\n")
    expect((await call('delete', 'build')).out).toBe("Workflow 'build' deleted\n")
  })

  it('offers what it keeps to shells', async () => {
    const offered = async (...words: readonly string[]): Promise<string> => {
      const out: string[] = []
      const streams = { stdout: (text: string) => void out.push(text), stderr: () => undefined, env: { TIPHYS_DATA_DIR: data, KUBECONFIG: '/nowhere' } }
      await execute({ root, completer: async (query) => completeValue(query, streams.env) }, ['__completeNoDesc', ...words], streams)
      return out.join('')
    }
    expect(await offered('template', 'get', '')).toBe('lib\n:4\n')
    expect(await offered('get', 'bui')).toMatch(/^build-\w{5}\n:4\n$/)
    expect(await offered('get', '--namespace', '')).toBe('default\n:4\n')
  })

  it('is known by its token', async () => {
    const token = readFileSync(join(data, 'server/token'), 'utf8').trim()
    expect((await call('auth', 'token')).out).toBe(`Bearer ${token}\n`)
    expect(existsSync(join(data, 'server/address.json'))).toBe(true)
  })
})
