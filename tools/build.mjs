// Bundles the command-line program into apps/tiphys/dist: one file, and a small start that keeps its compiled code from one start to the next.
import { build } from 'esbuild'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const entry = `${root}apps/tiphys/main.ts`
const dist = `${root}apps/tiphys/dist`
// A failed build leaves the last good one in place.
const fresh = `${root}apps/tiphys/dist-${process.pid}`

if (existsSync(entry)) {
  try {
    await bundle()
    writeStart()
    rmSync(dist, { recursive: true, force: true })
    renameSync(fresh, dist)
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
}

async function bundle() {
  await build({
    absWorkingDir: root,
    entryPoints: { tiphys: entry },
    outdir: fresh,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    // Plain ASCII, so that the source stays one byte a character in memory and is quick to read.
    charset: 'ascii',
    minifySyntax: true,
    minifyWhitespace: true,
    sourcemap: 'linked',
    external: ['libsql', 'pg'],
    // The starter compiles the bundle by itself, where nothing could be imported: what is loaded later is required.
    supported: { 'dynamic-import': false },
    define: { 'import.meta.url': 'tiphysUrl' },
    banner: { js: "var tiphysUrl=require('node:url').pathToFileURL(__filename).href;" },
    logLevel: 'warning',
  })
}

/** Compiled code is kept under the hash of the bundle: the engine itself would only compare lengths. */
function writeStart() {
  const hash = createHash('sha256').update(readFileSync(`${fresh}/tiphys.js`)).digest('hex').slice(0, 16)
  const start = readFileSync(`${root}tools/start.cjs`, 'utf8').replaceAll('BUNDLE_HASH', hash)
  writeFileSync(`${fresh}/main.js`, start)
  writeFileSync(`${fresh}/package.json`, '{ "type": "commonjs" }\n')
}
