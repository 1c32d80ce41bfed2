// Values reach programs exactly as they are, through a shell that reads commands as text.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, it } from 'vitest'
import { quote, words } from './shell-text.ts'
import { SupervisorPool } from './supervisor-pool.ts'
import type { JobEnd } from './supervisor.ts'

const folder = mkdtempSync(join(tmpdir(), 'tiphys-supervisor-'))
const pool = new SupervisorPool({
  shell: '/bin/sh', environment: { PATH: process.env['PATH'] }, statusFolder: join(folder, 'status'), instance: 'test', briskMax: 2,
  beforeFeed: () => undefined,
  afterJob: () => undefined,
})
afterAll(() => {
  pool.close()
  rmSync(folder, { recursive: true, force: true })
})

let count = 0
function run(command: string, where = folder): Promise<JobEnd> {
  const name = `r${count++}`
  return new Promise((resolve) => pool.submit({ run: name, assigned: () => ({ run: name, folder: where, command }), ended: resolve }))
}

it('any text without NUL is one word', async () => {
  const printable = fc.string({ unit: 'binary', maxLength: 40 }).map((text) => Buffer.from(text.replaceAll('\0', '')).toString())
  await fc.assert(
    fc.asyncProperty(fc.array(printable, { minLength: 1, maxLength: 5 }), fc.nat(), async (list, salt) => {
      const out = join(folder, `out${count}-${salt}`)
      const end = await run(`X=${quote(list.join('|'))} ${words(['/bin/sh', '-c', 'printf "%s\\0" "$X" "$@"', 'x', ...list])} >${quote(out)}`)
      expect(end).toEqual({ exitCode: 0 })
      expect(readFileSync(out, 'utf8').split('\0').slice(0, -1)).toEqual([list.join('|'), ...list])
    }),
    { numRuns: 60 },
  )
})

it('a word may be as long as the system lets it be', async () => {
  const out = join(folder, 'long')
  expect(await run(`${words(['/bin/sh', '-c', 'echo ${#1}', 'x', "'".repeat(100_000)])} >${quote(out)}`)).toEqual({ exitCode: 0 })
  expect(readFileSync(out, 'utf8')).toBe('100000\n')
})

it('exit codes come back, and a folder that is gone is told apart', async () => {
  expect(await run(words(['/bin/sh', '-c', 'exit 42']))).toEqual({ exitCode: 42 })
  expect(await run(words(['/bin/true']), join(folder, 'nowhere'))).toEqual({ trouble: 'folder_missing' })
})

it('jobs that nobody has yet can be taken back, others cannot', async () => {
  const ended: string[] = []
  const jobs = Array.from({ length: 6 }, (_, index) => ({
    run: `w${index}`,
    assigned: () => ({ run: `w${index}`, folder, command: words(['/bin/sleep', '0.2']) }),
    ended: () => void ended.push(`w${index}`),
  }))
  for (const job of jobs) pool.submit(job)
  const last = jobs[5]
  const first = jobs[0]
  if (last === undefined || first === undefined) throw new Error('there are six jobs')
  expect(pool.withdraw(last)).toBe(true)
  expect(pool.withdraw(first)).toBe(false)
  await run(words(['/bin/sleep', '0.6']))
  expect(ended.sort()).toEqual(['w0', 'w1', 'w2', 'w3', 'w4'])
})
