// Starts the bundle. Compiling it takes longer than all else that a short run does, so what was compiled is kept in the user's cache folder.
'use strict'
const { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } = require('node:fs')
const { createRequire } = require('node:module')
const { homedir } = require('node:os')
const { dirname, join } = require('node:path')
const { Script } = require('node:vm')

const file = join(__dirname, 'tiphys.js')
const folder = join(process.env.XDG_CACHE_HOME || join(home(), '.cache'), 'tiphys')
// Commands that carry a workflow out use most of the program, others little of it: neither should load what only the other needs.
const use = ['run', 'retry', 'resubmit', 'server'].includes(process.argv[2]) ? 'carry' : 'look'
const cache = join(folder, `BUNDLE_HASH-${process.version}-${process.arch}-${use}.code`)

// Flags of the engine are part of what compiled code depends on: under a profiler or debugger it is neither used nor replaced.
const isPlain = process.execArgv.length === 0 && !process.env.NODE_OPTIONS
const cachedData = isPlain ? read(cache) : undefined
const script = new Script(`(function(exports,require,module,__filename,__dirname){${readFileSync(file, 'latin1')}\n})`, { filename: file, cachedData })
// Written at the end, when it is known which functions such a run uses.
if (isPlain && (cachedData === undefined || script.cachedDataRejected)) process.once('exit', keep)
const bundle = { exports: {} }
script.runInThisContext()(bundle.exports, createRequire(file), bundle, file, dirname(file))

/** Nothing from a folder into which anybody else could have put it: compiled code is run as it is. */
/** A user without an entry in the system's list, as containers have them, has no home either. */
function home() {
  try {
    return homedir()
  } catch {
    return '/nonexistent'
  }
}

function read(path) {
  try {
    const { uid, mode } = statSync(folder)
    return uid === process.getuid?.() && (mode & 0o022) === 0 ? readFileSync(path) : undefined
  } catch {
    return undefined
  }
}

/** A program that cannot keep it starts more slowly, and that is all. */
function keep() {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    for (const name of readdirSync(folder)) if (name.endsWith('.code') && !name.startsWith('BUNDLE_HASH')) rmSync(join(folder, name), { force: true })
    const fresh = `${cache}.${process.pid}`
    writeFileSync(fresh, script.createCachedData(), { mode: 0o600 })
    renameSync(fresh, cache)
  } catch {
    return
  }
}
