// Owns the part of the pod runner contract that is about pods of several containers.
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Container } from '@tiphys/core/spec'
import { follow, mainOf, podRequest, run, shell, type Subject } from './pod-runner-kit.ts'

export function describeSeveral(subject: Subject): void {
  describe('several containers', () => {
    it('runs init containers one after another before main, with shared volumes', async () => {
      const volumeMounts = [{ name: 'work', mountPath: '/shared' }]
      const initContainers = [
        { name: 'one', image: 'busybox', ...shell('echo 1 >/shared/list'), volumeMounts },
        { name: 'two', image: 'busybox', ...shell('echo 2 >>/shared/list'), volumeMounts },
      ]
      const request = podRequest({ ...shell('cat /shared/list'), volumeMounts }, { spec: { initContainers, volumes: [{ name: 'work', emptyDir: {} }] } })
      expect(await subject.resultOf(request)).toBe('1\n2')
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
      const volumeMounts = [{ name: 'work', mountPath: '/shared' }]
      const say = (name: string): Partial<Container> => ({ ...shell(`echo ${name} >>/shared/list`), volumeMounts })
      const containers = [{ name: 'c', ...say('c') }, { name: 'b', ...say('b') }, { name: 'a', ...say('a') }, { name: 'main', ...shell('cat /shared/list'), volumeMounts }]
      const nodes = [{ name: 'c', dependencies: ['b'] }, { name: 'b', dependencies: ['a'] }, { name: 'a' }, { name: 'main', dependencies: ['c'] }]
      const request = podRequest({}, { template: { containerSet: { containers: nodes } }, spec: { containers, volumes: [{ name: 'work', emptyDir: {} }] } })
      expect(await subject.resultOf(request)).toBe('a\nb\nc')
    })

    it('lets dependents of a failed container end with 64', async () => {
      const containers = [{ name: 'a', ...shell('exit 2') }, { name: 'main', ...shell('echo never') }]
      const fact = await run(subject.runner, podRequest({}, { template: { containerSet: { containers: [{ name: 'a' }, { name: 'main', dependencies: ['a'] }] } }, spec: { containers } }))
      expect(fact.phase).toBe('Failed')
      expect(mainOf(fact)).toMatchObject({ exitCode: 64, message: 'dependency "a" exited with non-zero code: 2' })
    })

    it('says that a daemon is ready when its probe succeeds, and ends it when told', async () => {
      const probe = { exec: { command: ['test', '-e', join(subject.folder, 'ready')] }, periodSeconds: 1 }
      const request = podRequest({ ...shell(`sleep 0.3; touch ${join(subject.folder, 'ready')}; sleep 60`), readinessProbe: probe }, { template: { daemon: true } })
      const { facts, until, last } = follow(subject.runner, request)
      const ref = await subject.runner.start(request)
      const ready = await until((fact) => mainOf(fact)?.ready === true)
      expect(facts.find(({ phase }) => phase === 'Running')?.containers[0]?.ready).toBe(false)
      expect(ready.ip).toBeDefined()
      await subject.runner.stop(ref)
      expect(mainOf(await last)?.exitCode).toBe(143)
    })
  })
}
