// Owns the part of the pod runner contract that is about ending pods.
import { describe, expect, it } from 'vitest'
import { follow, linesOf, mainOf, podRequest, run, shell, texts, type Subject } from './pod-runner-kit.ts'

export function describeEnding(subject: Subject): void {
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
}
