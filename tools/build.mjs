// Bundles the command-line program into apps/tiphys/dist: one split ES module bundle, so that a command loads only what it uses.
import { build } from 'esbuild'
import { existsSync, renameSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const entry = `${root}apps/tiphys/main.ts`
const dist = `${root}apps/tiphys/dist`
// A failed build leaves the last good one in place.
const fresh = `${root}apps/tiphys/dist-${process.pid}`

if (existsSync(entry)) {
  try {
    await build({
      absWorkingDir: root,
      entryPoints: { main: entry },
      outdir: fresh,
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      minifySyntax: true,
      minifyWhitespace: true,
      sourcemap: 'linked',
      external: ['libsql'],
      banner: { js: "import { createRequire as tiphysRequire } from 'node:module';const require = tiphysRequire(import.meta.url);" },
      logLevel: 'warning',
    })
    rmSync(dist, { recursive: true, force: true })
    renameSync(fresh, dist)
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
}
