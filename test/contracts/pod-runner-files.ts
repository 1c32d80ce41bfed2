// Owns the part of the pod runner contract that is about parameters, artifacts and volumes.
import { describe, expect, it } from 'vitest'
import type { PodRequest } from '@tiphys/shell/ports'
import { follow, podRequest, run, shell, type Subject } from './pod-runner-kit.ts'

export function describeParameters(subject: Subject): void {
  describe('output parameters', () => {
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
  })
}

export function describeArtifacts(subject: Subject): void {
  describe('artifacts', () => {
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
        expect(await subject.resultOf(podRequest(shell('cat /in/tree/link /in/one'), { template: { inputs } }))).toBe('deep\nx')
      }
    })

    it('places raw artifacts with their mode and lets the step change its own copy', async () => {
      const inputs = { artifacts: [{ name: 'tool', path: '/usr/local/bin/made-up-tool', mode: 0o755, raw: { data: '#!/bin/sh\necho tool ran\n' } }] }
      expect(await subject.resultOf(podRequest(shell('made-up-tool; echo more >>/usr/local/bin/made-up-tool'), { template: { inputs } }))).toBe('tool ran')
    })

    it('skips an optional artifact that is missing, and fails for one that is not optional', async () => {
      const missing = { name: 'gone', path: '/tmp/in', s3: { key: 'never/stored' } }
      expect(await subject.resultOf(podRequest(shell('test -e /tmp/in || echo none'), { template: { inputs: { artifacts: [{ ...missing, optional: true }] } } }))).toBe('none')
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
  })
}

export function describeVolumes(subject: Subject): void {
  describe('volumes and progress', () => {
    it('mounts config maps, secrets and claims', async () => {
      const volumes = [
        { name: 'cfg', configMap: { name: 'settings', items: [{ key: 'file.txt', path: 'sub/renamed.txt' }] } },
        { name: 'sec', secret: { secretName: 'token' } },
        { name: 'disk', persistentVolumeClaim: { claimName: 'wf-disk' } },
      ]
      const volumeMounts = [{ name: 'cfg', mountPath: '/etc/app' }, { name: 'sec', mountPath: '/secret', readOnly: true }, { name: 'disk', mountPath: '/data' }]
      expect(await subject.resultOf(podRequest({ ...shell('cat /etc/app/sub/renamed.txt; echo; cat /secret/password; echo kept >/data/f'), volumeMounts }, { spec: { volumes } }))).toBe('from a file\ns3cret')
      expect(await subject.resultOf(podRequest({ ...shell('cat /data/f'), volumeMounts: [{ name: 'disk', mountPath: '/elsewhere/data' }], workingDir: '/elsewhere', args: ['cat data/f'] }, { spec: { volumes } }))).toBe('kept')
    })

    it('loads an artifact into the volume at its path, and keeps what the volume held', async () => {
      const volumes = [{ name: 'disk', persistentVolumeClaim: { claimName: 'wf-loaded' } }]
      const volumeMounts = [{ name: 'disk', mountPath: '/data' }]
      await run(subject.runner, podRequest({ ...shell('echo old >/data/old'), volumeMounts }, { spec: { volumes } }))
      const inputs = { artifacts: [{ name: 'raw', path: '/data/sub/raw', raw: { data: 'new' } }] }
      expect(await subject.resultOf(podRequest({ ...shell('cat /data/old /data/sub/raw'), volumeMounts }, { spec: { volumes }, template: { inputs } }))).toBe('old\nnew')
      await subject.runner.deleteClaim('default', 'wf-loaded')
      expect(await subject.resultOf(podRequest({ ...shell('ls /data'), volumeMounts }, { spec: { volumes } }))).toBe('')
    })

    it('mounts a sub-path of a volume, and one that is read-only cannot be written', async () => {
      const volumes = [{ name: 'v', emptyDir: {} }]
      const volumeMounts = [{ name: 'v', mountPath: '/all' }, { name: 'v', mountPath: '/part', subPath: 'a/b' }, { name: 'v', mountPath: '/frozen', readOnly: true }]
      expect(await subject.resultOf(podRequest({ ...shell('echo x >/part/f; cat /all/a/b/f; touch /frozen/g 2>/dev/null || echo frozen'), volumeMounts }, { spec: { volumes } }))).toBe('x\nfrozen')
    })

    it('takes up progress that the step reports', async () => {
      const request = podRequest(shell('echo 1/4 >"$ARGO_PROGRESS_FILE"; sleep 1.4'))
      const { facts, last } = follow(subject.runner, request)
      await subject.runner.start(request)
      await last
      expect(facts.some(({ progress }) => progress === '1/4')).toBe(true)
    })
  })
}
