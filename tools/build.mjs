// Bundles the command-line program into apps/tiphys/dist: one split ES module bundle, so that a command loads only what it uses.
import { build } from 'esbuild'
import { existsSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const entry = `${root}apps/tiphys/main.ts`

if (existsSync(entry)) {
  rmSync(`${root}apps/tiphys/dist`, { recursive: true, force: true })
  await build({
    absWorkingDir: root,
    entryPoints: { main: entry },
    outdir: 'apps/tiphys/dist',
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
}
