// Runs everything that `npm test` promises: tidy, types, build, unit. A failed part does not keep the later ones from telling what they know.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const tsc = 'node_modules/ts7/bin/tsc'
const parts = [
  ['tidy', ['--import', 'tsx', 'tools/tidy/main.ts']],
  // Core is checked alone first: its own configuration has no Node types, so that it cannot use them by accident.
  ['types of core', [tsc, '-p', 'core/tsconfig.json']],
  ['types', [tsc, '-p', 'tsconfig.json']],
  ['build', ['tools/build.mjs']],
  ['unit', ['node_modules/vitest/vitest.mjs', 'run', ...process.argv.slice(2)]],
]

const failed = []
for (const [name, args] of parts) {
  console.log(`\n-- ${name}`)
  const started = Date.now()
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' })
  console.log(`-- ${name}: ${status === 0 ? 'passed' : 'FAILED'} (${((Date.now() - started) / 1000).toFixed(1)} s)`)
  if (status !== 0) failed.push(name)
}
if (failed.length > 0) {
  console.log(`\nFAILED: ${failed.join(', ')}`)
  process.exitCode = 1
}
