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

  const submit = async (index: number, name: string, spec: object): Promise<void> => {
    const body = JSON.stringify({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', metadata: { name }, spec })
    expect((await asking(index, { method: 'POST', path: WORKFLOWS, body })).status).toBe(201)
  }
  const patch = async (index: number, name: string, spec: object): Promise<number> => {
    const headers = { 'Content-Type': 'application/merge-patch+json' }
    return (await asking(index, { method: 'PATCH', path: `${WORKFLOWS}/${name}`, headers, body: JSON.stringify({ spec }) })).status
  }
  /** Runs until the file is there, behind a mutex if one is named. */
  const patient = (name: string, mutex?: string): object => {
    const script = `echo ${name} >> ${marks}/order; while [ ! -e ${marks}/end-${name} ]; do sleep 0.1; done`
    const main = { name: 'main', ...(mutex !== undefined && { synchronization: { mutexes: [{ name: mutex }] } }), container: { image: 'host', command: ['sh', '-c', script] } }
    return { entrypoint: 'main', templates: [main] }
  }

  it('change workflows of one another: suspended, resumed, stopped and deleted through either', async () => {
    await submit(0, 'theirs', patient('theirs'))
    await until(async () => (await phaseOf(1, 'theirs')) === 'Running')
    expect(await patch(1, 'theirs', { suspend: true })).toBe(200)
    expect((await asking(0, { path: `${WORKFLOWS}/theirs` })).json['spec']).toMatchObject({ suspend: true })
    expect(await patch(1, 'theirs', { suspend: null })).toBe(200)
    expect((await asking(0, { path: `${WORKFLOWS}/theirs` })).json['spec']).not.toHaveProperty('suspend')
    expect(await patch(1, 'theirs', { shutdown: 'Stop' })).toBe(200)
    await until(async () => (await phaseOf(1, 'theirs')) === 'Failed')
    await submit(0, 'doomed', patient('doomed'))
    await until(async () => (await phaseOf(1, 'doomed')) === 'Running')
    expect(await asking(1, { method: 'DELETE', path: `${WORKFLOWS}/doomed` })).toMatchObject({ status: 200 })
    await until(async () => (await asking(0, { path: `${WORKFLOWS}/doomed` })).status === 404)
  })

  it('keep to one another’s mutexes', async () => {
    await submit(0, 'first', patient('first', 'door'))
    await until(async () => (await phaseOf(1, 'first')) === 'Running' && existsSync(join(marks, 'order')) && readFileSync(join(marks, 'order'), 'utf8').includes('first'))
    await submit(1, 'second', patient('second', 'door'))
    const waiting = async (): Promise<unknown> => Object.values((await asking(0, { path: `${WORKFLOWS}/second` })).json['status'] as object).flatMap((part: unknown) => Object.values(part ?? {}))
    await until(async () => JSON.stringify(await waiting()).includes('Waiting for default/Mutex/door lock. Lock status: 0/1'))
    expect(readFileSync(join(marks, 'order'), 'utf8')).not.toContain('second')
    writeFileSync(join(marks, 'end-first'), '')
    await until(async () => readFileSync(join(marks, 'order'), 'utf8').includes('second'))
    expect(await phaseOf(1, 'first')).toBe('Succeeded')
    writeFileSync(join(marks, 'end-second'), '')
    await until(async () => (await phaseOf(0, 'second')) === 'Succeeded')
  })

  it('leave a workflow to the one that carries it out, which has it back after kill -9 with its steps', async () => {
    const script = `echo $0 >> ${marks}/steps; while [ ! -e ${marks}/go ]; do sleep 0.1; done`
    const step = (name: string): object => ({ name, container: { image: 'host', command: ['sh', '-c', script, name] } })
    const main = { name: 'main', steps: [[{ name: 'one', template: 'one' }], [{ name: 'two', template: 'two' }]] }
    const body = JSON.stringify({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', metadata: { name: 'long' }, spec: { entrypoint: 'main', templates: [main, step('one'), step('two')] } })
    expect((await asking(0, { method: 'POST', path: WORKFLOWS, body })).status).toBe(201)
    await until(async () => existsSync(join(marks, 'steps')))
    expect(await phaseOf(1, 'long')).toBe('Running')
    await servers[0]?.restart('SIGKILL')
    writeFileSync(join(marks, 'go'), '')
    await until(async () => (await phaseOf(1, 'long')) === 'Succeeded')
    expect(readFileSync(join(marks, 'steps'), 'utf8')).toBe('one\ntwo\n')
  })
})

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 100))
}
