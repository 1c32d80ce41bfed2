// Owns what the doctor looks at: each finding says how it stands and, where something is wrong, the way to mend it.
import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, mkdtempSync, rmdirSync, rmSync, statSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { privateViewsIn } from '@tiphys/shell/adapters/process'
import { engines, schemaVersion } from '@tiphys/shell/adapters/sqlite'
import { type DataFolders, makeRoot } from '../local/home.ts'
import { serverPlace, readAccess } from '../server/place.ts'
import { databaseProblem, schemaVersionOf } from './backup.ts'

export interface Finding {
  readonly name: string
  /** `warn`: some things will not work. `fail`: nothing will. */
  readonly level: 'ok' | 'warn' | 'fail'
  readonly message: string
  /** What helps. */
  readonly mend?: string
}

const NODE_MAJOR_MIN = 20
const SPACE_LOW = 1024 ** 3
const SPACE_FAIL = 100 * 1024 ** 2
const PORTS = [{ name: 'port of the Argo REST API', port: 2746, flag: '--port' }, { name: 'port of the Kubernetes API', port: 2747, flag: '--kube-port' }] as const

/** Everything in the order in which it should be mended. */
export async function examine(folders: DataFolders): Promise<readonly Finding[]> {
  return [nodeVersion(), database(), folder(folders), await space(folders), state(folders), views(), containers(), git(), ...(await ports(folders))]
}

function nodeVersion(): Finding {
  const major = Number(process.versions.node.split('.')[0])
  const finding = { name: 'Node.js', message: process.version }
  return major >= NODE_MAJOR_MIN ? { ...finding, level: 'ok' } : { ...finding, level: 'fail', mend: `install Node.js ${NODE_MAJOR_MIN} or later` }
}

function database(): Finding {
  const found = engines()
  return { name: 'database engine', level: 'ok', message: found.join(', ') }
}

function folder(folders: DataFolders): Finding {
  const { root } = folders
  const name = 'data directory'
  try {
    const made = makeRoot(folders)
    accessSync(root, constants.R_OK | constants.W_OK | constants.X_OK)
    // Looking leaves nothing behind.
    for (const path of made.toReversed()) rmdirSync(path)
    if (made.length > 0) return { name, level: 'ok', message: `${root} is made when it is needed` }
  } catch (error) {
    return { name, level: 'fail', message: error instanceof Error ? error.message : String(error), mend: 'choose a folder that you may write to with --data-dir or TIPHYS_DATA_DIR' }
  }
  const open = (statSync(root).mode & 0o077) !== 0
  return open ? { name, level: 'warn', message: `${root} can be read by others`, mend: `chmod 700 ${root}` } : { name, level: 'ok', message: root }
}

async function space({ root }: DataFolders): Promise<Finding> {
  const name = 'disk space'
  const { bavail, bsize } = await statfs(nearest(root))
  const free = bavail * bsize
  const message = `${(free / 1024 ** 3).toFixed(1)} GiB free`
  if (free >= SPACE_LOW) return { name, level: 'ok', message }
  return { name, level: free < SPACE_FAIL ? 'fail' : 'warn', message, mend: 'delete old workflows with tiphys delete --older 30d, or choose another disk with --data-dir' }
}

/** The folder itself, or the closest one above it that is there. */
function nearest(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearest(dirname(path))
}

function state({ root }: DataFolders): Finding {
  const name = 'database'
  const path = join(root, 'state.db')
  if (!existsSync(path)) return { name, level: 'ok', message: 'there is none yet' }
  const bytes = [path, `${path}-wal`].reduce((sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0), 0)
  const size = `${(bytes / 1024 ** 2).toFixed(1)} MiB`
  try {
    const version = schemaVersionOf(path)
    if (version > schemaVersion) return { name, level: 'fail', message: `it was written by a newer version: its schema is ${version}, this program knows up to ${schemaVersion}`, mend: 'use the newer program, or another data directory' }
    const problem = databaseProblem(path)
    if (problem === undefined) return { name, level: 'ok', message: `${size}, sound` }
    return { name, level: 'fail', message: `${size}, damaged: ${problem}`, mend: 'put a backup back: tiphys restore FILE --replace' }
  } catch (error) {
    return { name, level: 'fail', message: error instanceof Error ? error.message : String(error), mend: 'end what works on it, or put a backup back: tiphys restore FILE --replace' }
  }
}

/** Steps that declare paths need files of their own under those paths. */
function views(): Finding {
  const name = 'private views of steps'
  const trial = mkdtempSync(join(tmpdir(), 'tiphys-doctor-'))
  try {
    const found = privateViewsIn(trial)
    if ('kind' in found) return { name, level: 'ok', message: found.kind }
    return { name, level: 'warn', message: found.problem, mend: 'install bubblewrap, or allow user namespaces (sysctl kernel.unprivileged_userns_clone=1); steps without artifacts, outputs and volumes run without' }
  } finally {
    rmSync(trial, { recursive: true, force: true })
  }
}

function containers(): Finding {
  const found = ['podman', 'docker'].flatMap((tool) => {
    const version = versionOf(tool)
    return version === undefined ? [] : [version]
  })
  const name = 'container engine'
  return found.length > 0 ? { name, level: 'ok', message: found.join(', ') } : { name, level: 'ok', message: 'none: steps run as processes of this machine, with the programs that are installed here' }
}

function git(): Finding {
  const version = versionOf('git')
  if (version !== undefined) return { name: 'git', level: 'ok', message: version }
  return { name: 'git', level: 'warn', message: 'not found', mend: 'install git, which git artifacts need' }
}

function versionOf(tool: string): string | undefined {
  const run = spawnSync(tool, ['--version'], { encoding: 'utf8', timeout: 5000 })
  return run.status === 0 ? (run.stdout.split('\n')[0]?.trim() ?? tool) : undefined
}

async function ports(folders: DataFolders): Promise<readonly Finding[]> {
  const own = readAccess(serverPlace(folders))?.address
  const ownPorts = new Set([own?.kube, own?.rest].flatMap((url) => (url === undefined ? [] : [Number(new URL(url).port)])))
  return Promise.all(PORTS.map(async ({ name, port, flag }): Promise<Finding> => {
    if (await isFree(port)) return { name, level: 'ok', message: `${port} is free` }
    if (ownPorts.has(port)) return { name, level: 'ok', message: `${port} is that of the server of this data directory` }
    return { name, level: 'warn', message: `${port} is taken by another program`, mend: `start the server with ${flag} 0, or another number` }
  }))
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => void server.close(() => resolve(true)))
  })
}
