// What becomes of runs when the world around them breaks: a disk without room, a record that cannot be read, a supervisor that dies, a clock that jumps.
import { spawnSync } from 'node:child_process'
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import type { Workflow } from '@tiphys/core/spec'
import { openState } from '@tiphys/shell/adapters/sqlite'
import { RealRuns } from '@tiphys/test/real'
import { chainOf } from './chain.ts'
import { Program, type Started, isBuilt, processesOf } from './program.ts'
import { SettableTime } from './settable-time.ts'
import { readTally } from './tally.ts'

const home = mkdtempSync(join(tmpdir(), 'tiphys-trouble-'))
const patienceMs = 20_000
afterAll(() => rmSync(home, { recursive: true, force: true }))

/** A folder with a data directory, a file of notes, and a manifest. */
function place(name: string, plan: { readonly steps: number; readonly pace: number; readonly retries?: number }): { program: Program; tally: string; manifest: string } {
  const folder = join(home, name)
  mkdirSync(join(folder, 'data'), { recursive: true })
  const tally = join(folder, 'steps')
  const manifest = join(folder, 'workflow.json')
  writeFileSync(manifest, JSON.stringify(chainOf({ name, tally, ...plan })))
  return { program: new Program(join(folder, 'data')), tally, manifest }
}

const startsIn = (tally: string): number => [...readTally(tally).values()].reduce((sum, { starts }) => sum + starts, 0)

async function until(what: string, holds: () => boolean): Promise<void> {
  const end = performance.now() + patienceMs
  while (!holds()) {
    if (performance.now() > end) throw new Error(`${what}: it did not come to that`)
    await sleep(20)
  }
}

const mayMount = process.getuid?.() === 0 && spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', '/mnt'], { stdio: 'ignore' }).status === 0

describe.skipIf(!isBuilt || !mayMount)('on a full disk (needs the built program, and root for a disk of its own)', () => {
  it('a run waits, says so, and goes on when there is room again', async () => {
    const { program, tally, manifest } = place('full', { steps: 8, pace: 0.15 })
    spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', program.dataFolder])
    try {
      const started = program.start(['run', manifest])
      await until('two steps have started', () => startsIn(tally) >= 2)
      fill(join(program.dataFolder, 'filler'))
      await until('the program says that it waits', () => /waiting for the storage/.test(started.said()))
      const before = startsIn(tally)
      await sleep(1000)
      expect(started.isOver(), started.said()).toBe(false)
      // At most what was written before the disk was full may still start.
      expect(startsIn(tally) - before).toBeLessThanOrEqual(1)
      rmSync(join(program.dataFolder, 'filler'))
      const exit = await started.exit
      expect(exit.code, exit.stdout + exit.stderr).toBe(0)
      expect([...readTally(tally).values()]).toEqual(Array.from({ length: 8 }, () => ({ starts: 1, ends: 1 })))
    } finally {
      await program.close([tally])
      spawnSync('umount', ['-l', program.dataFolder])
    }
  })

  function fill(path: string): void {
    const file = openSync(path, 'w')
    const block = Buffer.alloc(4096)
    try {
      for (;;) writeSync(file, block)
    } catch {
      closeSync(file)
    }
  }
})

describe.skipIf(!isBuilt)('a record that cannot be read (needs the built program)', () => {
  it('keeps its own run from being taken up, and no other', async () => {
    const { program, tally, manifest } = place('damaged', { steps: 6, pace: 0.15 })
    try {
      for (const name of ['first', 'second', 'third']) {
        const before = startsIn(tally)
        const started = program.start(['run', manifest, '--name', name])
        await until('it has begun', () => startsIn(tally) >= before + 2)
        await program.kill(started)
      }
      const state = openState(program.dataFolder, { owner: { id: 'vandal', info: '{}' }, now: () => Date.now() })
      state.db.exec("UPDATE run_log SET body = substr(body, 1, length(body) / 2) WHERE key = (SELECT min(key) FROM run_log WHERE key / 16777216 = (SELECT id FROM run WHERE name = 'second'))")
      state.close()
      const [first, second, third, list] = await Promise.all([...['first', 'second', 'third'].map((name) => program.run(['run', '--resume', name])), program.run(['list'])])
      expect([first?.code, third?.code], `${first?.stderr} ${third?.stderr}`).toEqual([0, 0])
      expect(second?.code).not.toBe(0)
      expect(second?.stderr).toMatch(/second|damaged|cannot be read|record/)
      for (const name of ['first', 'second', 'third']) expect(list?.stdout, list?.stderr).toContain(name)
    } finally {
      await program.close([tally])
    }
  })
})

describe.skipIf(!isBuilt)('a supervisor that is killed (needs the built program)', () => {
  it('fails the step that it ran, by its name, and no other', async () => {
    const { program, tally, manifest } = place('supervisor', { steps: 2, pace: 1 })
    try {
      const exit = await killSupervisor(program.start(['run', manifest, '-o', 'json']), { program, tally })
      const nodes = Object.values((JSON.parse(exit.stdout) as Workflow).status?.nodes ?? {}).filter(({ type }) => type === 'Pod')
      expect(nodes.map(({ displayName, phase, message }) => ({ displayName, phase, message }))).toEqual([
        { displayName: 'step-0', phase: 'Failed', message: expect.stringContaining('the process that supervised the container was killed') },
      ])
      expect(exit.code).toBe(1)
    } finally {
      await program.close([tally])
    }
  })

  it('costs a step that may be tried again one attempt', async () => {
    const { program, tally, manifest } = place('retried', { steps: 2, pace: 1, retries: 2 })
    try {
      const exit = await killSupervisor(program.start(['run', manifest, '-o', 'json']), { program, tally })
      expect(exit.code, exit.stderr).toBe(0)
      expect(startsIn(tally)).toBe(3)
    } finally {
      await program.close([tally])
    }
  })

  /** Kills the shell above the first step while it runs. */
  async function killSupervisor(started: Started, { program, tally }: { program: Program; tally: string }): Promise<Awaited<Started['exit']>> {
    await until('a step runs', () => startsIn(tally) === 1)
    const step = processesOf([tally]).map((pid) => ({ pid, parent: parentOf(pid) }))
    const top = step.find(({ parent }) => !step.some(({ pid }) => pid === parent) && parent !== started.pid)
    expect(processesOf([program.dataFolder])).toContain(top?.parent)
    process.kill(top?.parent ?? 0, 'SIGKILL')
    return started.exit
  }

  function parentOf(pid: number): number {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1])
  }
})

describe('a clock that jumps', () => {
  const workflow: Workflow = {
    apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', metadata: { generateName: 'clock-' },
    spec: {
      entrypoint: 'main',
      templates: [
        { name: 'main', steps: [[{ name: 'before', template: 'step' }], [{ name: 'pause', template: 'pause' }], [{ name: 'again', template: 'again' }], [{ name: 'after', template: 'step' }]] },
        { name: 'step', container: { name: '', image: 'busybox', command: ['sh', '-c', 'sleep 0.1'] } },
        { name: 'pause', suspend: { duration: '1s' } },
        { name: 'again', retryStrategy: { limit: '2', backoff: { duration: '300ms' } }, container: { name: '', image: 'busybox', command: ['sh', '-c', 'test {{retries}} = 1'] } },
      ],
    },
  }

  it.each([['forward', 3_600_000], ['back', -3_600_000]])('%s by an hour neither stops a run nor hurries it past its steps', async (_way, jumpMs) => {
    const runs = new RealRuns()
    try {
      const time = new SettableTime()
      setTimeout(() => time.set(jumpMs), 500)
      const { workflow: finished, ended } = await runs.run(workflow, { clock: time.clock, timeoutMs: patienceMs })
      const nodes = Object.values(finished.status?.nodes ?? {})
      expect(ended, JSON.stringify(nodes, undefined, 1)).toBe(true)
      expect(finished.status?.phase).toBe('Succeeded')
      for (const { name, startedAt = '', finishedAt = '' } of nodes) expect(finishedAt >= startedAt, `${name} ended at ${finishedAt} and began at ${startedAt}`).toBe(true)
    } finally {
      runs.close()
    }
  })
})
