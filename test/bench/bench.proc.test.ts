// Checks that every benchmark still runs and that its figures are numbers; how large they are is for `npm run bench` on a quiet machine.
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

it('runs every suite at its small size', () => {
  const text = execFileSync(process.execPath, ['--import', 'tsx', 'bench/suites/main.ts', '--small'], { cwd: root, encoding: 'utf8', timeout: 240_000 })
  const lines = text.trimEnd().split('\n')
  expect(lines.filter((line) => !line.startsWith(' '))).toEqual(['languages', 'engine', 'simulate', 'state', 'runtime', 'process', 'server'])
  const rows = lines.filter((line) => line.startsWith('  '))
  expect(rows.length).toBeGreaterThan(20)
  for (const row of rows) expect(row).toMatch(/\s\d[\d.e+]* (ns|us|ms|MiB|\/s|\/min)/)
}, 300_000)
