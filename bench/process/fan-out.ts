// Measures what the process runner adds to running programs, against xargs on the same machine in the same run.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createProcessRunner } from '@tiphys/shell/adapters/process'
import type { PodFact, PodRequest, PodRunner } from '@tiphys/shell/ports'

const steps = Number(process.argv[2] ?? 1000)
const rounds = Number(process.argv[3] ?? 3)
const sequentialSteps = 100
const viewSteps = 50

function request(id: string, container: object, outputs: object = {}): PodRequest {
  const main = { name: 'main', image: 'busybox', ...container }
  const pod = { metadata: { name: id, labels: { 'workflows.argoproj.io/workflow': 'bench' } }, spec: { containers: [main] } }
  return { key: { workflowUid: 'bench', nodeId: id, attempt: 0 }, namespace: 'default', pod, template: { name: 'bench', container: main, outputs }, includeResult: false }
}

/** Runs all requests, `width` unfinished at most, and gives their last facts. */
function runAll(runner: PodRunner, requests: readonly PodRequest[], width: number): Promise<PodFact[]> {
  return new Promise((resolve) => {
    const ended: PodFact[] = []
    let next = 0
    const startOne = (): void => {
      const request = requests[next++]
      if (request !== undefined) void runner.start(request)
    }
    const stop = runner.onFact((fact) => {
      if (fact.phase !== 'Succeeded' && fact.phase !== 'Failed') return
      ended.push(fact)
      startOne()
      if (ended.length < requests.length) return
      stop()
      resolve(ended)
    })
    for (let count = 0; count < width; count++) startOne()
  })
}

async function timed(work: () => Promise<PodFact[]>): Promise<{ ms: number; facts: PodFact[] }> {
  const from = performance.now()
  const facts = await work()
  return { ms: performance.now() - from, facts }
}

function xargsMs(count: number, width: number): number {
  const list = join(folder, 'list')
  writeFileSync(list, Array.from({ length: count }, (_, index) => `${index}\n`).join(''))
  const from = performance.now()
  execFileSync('xargs', ['-P', String(width), '-n1', '-a', list, '/bin/true'])
  return performance.now() - from
}

/** Proves that the work was done: the same on every run. */
function digest(facts: readonly PodFact[]): string {
  const lines = facts.map(({ podName, phase, containers }) => `${podName} ${phase} ${containers.map(({ exitCode }) => exitCode).join()}`).sort()
  return createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 12)
}

const folder = mkdtempSync(join(tmpdir(), 'tiphys-bench-'))
try {
  for (let round = 0; round < rounds; round++) {
    const width = availableParallelism()
    const floor = Math.min(xargsMs(steps, width), xargsMs(steps, width * 4))
    const { runner } = createProcessRunner({ stateFolder: join(folder, `state${round}`), logFolder: join(folder, 'logs') })
    const command = { command: ['true'] }
    const fan = await timed(() => runAll(runner, Array.from({ length: steps }, (_, index) => request(`fan-${index}`, command)), steps))
    const chain = await timed(() => runAll(runner, Array.from({ length: sequentialSteps }, (_, index) => request(`chain-${index}`, command)), 1))
    const chainFloor = xargsMs(sequentialSteps, 1)
    const outputs = { parameters: [{ name: 'out', valueFrom: { path: '/tmp/out' } }] }
    const shell = { command: ['sh', '-c', 'echo hello >/tmp/out'] }
    const views = await timed(() => runAll(runner, Array.from({ length: viewSteps }, (_, index) => request(`view-${index}`, shell, outputs)), 1))
    await runner.close()
    console.log(
      `fan-out ${steps}: ${fan.ms.toFixed(0)} ms, xargs ${floor.toFixed(0)} ms, ratio ${(fan.ms / floor).toFixed(2)} | ` +
        `chain: +${((chain.ms - chainFloor) / sequentialSteps).toFixed(2)} ms a step (xargs -P1 ${(chainFloor / sequentialSteps).toFixed(2)}) | ` +
        `private view: ${(views.ms / viewSteps).toFixed(1)} ms a step | ${digest([...fan.facts, ...chain.facts, ...views.facts])}`,
    )
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
