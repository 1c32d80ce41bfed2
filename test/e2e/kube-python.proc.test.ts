// Proves that Python's official client of Kubernetes and Hera work with the server, where Python and they are present.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type TestServer, startServer } from './server.ts'

const python = process.env['TIPHYS_PYTHON'] ?? 'python3'
const script = fileURLToPath(new URL('python-clients.py', import.meta.url))
const has = (name: string): boolean => spawnSync(python, ['-c', `import ${name}`]).status === 0
const [hasKubernetes, hasHera] = [has('kubernetes'), has('hera.workflows')]
let server: TestServer

beforeAll(async () => {
  if (hasKubernetes || hasHera) server = await startServer()
})
afterAll(async () => {
  if (hasKubernetes || hasHera) await server.stop()
})

function run(...args: readonly string[]): string {
  const { stdout, stderr } = spawnSync(python, [script, ...args], { encoding: 'utf8', timeout: 120_000, env: { ...process.env, TOKEN: server.token } })
  return `${stdout}${stderr}`.trim()
}

describe('Python', () => {
  it.skipIf(!hasKubernetes)('with the official client creates, watches, reads and deletes workflows', () => {
    const kubeconfig = join(server.data, 'kubeconfig')
    server.tiphys('kubeconfig', '--file', kubeconfig)
    expect(run('kubernetes', kubeconfig)).toBe('done')
  })

  it.skipIf(!hasHera)('with Hera submits, waits, reads logs and manages templates', () => {
    const { rest } = JSON.parse(readFileSync(join(server.data, 'server/address.json'), 'utf8')) as { readonly rest: string }
    expect(run('hera', rest)).toBe('done')
  })
})
