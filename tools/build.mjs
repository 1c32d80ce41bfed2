// Bundles the command-line program into apps/tiphys/dist: one file, and a small start that keeps its compiled code from one start to the next.
// Beside it lies the library for tests, with its types.
import { build } from 'esbuild'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const root = fileURLToPath(new URL('..', import.meta.url))
const entry = `${root}apps/tiphys/main.ts`
const dist = `${root}apps/tiphys/dist`
// A failed build leaves the last good one in place.
const fresh = `${root}apps/tiphys/dist-${process.pid}`

if (existsSync(entry)) {
  try {
    await bundle()
    writeStart()
    writeTypes()
    rmSync(dist, { recursive: true, force: true })
    renameSync(fresh, dist)
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
}

async function bundle() {
  await build({
    absWorkingDir: root,
    entryPoints: { tiphys: entry, 'library/index': `${root}apps/tiphys/library/index.ts` },
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

/** Declarations of single files: what the library hands out stands in three that need no others. */
function writeTypes() {
  const sources = { index: 'apps/tiphys/library/index.ts', types: 'apps/tiphys/library/types.ts', stubs: 'core/simulate/stubs.ts' }
  for (const [name, path] of Object.entries(sources)) {
    const { outputText } = ts.transpileDeclaration(readFileSync(root + path, 'utf8'), { fileName: `${name}.ts`, compilerOptions: { isolatedDeclarations: true, strict: true } })
    writeFileSync(`${fresh}/library/${name}.d.ts`, outputText.replaceAll("'./types.ts'", "'./types.js'").replaceAll("'@tiphys/core/simulate'", "'./stubs.js'"))
  }
}
