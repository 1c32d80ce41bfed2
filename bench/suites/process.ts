// Measures the program as users start it: cold start, a wide fan-out and a long chain of real processes, each beside what the host can do alone.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Row, type Suite, median } from './row.ts'

const PROGRAM = fileURLToPath(new URL('../../apps/tiphys/bin/tiphys.js', import.meta.url))
const HELLO = fileURLToPath(new URL('../../examples/hello-world.yaml', import.meta.url))

// Extra certificates slow every start of Node.js down and have nothing to do with us.
const environment = { ...process.env, NODE_EXTRA_CA_CERTS: undefined }

function elapsed(command: string, args: readonly string[]): number {
  const from = performance.now()
  const result = spawnSync(command, args, { env: environment, stdio: 'ignore' })
  if (result.status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${String(result.status)}`)
  return performance.now() - from
}

const times = (rounds: number, work: () => number): number => median(Array.from({ length: rounds }, work))

const run = (file: string, folder: string): number => elapsed(process.execPath, [PROGRAM, 'run', file, '--data-dir', join(folder, 'data'), '-o', 'name'])

/** A workflow of `true`, all at once or one after the other. */
function manifest(folder: string, shape: 'fan' | 'chain', size: number): string {
  const file = join(folder, `${shape}-${size}.json`)
  const step = (name: string, more: object): object => ({ name, template: 't', ...more })
  const steps = shape === 'fan' ? [[step('s', { withSequence: { count: String(size) } })]] : Array.from({ length: size }, (_, i) => [step(`s${i}`, {})])
  writeFileSync(file, JSON.stringify({
    apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', metadata: { generateName: `${shape}-` },
    spec: { entrypoint: 'main', templates: [{ name: 'main', steps }, { name: 't', container: { image: 'busybox', command: ['/bin/true'] } }] },
  }))
  return file
}

function xargs(folder: string, size: number): number {
  const list = join(folder, 'list')
  writeFileSync(list, Array.from({ length: size }, (_, i) => `${i}\n`).join(''))
  return elapsed('xargs', ['-P', String(availableParallelism()), '-n1', '-a', list, '/bin/true'])
}

/** Forks of the host alone, one after the other. */
function forks(count: number): number {
  const from = performance.now()
  for (let i = 0; i < count; i++) execFileSync('/bin/true')
  return performance.now() - from
}

export const processSuite: Suite = {
  name: 'process',
  async run(size) {
    const folder = mkdtempSync(join(tmpdir(), 'tiphys-bench-'))
    const [wide, long, rounds] = size === 'full' ? [1000, 100, 5] : [50, 10, 1]
    try {
      run(HELLO, folder)
      const node = times(rounds, () => elapsed(process.execPath, ['-e', '0']))
      const hello = times(rounds, () => run(HELLO, folder))
      const fan = times(rounds, () => run(manifest(folder, 'fan', wide), folder)) - hello
      const chain = times(rounds, () => run(manifest(folder, 'chain', long), folder)) - hello
      const rows: Row[] = [
        { name: 'cold start: run hello-world, exit included', value: hello, unit: 'ms', floor: { what: 'node -e 0', value: node }, gate: { max: 250, of: 'value' } },
        { name: `fan-out of ${wide} processes`, value: fan, unit: 'ms', floor: { what: 'xargs -P', value: times(rounds, () => xargs(folder, wide)) }, gate: { max: 1.5, of: 'ratio' } },
        { name: `chain of ${long} processes: per step`, value: chain / long, unit: 'ms', floor: { what: 'fork and exec', value: forks(long) / long } },
      ]
      return rows
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}
