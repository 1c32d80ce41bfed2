// What the process runner does beyond the contract of pod runners: host programs, image stand-ins, strays, capacity, ways of making views.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLocalArtifactStore } from '@tiphys/shell/adapters/artifacts'
import { createProcessRunner, startOf, type ProcessRunnerParts } from '@tiphys/shell/adapters/process'
import { follow, linesOf, mainOf, podRequest, run, shell } from './pod-runner-kit.ts'

const folder = mkdtempSync(join(tmpdir(), 'tiphys-host-'))
const commands = join(folder, 'commands')
let parts: ProcessRunnerParts

beforeAll(() => {
  mkdirSync(commands)
  writeFileSync(join(commands, 'cowsay'), '#!/bin/sh\necho "moo $*"\n', { mode: 0o755 })
  writeFileSync(join(commands, 'entrypoint.json'), JSON.stringify({ entrypoint: ['cowsay'], cmd: ['nothing'], env: { BREED: 'angus' } }))
  parts = createProcessRunner({
    stateFolder: join(folder, 'state'),
    logFolder: join(folder, 'logs'),
    artifacts: createLocalArtifactStore(join(folder, 'artifacts')),
    imageMap: [{ image: 'docker/whalesay', folder: commands }],
    resources: { cpuMilli: 1000, memoryBytes: 1024 ** 3, podsMax: 50 },
  })
})

afterAll(async () => {
  await parts.runner.close()
  rmSync(folder, { recursive: true, force: true })
})

const resultOf = async (request: ReturnType<typeof podRequest>): Promise<string | undefined> => (await run(parts.runner, { ...request, includeResult: true })).outputs?.result

describe('programs of the host', () => {
  it('names the command, the image and the way out when the host lacks a command', async () => {
    const fact = await run(parts.runner, podRequest({ image: 'acme/tool:1', command: ['no-such-tool'] }))
    expect(fact.phase).toBe('Failed')
    expect(mainOf(fact)).toMatchObject({ exitCode: 127, reason: 'StartError' })
    for (const part of ['"no-such-tool"', '"acme/tool:1"', '--image-map', 'install']) expect(mainOf(fact)?.message).toContain(part)
  })

  it('says how to give a command when only the image knows it', async () => {
    const fact = await run(parts.runner, podRequest({ image: 'nginx:1.13' }))
    expect(mainOf(fact)?.message).toMatch(/no command.*"nginx:1\.13".*entrypoint\.json/)
  })

  it('uses a mapped folder: its commands, its entrypoint, its variables', async () => {
    expect(await resultOf(podRequest({ image: 'docker/whalesay:latest', args: ['hello'] }))).toBe('moo hello')
    expect(await resultOf(podRequest({ image: 'docker/whalesay' }))).toBe('moo nothing')
    expect(await resultOf(podRequest({ image: 'docker/whalesay@sha256:0', command: ['sh', '-c', 'cowsay $BREED'] }))).toBe('moo angus')
    expect(await resultOf(podRequest({ image: 'docker/whalesay', command: ['/usr/games/cowsay', 'from its own path'] }))).toBe('moo from its own path')
  })

  it('sees the mapped folder inside a private view too', async () => {
    const parameters = [{ name: 'out', valueFrom: { path: '/tmp/out' } }]
    const fact = await run(parts.runner, podRequest({ image: 'docker/whalesay', command: ['sh', '-c', 'cowsay inside >/tmp/out'] }, { template: { outputs: { parameters } } }))
    expect(fact.outputs?.parameters).toEqual([{ name: 'out', value: 'moo inside' }])
  })

  it('gives every step without paths an empty working folder', async () => {
    const facts = await Promise.all(Array.from({ length: 12 }, () => resultOf(podRequest(shell('ls -A | wc -l; touch left-behind')))))
    expect(facts.map((text) => text?.trim())).toEqual(Array.from({ length: 12 }, () => '0'))
  })

  it('does not lend the environment of the runner to steps', async () => {
    process.env['TIPHYS_CANARY'] = 'secret'
    expect(await resultOf(podRequest(shell('echo "[$TIPHYS_CANARY]"')))).toBe('[]')
    delete process.env['TIPHYS_CANARY']
  })

  it('refuses arguments that no program can be given', async () => {
    expect(mainOf(await run(parts.runner, podRequest({ command: ['echo', 'a\0b'] })))?.message).toContain('NUL')
    expect(mainOf(await run(parts.runner, podRequest({ command: ['echo', 'x'.repeat(200_000)] })))?.message).toContain('limit')
    expect(await resultOf(podRequest({ command: ['sh', '-c', 'echo ${#1}', 'x', 'y'.repeat(100_000)] }))).toBe('100000')
  })

  it('runs as the user that the pod asks for, where it may', async ({ skip }) => {
    if (!parts.runner.capabilities.runAsUser) skip()
    expect(await resultOf(podRequest({ ...shell('id -u; id -g'), securityContext: { runAsUser: 1234 } }))).toBe('1234\n1234')
  })
})

describe('processes that a step leaves behind', () => {
  const gone = async (pid: number): Promise<boolean> => {
    for (let look = 0; look < 40; look++) {
      if (startOf(pid) === undefined) return true
      await new Promise((done) => setTimeout(done, 25))
    }
    return false
  }

  it('are killed when it ends, even when they left its session', async () => {
    const result = await resultOf(podRequest(shell('sleep 300 & echo $!; setsid sh -c "echo \\$\\$; exec sleep 300" & sleep 0.1')))
    const pids = (result ?? '').split('\n').map(Number)
    expect(pids).toHaveLength(2)
    for (const pid of pids) expect(await gone(pid)).toBe(true)
  })

  it('leave the next step on the same supervisor alone', async () => {
    const results = await Promise.all(Array.from({ length: 30 }, (_, index) => resultOf(podRequest(shell(`sleep 30 & sleep 0.0${index % 10}; echo ${index}`)))))
    expect(results).toEqual(Array.from({ length: 30 }, (_, index) => String(index)))
  })

  it('a step that kills its own process group does not take the supervisor along', async () => {
    expect(mainOf(await run(parts.runner, podRequest(shell('kill 0; sleep 5'))))?.exitCode).toBe(143)
    expect((await run(parts.runner, podRequest(shell('true')))).phase).toBe('Succeeded')
  })

  it('a step that kills its supervisor fails', async () => {
    expect(mainOf(await run(parts.runner, podRequest(shell('kill -9 $PPID; sleep 5'))))).toMatchObject({ exitCode: 137 })
    expect((await run(parts.runner, podRequest(shell('true')))).phase).toBe('Succeeded')
  })
})

describe('host capacity', () => {
  it('lets a pod wait with the reason until another gives room', async () => {
    const resources = { requests: { cpu: '600m' } }
    const first = podRequest({ ...shell('sleep 0.5'), resources })
    const second = podRequest({ ...shell('true'), resources })
    const one = follow(parts.runner, first)
    const two = follow(parts.runner, second)
    await parts.runner.start(first)
    await parts.runner.start(second)
    const pending = await two.until(({ pendingReason }) => pendingReason !== undefined)
    expect(pending.pendingReason).toMatch(/^Unschedulable: 0\/1 nodes are available: 1 Insufficient cpu/)
    expect((await two.last).phase).toBe('Succeeded')
    expect((await one.last).containers[0]?.finishedAt).toBeLessThanOrEqual((await two.last).containers[0]?.startedAt ?? 0)
  })

  it('ends a pod that is stopped while it waits', async () => {
    const request = podRequest({ ...shell('true'), resources: { requests: { memory: '2Gi' } } })
    const { until, last } = follow(parts.runner, request)
    const ref = await parts.runner.start(request)
    await until(({ pendingReason }) => pendingReason?.includes('Insufficient memory') === true)
    await parts.runner.stop(ref)
    expect(await last).toMatchObject({ phase: 'Failed', reason: 'Stopped' })
  })

  it('runs many more steps than it has supervisors', async () => {
    const facts = await Promise.all(Array.from({ length: 200 }, () => run(parts.runner, podRequest({ command: ['true'] }))))
    expect(facts.every(({ phase }) => phase === 'Succeeded')).toBe(true)
  })

  it('does not let long steps hold up short ones', async () => {
    const long = Array.from({ length: 20 }, () => podRequest(shell('sleep 5')))
    const refs = await Promise.all(long.map((request) => parts.runner.start(request)))
    const from = Date.now()
    await run(parts.runner, podRequest({ command: ['true'] }))
    expect(Date.now() - from).toBeLessThan(2000)
    await Promise.all(refs.map((ref) => parts.runner.stop(ref, { graceSeconds: 0 })))
  })
})

describe('private views', () => {
  it('a mapped root file system is the image, and its files can be outputs', async ({ skip }) => {
    if (!['overlay', 'user-namespace'].includes(parts.runner.capabilities.privatePaths)) skip()
    const rootfs = join(folder, 'rootfs')
    for (const name of ['etc', 'bin', 'usr', 'lib', 'lib64', 'proc', 'sys', 'dev', 'tmp']) mkdirSync(join(rootfs, name), { recursive: true })
    for (const program of ['/bin/sh', '/bin/cat']) copyProgram(program, rootfs)
    writeFileSync(join(rootfs, 'etc', 'release'), 'image 1\n')
    const other = createProcessRunner({ stateFolder: join(folder, 'state-rootfs'), logFolder: join(folder, 'logs'), imageMap: [{ image: 'img', folder: rootfs }] })
    const parameters = [{ name: 'own', valueFrom: { path: '/etc/release' } }, { name: 'made', valueFrom: { path: '/made' } }]
    const source = 'cat /etc/release >/made; test ! -e /etc/passwd'
    const fact = await run(other.runner, podRequest({ image: 'img', command: ['sh', '-c', source] }, { template: { outputs: { parameters } } }))
    await other.runner.close()
    expect(mainOf(fact)?.exitCode).toBe(0)
    expect(fact.outputs?.parameters).toEqual([{ name: 'own', value: 'image 1' }, { name: 'made', value: 'image 1' }])
    expect(existsSync(join(rootfs, 'made'))).toBe(false)
  })

  function copyProgram(program: string, rootfs: string): void {
    const libraries = spawnSync('ldd', [program], { encoding: 'utf8' }).stdout.match(/\/\S+/g) ?? []
    for (const path of [program, ...libraries]) {
      const target = join(rootfs, path)
      mkdirSync(join(target, '..'), { recursive: true })
      writeFileSync(target, readFileSync(path))
      chmodSync(target, 0o755)
    }
  }

  it('hides the runner\'s own state from steps', async () => {
    const parameters = [{ name: 'out', valueFrom: { path: '/tmp/out' } }]
    const fact = await run(parts.runner, podRequest(shell(`ls ${join(folder, 'state')} >/tmp/out 2>&1; true`), { template: { outputs: { parameters } } }))
    expect(fact.outputs?.parameters?.[0]?.value).not.toContain('journal')
  })

  it('keeps the log of a step with a view', async () => {
    const request = podRequest(shell('echo seen'), { template: { outputs: { parameters: [{ name: 'o', valueFrom: { path: '/tmp/o', default: '' } }] } } })
    await run(parts.runner, request)
    expect((await linesOf(parts.logs, request)).map(({ text }) => text)).toEqual(['seen'])
  })
})
