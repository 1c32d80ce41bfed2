// Owns the part of the pod runner contract that is about one container: exit codes, arguments, results, logs.
import { describe, expect, it } from 'vitest'
import { follow, linesOf, mainOf, podRequest, run, shell, texts, type Subject } from './pod-runner-kit.ts'

export function describeExit(subject: Subject): void {
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
      expect(await subject.resultOf(request)).toBe(nasty.map((word) => `${word}|`).join(''))
    })

    it('captures standard output as the result, without standard error and without one trailing newline', async () => {
      expect(await subject.resultOf(podRequest(shell('echo one; echo oops >&2; printf "two\\n\\n"')))).toBe('one\ntwo\n')
      expect(await subject.resultOf(podRequest(shell('true')))).toBe('')
    })

    it('keeps the last 256 kB of a long result', async () => {
      const result = await subject.resultOf(podRequest(shell('i=0; while [ $i -lt 3000 ]; do printf "%0100d" $i; i=$((i+1)); done; echo; ')))
      expect(result).toHaveLength(256 * 1024)
      expect(result?.endsWith('2999')).toBe(true)
    })

    it('runs a script with any interpreter', async () => {
      const script = { name: 'main', image: 'alpine', command: ['sh'], source: 'x="a b"\necho "got $x"\n' }
      const container = { command: ['sh'], args: ['/argo/staging/script'], volumeMounts: [{ name: 'argo-staging', mountPath: '/argo/staging' }] }
      const request = podRequest(container, { template: { script }, spec: { volumes: [{ name: 'argo-staging', emptyDir: {} }] } })
      expect(await subject.resultOf(request)).toBe('got a b')
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
}

export function describeLogs(subject: Subject): void {
  describe('logs', () => {
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
  })
}
