// Lets the clients that Python programs use talk to this server: Hera over REST, the official client over the Kubernetes API.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type TestServer, startServer } from './server.ts'

/** An interpreter that has the packages; `.ci/run` makes one. */
const PYTHON = process.env['TIPHYS_PYTHON'] ?? 'python3'
const has = (module: string): boolean => spawnSync(PYTHON, ['-c', `import ${module}`]).status === 0

function run(script: string, args: readonly string[]): unknown {
  const file = fileURLToPath(new URL(`../../fixtures/clients/${script}`, import.meta.url))
  const { status, stdout, stderr } = spawnSync(PYTHON, [file, ...args], { encoding: 'utf8', timeout: 50_000 })
  expect(status, stderr).toBe(0)
  return JSON.parse(stdout)
}

describe('clients of Python programs', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server.stop())

  it.skipIf(!has('hera.workflows'))('Hera submits, waits, reads logs and manages templates (needs the package hera)', () => {
    const { rest } = JSON.parse(readFileSync(join(server.data, 'server/address.json'), 'utf8')) as { rest: string }
    expect(run('hera-client.py', [rest, server.token])).toEqual({
      phase: 'Succeeded', result: '42', shown: 'Succeeded', log: true, templates: ['hera-template'], followed: 'Succeeded', listed: true, left: [],
    })
  })

  it.skipIf(!has('kubernetes'))('the official client of Kubernetes lists, creates and watches workflows (needs the package kubernetes)', () => {
    const kubeconfig = join(server.data, 'kubeconfig')
    expect(server.tiphys('kubeconfig', '--file', kubeconfig, '--use').status).toBe(0)
    expect(run('kubernetes-client.py', [kubeconfig])).toEqual({ before: expect.any(Number) as number, first: 'ADDED', modified: true, phase: 'Succeeded', log: 'hello\n', data: { a: 'b' } })
  })
})
