// Measures what the process runner adds to running programs, against xargs on the same machine in the same run.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createProcessRunner } from '@tiphys/shell/adapters/process'
import type { PodFact, PodRequest, PodRunner } from '@tiphys/shell/ports'

const steps = Number(process.argv[2] ?? 1000)
const rounds = Number(process.argv[3] ?? 5)
const sequentialSteps = 100
const viewSteps = 30

interface Round {
  readonly fanMs: number
  readonly fanFloorMs: number
  readonly fanCpuMs: number
  readonly chainMs: number
  readonly chainFloorMs: number
  readonly viewMs: number
  readonly viewFloorMs: number
  readonly digest: string
}

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

async function timed<T>(work: () => Promise<T>): Promise<{ ms: number; cpuMs: number; value: T }> {
  const cpu = process.cpuUsage()
  const from = performance.now()
  const value = await work()
  const { user, system } = process.cpuUsage(cpu)
  return { ms: performance.now() - from, cpuMs: (user + system) / 1000, value }
}

function xargsMs(count: number, width: number, argv: readonly string[] = ['/bin/true']): number {
  const list = join(folder, 'list')
  writeFileSync(list, Array.from({ length: count }, (_, index) => `${index}\n`).join(''))
  const from = performance.now()
  execFileSync('xargs', ['-P', String(width), '-n1', '-a', list, ...argv])
  return performance.now() - from
}

/** Proves that the work was done: the same on every run. */
function digest(facts: readonly PodFact[]): string {
  const lines = facts.map(({ podName, phase, containers, outputs }) => `${podName} ${phase} ${containers.map(({ exitCode }) => exitCode).join()} ${JSON.stringify(outputs)}`).sort()
  return createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 12)
}

async function measure(name: string): Promise<Round> {
  const width = availableParallelism()
  const fanFloorMs = Math.min(xargsMs(steps, width), xargsMs(steps, width * 4))
  const { runner } = createProcessRunner({ stateFolder: join(folder, name), logFolder: join(folder, 'logs') })
  const make = (prefix: string, count: number, container: object, outputs?: object): PodRequest[] => Array.from({ length: count }, (_, index) => request(`${prefix}-${index}`, container, outputs))
  const fan = await timed(() => runAll(runner, make('fan', steps, { command: ['true'] }), steps))
  const chainFloorMs = xargsMs(sequentialSteps, 1) / sequentialSteps
  const chain = await timed(() => runAll(runner, make('chain', sequentialSteps, { command: ['true'] }), 1))
  const source = 'echo hello >/tmp/out'
  const viewFloorMs = xargsMs(viewSteps, 1, ['unshare', '-m', 'sh', '-c', 'true']) / viewSteps
  const outputs = { parameters: [{ name: 'out', valueFrom: { path: '/tmp/out' } }] }
  const view = await timed(() => runAll(runner, make('view', viewSteps, { command: ['sh', '-c', source] }, outputs), 1))
  await runner.close()
  return {
    fanMs: fan.ms, fanFloorMs, fanCpuMs: fan.cpuMs, chainMs: chain.ms / sequentialSteps, chainFloorMs, viewMs: view.ms / viewSteps, viewFloorMs,
    digest: digest([...fan.value, ...chain.value, ...view.value]),
  }
}

const folder = mkdtempSync(join(tmpdir(), 'tiphys-bench-'))
try {
  const all: Round[] = []
  for (let round = 0; round < rounds; round++) all.push(await measure(`state${round}`))
  const best = (pick: (round: Round) => number): number => Math.min(...all.map(pick))
  const ratios = all.map(({ fanMs, fanFloorMs }) => (fanMs / fanFloorMs).toFixed(2))
  console.log(`fan-out of ${steps}: ${best((round) => round.fanMs).toFixed(0)} ms, xargs ${best((round) => round.fanFloorMs).toFixed(0)} ms, ratio ${(best((round) => round.fanMs) / best((round) => round.fanFloorMs)).toFixed(2)} (each round: ${ratios.join(' ')})`)
  console.log(`own processor time: first round ${((all[0]?.fanCpuMs ?? 0) / steps).toFixed(3)} ms a step, best ${(best((round) => round.fanCpuMs) / steps).toFixed(3)} ms`)
  console.log(`one after another: ${best((round) => round.chainMs).toFixed(2)} ms a step, xargs ${best((round) => round.chainFloorMs).toFixed(2)} ms`)
  console.log(`private view: ${best((round) => round.viewMs).toFixed(1)} ms a step, unshare and sh alone ${best((round) => round.viewFloorMs).toFixed(1)} ms`)
  console.log(`result ${[...new Set(all.map((round) => round.digest))].join(' ')}`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
