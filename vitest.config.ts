import { defineConfig } from 'vitest/config'

// Pure tests share one module graph (fast); whatever starts processes gets its own file budget of time.
export default defineConfig({
  test: {
    include: ['core/**/*.test.ts', 'shell/**/*.test.ts', 'apps/**/*.test.ts', 'test/**/*.test.ts', 'tools/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    isolate: false,
    pool: 'threads',
    testTimeout: 60_000,
  },
})
