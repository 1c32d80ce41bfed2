// Owns the contract that every pod runner keeps, as a suite to be run on each adapter with real processes or containers.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Container, Pod, Template } from '@tiphys/core/spec'
import type { ArtifactStore, LogLine, LogStore, PodFact, PodLookup, PodRequest, PodRunner } from '@tiphys/shell/ports'

export interface RunnerUnderTest {
  readonly runner: PodRunner
  readonly logs: LogStore
  readonly artifacts: ArtifactStore
  close(): Promise<void>
}

export interface RunnerContract {
  readonly name: string
  /** Why the suite cannot run here; its tests are then reported as skipped. */
  readonly skip?: string | false
  create(folder: string, lookup: PodLookup): Promise<RunnerUnderTest>
}

let made = 0

/** A request for a pod with one main container. */
export function podRequest(container: Partial<Container>, more: Partial<PodRequest> & { template?: Template; spec?: Partial<NonNullable<Pod['spec']>> } = {}): PodRequest {
  const id = `node-${made++}`
  const main: Container = { name: 'main', image: 'busybox', ...container }
  const metadata = { name: `pod-${id}`, uid: `uid-${id}`, labels: { 'workflows.argoproj.io/workflow': 'wf' }, annotations: { note: 'hello' } }
  const { template, spec, ...rest } = more
  return {
    key: { workflowUid: 'workflow-uid', nodeId: id, attempt: 0 },
    namespace: 'default',
    pod: { metadata, spec: { containers: [main], restartPolicy: 'Never', terminationGracePeriodSeconds: 5, ...spec } },
    template: { name: 'step', container: main, ...template },
    includeResult: false,
    ...rest,
  }
}

export const shell = (source: string): Partial<Container> => ({ command: ['sh', '-c'], args: [source] })

/** Follows one pod. */
export function follow(runner: PodRunner, request: PodRequest): { readonly facts: PodFact[]; readonly last: Promise<PodFact>; until(test: (fact: PodFact) => boolean): Promise<PodFact> } {
  const facts: PodFact[] = []
  const waiting: { test: (fact: PodFact) => boolean; done: (fact: PodFact) => void }[] = []
  runner.onFact((fact) => {
    if (fact.key.nodeId !== request.key.nodeId || fact.key.attempt !== request.key.attempt) return
    facts.push(fact)
    for (const entry of waiting.filter(({ test }) => test(fact))) entry.done(fact)
  })
  const until = (test: (fact: PodFact) => boolean): Promise<PodFact> =>
    new Promise((done) => {
      const now = facts.find(test)
      if (now === undefined) waiting.push({ test, done })
      else done(now)
    })
  return { facts, until, last: until(({ phase }) => phase === 'Succeeded' || phase === 'Failed') }
}

export async function run(runner: PodRunner, request: PodRequest): Promise<PodFact> {
  const { last } = follow(runner, request)
  await runner.start(request)
  return last
}

export async function linesOf(logs: LogStore, request: PodRequest, container = 'main'): Promise<LogLine[]> {
  const lines: LogLine[] = []
  for await (const line of logs.read({ ...request.key, container })) lines.push(line)
  return lines
}

const texts = (lines: readonly LogLine[]): string[] => lines.map(({ text }) => text)
const mainOf = (fact: PodFact): PodFact['containers'][number] | undefined => fact.containers.find(({ name }) => name === 'main')

export function podRunnerContract(contract: RunnerContract): void {
  describe.skipIf(contract.skip !== undefined && contract.skip !== false)(`pod runner: ${contract.name}`, () => {
    let folder = ''
    let subject: RunnerUnderTest
    const objects = { configMaps: new Map([['settings', { mode: 'fast', 'file.txt': 'from a file' }]]), secrets: new Map([['token', { password: 's3cret' }]]) }
    const lookup: PodLookup = {
      configMap: (name) => Promise.resolve(objects.configMaps.get(name)),
      secret: (name) => Promise.resolve(objects.secrets.get(name)),
    }
    const resultOf = async (request: PodRequest): Promise<string | undefined> => (await run(subject.runner, { ...request, includeResult: true })).outputs?.result

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'tiphys-runner-'))
      subject = await contract.create(folder, lookup)
    })
    afterAll(async () => {
      await subject.close()
      await rm(folder, { recursive: true, force: true })
    })

    describe('one container', () => {
      it('succeeds with exit code 0 and tells Running before', async () => {
        const request = podRequest(shell('exit 0'))
        const { facts, last } = follow(subject.runner, request)
        const ref = await subject.runner.start(request)
        expect(JSON.parse(JSON.stringify(ref))).toEqual(ref)
        const fact = await last
        expect(fact.phase).toBe('Succeeded')
        expect(mainOf(fact)).toMatchObject({ state: 'terminated', exitCode: 0, reason: 'Completed' })
        expect(fact.outputs?.exitCode).toBe('0')
        expect(facts.some(({ phase }) => phase === 'Running')).toBe(true)
        expect(facts.filter(({ phase }) => phase === 'Succeeded')).toHaveLength(1)
      })

      it('fails with the exit code of the program', async () => {
        const fact = await run(subject.runner, podRequest(shell('exit 3')))
        expect(fact.phase).toBe('Failed')
        expect(mainOf(fact)).toMatchObject({ exitCode: 3, reason: 'Error' })
        expect(fact.outputs?.exitCode).toBe('3')
      })

      it('reports death by signal as 128 plus its number', async () => {
        expect(mainOf(await run(subject.runner, podRequest(shell('kill -9 $$$$'))))?.exitCode).toBe(137)
      })

      it('passes arguments exactly, whatever they contain', async () => {
        const nasty = ["it's", '"quoted"', '$HOME `id` $(id) \\', 'line\nbreak\ttab', 'ünï©ødé \u0081\u0088 😀', '', '*', '-n', '; exit 9', '!x']
        const request = podRequest({ command: ['sh', '-c', 'for a in "$@"; do printf "%s|" "$a"; done', 'x'], args: nasty })
        expect(await resultOf(request)).toBe(nasty.map((word) => `${word}|`).join(''))
      })

      it('captures standard output as the result, without standard error and without one trailing newline', async () => {
        expect(await resultOf(podRequest(shell('echo one; echo oops >&2; printf "two\\n\\n"')))).toBe('one\ntwo\n')
        expect(await resultOf(podRequest(shell('true')))).toBe('')
      })

      it('keeps the last 256 kB of a long result', async () => {
        const result = await resultOf(podRequest(shell('i=0; while [ $i -lt 3000 ]; do printf "%0100d" $i; i=$((i+1)); done; echo; ')))
        expect(result).toHaveLength(256 * 1024)
        expect(result?.endsWith('2999')).toBe(true)
      })

      it('keeps the log after the run, both streams, with times', async () => {
        const before = Date.now()
        const request = podRequest(shell('echo first; echo second >&2; echo third'))
        await run(subject.runner, request)
        const lines = await linesOf(subject.logs, request)
        expect(texts(lines).sort()).toEqual(['first', 'second', 'third'])
        expect(lines.every(({ at }) => at >= before - 2000 && at <= Date.now() + 2000)).toBe(true)
        expect(await subject.logs.containers(request.key)).toEqual(['main'])
      })

      it('lets a log be followed while the step runs', async () => {
        const request = podRequest(shell('echo early; sleep 0.6; echo late'))
        const { last, until } = follow(subject.runner, request)
        await subject.runner.start(request)
        await until(({ phase }) => phase === 'Running')
        const seen: { text: string; over: boolean; at: number }[] = []
        let over = false
        void last.then(() => (over = true))
        for await (const line of subject.logs.read({ ...request.key, container: 'main' }, { follow: true })) seen.push({ text: line.text, over, at: line.at })
        expect(seen.map(({ text }) => text)).toEqual(['early', 'late'])
        expect(seen[0]?.over).toBe(false)
        expect((seen[1]?.at ?? 0) - (seen[0]?.at ?? 0)).toBeGreaterThan(200)
      })

      it('gives the last lines of a log', async () => {
        const request = podRequest(shell('for i in 1 2 3 4 5; do echo line $i; done'))
        await run(subject.runner, request)
        const lines: string[] = []
        for await (const line of subject.logs.read({ ...request.key, container: 'main' }, { tailLines: 2 })) lines.push(line.text)
        expect(lines).toEqual(['line 4', 'line 5'])
      })

      it('runs a script with any interpreter', async () => {
        const script = { name: 'main', image: 'alpine', command: ['sh'], source: 'x="a b"\necho "got $x"\n' }
        const container = { command: ['sh'], args: ['/argo/staging/script'], volumeMounts: [{ name: 'argo-staging', mountPath: '/argo/staging' }] }
        const request = podRequest(container, { template: { script }, spec: { volumes: [{ name: 'argo-staging', emptyDir: {} }] } })
        expect(await resultOf(request)).toBe('got a b')
      })

      it('starts one pod per key, however often it is asked', async () => {
        const request = podRequest(shell('sleep 0.2; echo ran'))
        const { last } = follow(subject.runner, request)
        const refs = await Promise.all([subject.runner.start(request), subject.runner.start(request)])
        expect(refs[0]).toEqual(refs[1])
        await last
        await subject.runner.start(request)
        expect(texts(await linesOf(subject.logs, request))).toEqual(['ran'])
      })
    })

    describe('environment', () => {
      it('gives values, references between them, fields, config maps and secrets', async () => {
        const env = [
          { name: 'A', value: 'one' },
          { name: 'B', value: '$(A) two $(UNKNOWN) $$(A)' },
          { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
          { name: 'NOTE', valueFrom: { fieldRef: { fieldPath: "metadata.annotations['note']" } } },
          { name: 'MODE', valueFrom: { configMapKeyRef: { name: 'settings', key: 'mode' } } },
          { name: 'PASS', valueFrom: { secretKeyRef: { name: 'token', key: 'password' } } },
          { name: 'NONE', valueFrom: { secretKeyRef: { name: 'token', key: 'absent', optional: true } } },
        ]
        const request = podRequest({ ...shell('echo "$B|$POD|$NOTE|$MODE|$PASS|${NONE-unset}|$1"'), env })
        request.pod.spec?.containers.forEach((container) => Object.assign(container, { args: [...(container.args ?? []), 'x', '$(A)-$(MODE)'] }))
        expect(await resultOf(request)).toBe(`one two $(UNKNOWN) $(A)|${request.pod.metadata?.name}|hello|fast|s3cret|unset|one-fast`)
      })

      it('gives whole config maps with a prefix', async () => {
        expect(await resultOf(podRequest({ ...shell('echo $CFG_mode'), envFrom: [{ prefix: 'CFG_', configMapRef: { name: 'settings' } }] }))).toBe('fast')
      })

      it('gives variables whose names no shell knows', async () => {
        const request = podRequest({ command: ['env'], env: [{ name: 'odd.name-1', value: "it's" }] })
        expect((await resultOf(request))?.split('\n')).toContain("odd.name-1=it's")
      })

      it('waits for a secret that does not exist yet, with the reason', async () => {
        const request = podRequest({ ...shell('echo $LATE'), env: [{ name: 'LATE', valueFrom: { secretKeyRef: { name: 'late', key: 'k' } } }] })
        const { until, last } = follow(subject.runner, { ...request })
        await subject.runner.start({ ...request, includeResult: true })
        const pending = await until(({ pendingReason }) => pendingReason !== undefined)
        expect(pending.phase).toBe('Pending')
        expect(pending.pendingReason).toContain('secret "late" not found')
        objects.secrets.set('late', { password: '', k: 'arrived' } as never)
        expect((await last).outputs?.result).toBe('arrived')
      })
    })

    describe('ending', () => {
      it('stops politely first', async () => {
        const request = podRequest(shell('trap "echo bye; exit 7" TERM; echo up; while :; do sleep 0.05; done'))
        const { last } = follow(subject.runner, request)
        const ref = await subject.runner.start(request)
        for await (const line of subject.logs.read({ ...request.key, container: 'main' }, { follow: true })) if (line.text === 'up') break
        await subject.runner.stop(ref)
        expect(mainOf(await last)?.exitCode).toBe(7)
        expect(texts(await linesOf(subject.logs, request))).toContain('bye')
      })

      it('kills what does not listen, with its children', async () => {
        const request = podRequest(shell('trap "" TERM; sleep 300 & echo up; wait; sleep 300'))
        const { last } = follow(subject.runner, request)
        const ref = await subject.runner.start(request)
        for await (const line of subject.logs.read({ ...request.key, container: 'main' }, { follow: true })) if (line.text === 'up') break
        const from = Date.now()
        await subject.runner.stop(ref, { graceSeconds: 0.3 })
        const fact = await last
        expect(Date.now() - from).toBeLessThan(4000)
        expect(mainOf(fact)?.exitCode).toBe(137)
        expect(fact.phase).toBe('Failed')
      })

      it('ends a pod at its deadline', async () => {
        const fact = await run(subject.runner, podRequest(shell('sleep 30'), { spec: { activeDeadlineSeconds: 1, terminationGracePeriodSeconds: 1 } }))
        expect(fact).toMatchObject({ phase: 'Failed', reason: 'DeadlineExceeded', message: 'Pod was active on the node longer than the specified deadline' })
      })

      it('discards a live pod without a last fact, and stopping it again does nothing', async () => {
        const request = podRequest(shell('sleep 30'))
        const { facts, until } = follow(subject.runner, request)
        const ref = await subject.runner.start(request)
        await until(({ phase }) => phase === 'Running')
        await subject.runner.discard(ref)
        await new Promise((done) => setTimeout(done, 300))
        await subject.runner.stop(ref)
        expect(facts.at(-1)?.phase).toBe('Running')
      })
    })

    describe('several containers', () => {
      it('runs init containers one after another before main, with shared volumes', async () => {
        const volumeMounts = [{ name: 'work', mountPath: '/work' }]
        const initContainers = [
          { name: 'one', image: 'busybox', ...shell('echo 1 >/work/list'), volumeMounts },
          { name: 'two', image: 'busybox', ...shell('echo 2 >>/work/list'), volumeMounts },
        ]
        const request = podRequest({ ...shell('cat /work/list'), volumeMounts }, { spec: { initContainers, volumes: [{ name: 'work', emptyDir: {} }] } })
        expect(await resultOf(request)).toBe('1\n2')
      })

      it('does not start main when an init container fails', async () => {
        const request = podRequest(shell('echo never'), { spec: { initContainers: [{ name: 'setup', image: 'busybox', ...shell('exit 4') }] } })
        const fact = await run(subject.runner, request)
        expect(fact.phase).toBe('Failed')
        expect(fact.initContainers).toMatchObject([{ name: 'setup', exitCode: 4 }])
        expect(mainOf(fact)?.state).toBe('waiting')
      })

      it('ends sidecars when main is over, and their end is no failure', async () => {
        const sidecar = { name: 'side', image: 'busybox', ...shell('while :; do sleep 0.05; done') }
        const main = { name: 'main', image: 'busybox', ...shell('sleep 0.1') }
        const fact = await run(subject.runner, podRequest(shell('sleep 0.1'), { template: { sidecars: [sidecar] }, spec: { containers: [main, sidecar] } }))
        expect(fact.phase).toBe('Succeeded')
        expect(fact.containers.find(({ name }) => name === 'side')).toMatchObject({ state: 'terminated', exitCode: 143 })
      })

      it('runs the containers of a set in the order of their dependencies', async () => {
        const volumeMounts = [{ name: 'work', mountPath: '/work' }]
        const say = (name: string): Partial<Container> => ({ ...shell(`echo ${name} >>/work/list`), volumeMounts })
        const containers = [{ name: 'c', ...say('c') }, { name: 'b', ...say('b') }, { name: 'a', ...say('a') }, { name: 'main', ...shell('cat /work/list'), volumeMounts }]
        const nodes = [{ name: 'c', dependencies: ['b'] }, { name: 'b', dependencies: ['a'] }, { name: 'a' }, { name: 'main', dependencies: ['c'] }]
        const request = podRequest({}, { template: { containerSet: { containers: nodes } }, spec: { containers, volumes: [{ name: 'work', emptyDir: {} }] } })
        expect(await resultOf(request)).toBe('a\nb\nc')
      })

      it('lets dependents of a failed container end with 64', async () => {
        const containers = [{ name: 'a', ...shell('exit 2') }, { name: 'main', ...shell('echo never') }]
        const fact = await run(subject.runner, podRequest({}, { template: { containerSet: { containers: [{ name: 'a' }, { name: 'main', dependencies: ['a'] }] } }, spec: { containers } }))
        expect(fact.phase).toBe('Failed')
        expect(mainOf(fact)).toMatchObject({ exitCode: 64, message: 'dependency "a" exited with non-zero code: 2' })
      })

      it('says that a daemon is ready when its probe succeeds, and ends it when told', async () => {
        const probe = { exec: { command: ['test', '-e', join(folder, 'ready')] }, periodSeconds: 1 }
        const request = podRequest({ ...shell(`sleep 0.3; touch ${join(folder, 'ready')}; sleep 60`), readinessProbe: probe }, { template: { daemon: true } })
        const { facts, until, last } = follow(subject.runner, request)
        const ref = await subject.runner.start(request)
        const ready = await until((fact) => mainOf(fact)?.ready === true)
        expect(facts.find(({ phase }) => phase === 'Running')?.containers[0]?.ready).toBe(false)
        expect(ready.ip).toBeDefined()
        await subject.runner.stop(ref)
        expect(mainOf(await last)?.exitCode).toBe(143)
      })
    })

    describe('files', () => {
      it('collects output parameters from paths that belong to the step alone', async () => {
        const parameters = [{ name: 'out', valueFrom: { path: '/tmp/message' } }]
        const make = (text: string): PodRequest => podRequest(shell(`test ! -e /tmp/message; printf '${text}\\n\\n' >/tmp/message; sleep 0.1; cat /tmp/message`), { template: { outputs: { parameters } } })
        const facts = await Promise.all([run(subject.runner, make('a')), run(subject.runner, make('b'))])
        expect(facts.map(({ outputs }) => outputs?.parameters)).toEqual([[{ name: 'out', value: 'a\n' }], [{ name: 'out', value: 'b\n' }]])
      })

      it('uses the default of a parameter whose file is missing', async () => {
        const parameters = [{ name: 'out', valueFrom: { path: '/tmp/none', default: 'fallback' } }]
        expect((await run(subject.runner, podRequest(shell('true'), { template: { outputs: { parameters } } }))).outputs?.parameters).toEqual([{ name: 'out', value: 'fallback' }])
      })

      it('reports a missing parameter file as the executor does', async () => {
        const parameters = [{ name: 'out', valueFrom: { path: '/tmp/none' } }]
        const fact = await run(subject.runner, podRequest(shell('true'), { template: { outputs: { parameters } } }))
        expect(fact.phase).toBe('Failed')
        expect(fact.containers.find(({ name }) => name === 'wait')).toMatchObject({ exitCode: 1, message: 'open /var/run/argo/outputs/parameters/tmp/none: no such file or directory' })
      })

      it('collects outputs of a failed step too', async () => {
        const parameters = [{ name: 'out', valueFrom: { path: '/tmp/m' } }]
        const fact = await run(subject.runner, podRequest(shell('echo kept >/tmp/m; exit 1'), { template: { outputs: { parameters } } }))
        expect(fact).toMatchObject({ phase: 'Failed', outputs: { parameters: [{ name: 'out', value: 'kept' }] } })
      })

      it('hands artifacts from step to step: files, folders, every kind of archive', async () => {
        for (const archive of [undefined, { tar: { compressionLevel: 0 } }, { zip: {} }, { none: {} }]) {
          const artifact = { name: 'tree', path: '/tmp/tree', ...(archive === undefined ? {} : { archive }) }
          const produced = await run(subject.runner, podRequest(shell('mkdir -p /tmp/tree/sub; echo deep >/tmp/tree/sub/file; ln -s sub/file /tmp/tree/link; echo x >/tmp/one'), {
            template: { outputs: { artifacts: [artifact, { name: 'one', path: '/tmp/one' }] } },
          }))
          expect(produced.phase).toBe('Succeeded')
          const stored = produced.outputs?.artifacts ?? []
          expect(stored.map(({ name }) => name)).toEqual(['tree', 'one'])
          const inputs = { artifacts: stored.map((output) => ({ ...output, path: `/in/${output.name}`, ...(output.archive?.none === undefined ? {} : { archive: { none: {} } }) })) }
          expect(await resultOf(podRequest(shell('cat /in/tree/link /in/one'), { template: { inputs } }))).toBe('deep\nx')
        }
      })

      it('places raw artifacts with their mode and lets the step change its own copy', async () => {
        const inputs = { artifacts: [{ name: 'tool', path: '/usr/local/bin/made-up-tool', mode: 0o755, raw: { data: '#!/bin/sh\necho tool ran\n' } }] }
        expect(await resultOf(podRequest(shell('made-up-tool; echo more >>/usr/local/bin/made-up-tool'), { template: { inputs } }))).toBe('tool ran')
      })

      it('skips an optional artifact that is missing, and fails for one that is not optional', async () => {
        const missing = { name: 'gone', path: '/tmp/in', s3: { key: 'never/stored' } }
        expect(await resultOf(podRequest(shell('test -e /tmp/in || echo none'), { template: { inputs: { artifacts: [{ ...missing, optional: true }] } } }))).toBe('none')
        const fact = await run(subject.runner, podRequest(shell('true'), { template: { inputs: { artifacts: [missing] } } }))
        expect(fact.phase).toBe('Failed')
        expect(fact.initContainers?.[0]).toMatchObject({ name: 'init', exitCode: 1, message: expect.stringContaining('artifact gone failed to load') })
      })

      it('reports a missing output artifact, unless it is optional', async () => {
        const artifact = { name: 'out', path: '/tmp/nothing' }
        expect((await run(subject.runner, podRequest(shell('true'), { template: { outputs: { artifacts: [{ ...artifact, optional: true }] } } }))).phase).toBe('Succeeded')
        const fact = await run(subject.runner, podRequest(shell('true'), { template: { outputs: { artifacts: [artifact] } } }))
        expect(fact.containers.find(({ name }) => name === 'wait')?.message).toContain('no such file or directory')
      })

      it('never publishes a file of the host that a step linked to', async () => {
        const artifacts = [{ name: 'leak', path: '/tmp/leak' }]
        const fact = await run(subject.runner, podRequest(shell('ln -s /etc/passwd /tmp/leak'), { template: { outputs: { artifacts } } }))
        expect(fact.phase).toBe('Failed')
        expect(fact.outputs?.artifacts).toBeUndefined()
      })

      it('mounts config maps, secrets and claims', async () => {
        const volumes = [
          { name: 'cfg', configMap: { name: 'settings', items: [{ key: 'file.txt', path: 'sub/renamed.txt' }] } },
          { name: 'sec', secret: { secretName: 'token' } },
          { name: 'disk', persistentVolumeClaim: { claimName: 'wf-disk' } },
        ]
        const volumeMounts = [{ name: 'cfg', mountPath: '/etc/app' }, { name: 'sec', mountPath: '/secret', readOnly: true }, { name: 'disk', mountPath: '/data' }]
        expect(await resultOf(podRequest({ ...shell('cat /etc/app/sub/renamed.txt; echo; cat /secret/password; echo kept >/data/f'), volumeMounts }, { spec: { volumes } }))).toBe('from a file\ns3cret')
        expect(await resultOf(podRequest({ ...shell('cat /data/f'), volumeMounts: [{ name: 'disk', mountPath: '/elsewhere/data' }], workingDir: '/elsewhere', args: ['cat data/f'] }, { spec: { volumes } }))).toBe('kept')
      })

      it('takes up progress that the step reports', async () => {
        const request = podRequest(shell('echo 1/4 >"$ARGO_PROGRESS_FILE"; sleep 1.4'))
        const { facts, last } = follow(subject.runner, request)
        await subject.runner.start(request)
        await last
        expect(facts.some(({ progress }) => progress === '1/4')).toBe(true)
      })
    })
  })
}
