// Runs two servers on one PostgreSQL database, as a team would, and kills one of them.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startPostgres } from '@tiphys/test/kit'
import { type Replied, type TestServer, ask, startServer } from './server.ts'

const database = await startPostgres({ isDurable: true })
const title = typeof database === 'string' ? `servers that share a database: ${database}` : 'servers that share a database'
/** One that others use has a schema of theirs. */
const isOurs = typeof database !== 'string' && database.crash !== undefined

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps'
const WORKFLOWS = '/apis/argoproj.io/v1alpha1/namespaces/default/workflows'

describe.skipIf(!isOurs)(title, () => {
  const marks = mkdtempSync(join(tmpdir(), 'tiphys-marks-'))
  const servers: TestServer[] = []

  beforeAll(async () => {
    if (typeof database === 'string') return
    servers.push(await startServer(['--database', database.url]))
    servers.push(await startServer(['--database', database.url]))
  })

  afterAll(async () => {
    for (const server of servers) await server.stop()
    if (typeof database !== 'string') await database.close()
    rmSync(marks, { recursive: true, force: true })
  })

  const asking = (index: number, asked: Parameters<typeof ask>[1]): Promise<Replied> => {
    const server = servers[index]
    if (server === undefined) throw new Error('the server did not start')
    return ask(server, asked)
  }
  const phaseOf = async (index: number, name: string): Promise<unknown> => ((await asking(index, { path: `${WORKFLOWS}/${name}` })).json['status'] as { phase?: string } | undefined)?.phase

  it('show each other’s objects, and keep nothing of them in their data directories', async () => {
    const body = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'shared' }, data: { a: 'b' } })
    expect((await asking(0, { method: 'POST', path: CONFIG_MAPS, body })).status).toBe(201)
    expect((await asking(1, { path: `${CONFIG_MAPS}/shared` })).json['data']).toEqual({ a: 'b' })
    expect((await asking(1, { method: 'POST', path: CONFIG_MAPS, body })).json['reason']).toBe('AlreadyExists')
    expect(servers.map(({ data }) => existsSync(join(data, 'state.db')))).toEqual([false, false])
  })

  it('leave a workflow to the one that carries it out, which has it back after kill -9 with its steps', async () => {
    const script = `echo $0 >> ${marks}/steps; while [ ! -e ${marks}/go ]; do sleep 0.1; done`
    const step = (name: string): object => ({ name, container: { image: 'host', command: ['sh', '-c', script, name] } })
    const main = { name: 'main', steps: [[{ name: 'one', template: 'one' }], [{ name: 'two', template: 'two' }]] }
    const body = JSON.stringify({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', metadata: { name: 'long' }, spec: { entrypoint: 'main', templates: [main, step('one'), step('two')] } })
    expect((await asking(0, { method: 'POST', path: WORKFLOWS, body })).status).toBe(201)
    await until(async () => existsSync(join(marks, 'steps')))
    expect(await phaseOf(1, 'long')).toBe('Running')
    const headers = { 'Content-Type': 'application/merge-patch+json' }
    expect((await asking(1, { method: 'PATCH', path: `${WORKFLOWS}/long`, headers, body: '{"spec":{"suspend":true}}' })).status).toBe(409)
    await servers[0]?.restart('SIGKILL')
    writeFileSync(join(marks, 'go'), '')
    await until(async () => (await phaseOf(1, 'long')) === 'Succeeded')
    expect(readFileSync(join(marks, 'steps'), 'utf8')).toBe('one\ntwo\n')
  })
})

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 100))
}
