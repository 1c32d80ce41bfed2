// Splits the tests in two: pure ones share threads and one module graph, those that start processes get forks of their own.
import { defineConfig } from 'vitest/config'

const all = ['core', 'shell', 'apps', 'test', 'tools', 'bench'].map((folder) => `${folder}/**/*.test.ts`)
const startsProcesses = ['**/*.proc.test.ts', 'test/e2e/**/*.test.ts']
const never = ['**/node_modules/**', '**/dist/**']
const setupFiles = ['test/kit/seed.ts']
const report = process.env['TIPHYS_TEST_REPORT']

export default defineConfig({
  test: {
    // A machine that is busy or stalls may fail a test that waits for other programs: it has one more try, and the report says so beside its name.
    retry: 1,
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
    // How long a test may hang, on a machine that has much else to do; none should come near.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    projects: [
      { extends: true, test: { name: 'pure', include: all, exclude: [...never, ...startsProcesses], pool: 'threads', isolate: false, setupFiles } },
      { extends: true, test: { name: 'process', include: startsProcesses, exclude: never, pool: 'forks', isolate: true, setupFiles } },
    ],
  },
})
