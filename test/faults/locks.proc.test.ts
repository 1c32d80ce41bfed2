// Kills the program while a workflow has a lock that another one waits for: the lock is neither lost nor stuck.
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, vi } from 'vitest'
import { Program, type Started, isBuilt } from './program.ts'

const patience = { timeout: 30_000, interval: 50 }
const testMsMax = 120_000

/** Writes a line when it has the lock, and goes on when a file is there. */
function manifest(folder: string, name: string): string {
  const path = join(folder, `${name}.yaml`)
  const script = `echo ${name} in >> ${folder}/story; while [ ! -e ${folder}/go-${name} ]; do sleep 0.05; done; echo ${name} out >> ${folder}/story`
  writeFileSync(path, JSON.stringify({
    apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', metadata: { name },
    spec: { entrypoint: 'main', templates: [{ name: 'main', synchronization: { mutexes: [{ name: 'door' }] }, container: { image: 'busybox', command: ['sh', '-c', script] } }] },
  }))
  return path
}

/** Ends the program and all that it started, and nothing else on its data directory. */
async function killWithSteps(program: Program, started: Started): Promise<void> {
  const family = descendantsOf(started.pid)
  await program.kill(started)
  for (const pid of family) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It went with its parent.
    }
  }
}

function descendantsOf(root: number): readonly number[] {
  const parents = new Map(readdirSync('/proc').map(Number).filter(Number.isInteger).map((pid) => [pid, parentOf(pid)]))
  const family = [root]
  for (const pid of family) for (const [child, parent] of parents) if (parent === pid) family.push(child)
  return family.slice(1)
}

function parentOf(pid: number): number {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1])
  } catch {
    return 0
  }
}

describe.skipIf(!isBuilt)('a lock whose holder is killed (needs the built program)', () => {
  const cases = [
    { title: 'SYNC-11 the step goes on and is found again', dies: 'program', by: 'resume', story: 'a in, a out, b in, b out' },
    { title: 'SYNC-11 the step dies too and runs anew', dies: 'machine', by: 'resume', story: 'a in, a in, a out, b in, b out' },
    { title: 'SYNC-11 the workflow is terminated instead', dies: 'program', by: 'terminate', story: 'a in, b in, b out' },
    { title: 'SYNC-11 the workflow is deleted instead', dies: 'machine', by: 'delete', story: 'a in, b in, b out' },
  ] as const
  for (const { title, dies, by, story } of cases) {
    it(title, { timeout: testMsMax }, async (context) => {
      const folder = mkdtempSync(join(tmpdir(), 'tiphys-lock-'))
      mkdirSync(join(folder, 'data'))
      const program = new Program(join(folder, 'data'))
      const told = (): string => readFileSync(join(folder, 'story'), 'utf8').trim().split('\n').join(', ')
      const has = (text: string): Promise<void> => vi.waitFor(() => context.expect(told()).toContain(text), patience)
      const waits = async (): Promise<void> => context.expect((await program.run(['get', 'b'])).stdout).toContain('Waiting for default/Mutex/door lock. Lock status: 0/1')
      const release = (name: string): void => writeFileSync(join(folder, `go-${name}`), '')
      try {
        const a = program.start(['run', manifest(folder, 'a')])
        await has('a in')
        const b = program.start(['run', manifest(folder, 'b')])
        await vi.waitFor(() => context.expect(b.said()).toContain('Waiting for default/Mutex/door lock'), patience)
        if (dies === 'program') await program.kill(a)
        else await killWithSteps(program, a)
        await waits()
        if (by === 'resume') {
          const again = program.start(['run', '--resume', 'a'])
          if (dies === 'machine') await has('a in, a in')
          await waits()
          release('a')
          context.expect((await again.exit).code).toBe(0)
        } else context.expect((await program.run([by, 'a', ...(by === 'delete' ? ['--force'] : [])])).code).toBe(0)
        await has('b in')
        release('b')
        context.expect((await b.exit).code).toBe(0)
        context.expect(told()).toBe(story)
      } finally {
        await program.close([folder])
        rmSync(folder, { recursive: true, force: true })
      }
    })
  }
})
