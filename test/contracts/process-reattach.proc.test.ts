// What becomes of pods when the process that started them is killed at once.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLocalArtifactStore } from '@tiphys/shell/adapters/artifacts'
import { createProcessRunner, type ProcessRunnerParts } from '@tiphys/shell/adapters/process'
import type { PodRef, PodRequest } from '@tiphys/shell/ports'
import { follow, linesOf, podRequest, shell } from './pod-runner-kit.ts'

const fixture = fileURLToPath(new URL('./process-reattach-fixture.ts', import.meta.url))

describe('after kill -9', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tiphys-reattach-'))
  const marker = (name: string): string => join(folder, name)
  const once = (name: string, source: string): string => `echo ran >>${marker(name)}; ${source}`
  const requests = {
    goesOn: podRequest(shell(once('goesOn', 'echo before; sleep 2.5; echo after; exit 5'))),
    endsAlone: podRequest(shell(once('endsAlone', 'echo result; sleep 0.4')), { includeResult: true }),
    withFiles: podRequest(shell('echo ran; echo hello >/tmp/out; sleep 2'), {
      template: { outputs: { parameters: [{ name: 'out', valueFrom: { path: '/tmp/out' } }], artifacts: [{ name: 'art', path: '/tmp/out' }] } },
    }),
    inInit: podRequest(shell(once('inInit', 'echo main')), { spec: { initContainers: [{ name: 'setup', ...shell('sleep 2') }] } }),
    dies: podRequest(shell(once('dies', 'sleep 60'))),
    waits: podRequest({ ...shell(once('waits', 'true')), resources: { requests: { cpu: '2' } } }),
  } satisfies Record<string, PodRequest>
  type Name = keyof typeof requests
  let refs: Record<Name, PodRef>
  let parts: ProcessRunnerParts

  beforeAll(async () => {
    const names = Object.keys(requests) as Name[]
    const plan = JSON.stringify({ requests: Object.values(requests), running: names.length - 1 })
    const child = spawn(process.execPath, ['--import', 'tsx', fixture, folder, plan], { stdio: ['ignore', 'pipe', 'inherit'] })
    const line = await new Promise<string>((resolve) => {
      let text = ''
      child.stdout.on('data', (chunk: Buffer) => {
        text += chunk.toString()
        if (text.includes('\n')) resolve(text)
      })
    })
    child.kill('SIGKILL')
    await new Promise((done) => child.on('exit', done))
    const list = JSON.parse(line) as PodRef[]
    refs = Object.fromEntries(names.map((name, index) => [name, list[index]])) as Record<Name, PodRef>
    killSupervised(requests.dies)
    await new Promise((done) => setTimeout(done, 600))
    parts = createProcessRunner({ stateFolder: join(folder, 'state'), logFolder: join(folder, 'logs'), artifacts: createLocalArtifactStore(join(folder, 'artifacts')), resources: { cpuMilli: 4000 } })
  }, 30_000)

  afterAll(async () => {
    await parts.runner.close()
    rmSync(folder, { recursive: true, force: true })
  })

  /** Ends a step together with its supervisor, as a crash of the machine would. */
  function killSupervised(request: PodRequest): void {
    const text = readFileSync(join(folder, 'state', 'journal'), 'utf8')
    const record = text.split('\n').filter((entry) => entry.includes('"t":"run"') && entry.includes(request.key.nodeId + '+')).map((entry) => JSON.parse(entry) as { pid: number })[0]
    process.kill(-(record?.pid ?? 0), 'SIGKILL')
  }

  const timesRun = (name: Name): number => (existsSync(marker(name)) ? readFileSync(marker(name), 'utf8').trim().split('\n').length : 0)

  it('a step whose process lives goes on and is watched to its end', async () => {
    const { last } = follow(parts.runner, requests.goesOn)
    expect((await parts.runner.leftOver()).map(({ podName }) => podName)).toContain(refs.goesOn.podName)
    expect(await parts.runner.reattach(refs.goesOn)).toEqual({ state: 'watching' })
    expect((await parts.runner.leftOver()).map(({ podName }) => podName)).not.toContain(refs.goesOn.podName)
    const fact = await last
    expect(fact.containers[0]).toMatchObject({ state: 'terminated', exitCode: 5 })
    expect((await linesOf(parts.logs, requests.goesOn)).map(({ text }) => text)).toEqual(['before', 'after'])
    expect(timesRun('goesOn')).toBe(1)
  })

  it('a step that ended while nobody watched gives its result', async () => {
    const { last } = follow(parts.runner, requests.endsAlone)
    await parts.runner.reattach(refs.endsAlone)
    expect(await last).toMatchObject({ phase: 'Succeeded', outputs: { result: 'result', exitCode: '0' } })
    expect(await parts.runner.reattach(refs.endsAlone)).toMatchObject({ state: 'finished', fact: { phase: 'Succeeded' } })
  })

  it('files are collected from the private view that an earlier process made', async () => {
    const { last } = follow(parts.runner, requests.withFiles)
    // Starting again under the same key is the same as taking up.
    await parts.runner.start(requests.withFiles)
    const fact = await last
    expect(fact.phase).toBe('Succeeded')
    expect(fact.outputs?.parameters).toEqual([{ name: 'out', value: 'hello' }])
    expect(fact.outputs?.artifacts?.[0]?.s3?.key).toContain('art.tgz')
    expect((await linesOf(parts.logs, requests.withFiles)).map(({ text }) => text)).toEqual(['ran'])
  })

  it('containers that had not started yet start in their turn', async () => {
    const { last } = follow(parts.runner, requests.inInit)
    expect(await parts.runner.reattach(refs.inInit)).toEqual({ state: 'watching' })
    expect((await last).phase).toBe('Succeeded')
    expect(timesRun('inInit')).toBe(1)
  })

  it('a step that died together with its supervisor is lost', async () => {
    expect(await parts.runner.reattach(refs.dies)).toMatchObject({ state: 'lost' })
    expect(await parts.runner.reattach(refs.dies)).toMatchObject({ state: 'lost' })
  })

  it('a pod that was still waiting for room can be started again under its key', async () => {
    expect(await parts.runner.reattach(refs.waits)).toEqual({ state: 'unstarted' })
    const { last } = follow(parts.runner, requests.waits)
    await parts.runner.start(requests.waits)
    expect((await last).phase).toBe('Succeeded')
    expect(timesRun('waits')).toBe(1)
  })

  it('refuses a second runner on the same folder', () => {
    expect(() => createProcessRunner({ stateFolder: join(folder, 'state'), logFolder: join(folder, 'logs') })).toThrow(/in use by process/)
  })
})
