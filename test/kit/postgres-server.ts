// Owns a PostgreSQL server for tests: the one at TIPHYS_POSTGRES_URL, or one of our own that lives as long as the tests, in a folder that goes with it.
import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface PostgresServer {
  readonly url: string
  /** Ends it as a loss of power would, and starts it again. Undefined for a server that is not ours. */
  readonly crash: (() => Promise<void>) | undefined
  close(): Promise<void>
}

export interface ServerNeeds {
  /** Whether it has to survive a crash: then it lies on a disk and waits for it. */
  readonly isDurable: boolean
}

const INSTALLED = '/usr/lib/postgresql'

/** Why there is none, or the server. */
export async function startPostgres({ isDurable }: ServerNeeds): Promise<PostgresServer | string> {
  const given = process.env['TIPHYS_POSTGRES_URL'] ?? ''
  if (given !== '') return { url: given, crash: undefined, close: async () => undefined }
  const programs = programsFolder()
  if (programs === undefined) return 'PostgreSQL is not installed here, and TIPHYS_POSTGRES_URL is not set'
  const user = process.getuid?.() === 0 ? plainUser() : undefined
  if (process.getuid?.() === 0 && user === undefined) return 'PostgreSQL does not run as root, and there is no other user'
  const root = mkdtempSync(join(!isDurable && existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'tiphys-pg-'))
  if (user !== undefined) chownSync(root, user.uid, user.gid)
  const cluster: Cluster = { programs, root, user, isDurable }
  const made = spawnSync(join(programs, 'initdb'), ['-D', join(root, 'data'), '-A', 'trust', '-U', 'tiphys', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync'], { ...user, cwd: root, encoding: 'utf8' })
  if (made.status !== 0) {
    rmSync(root, { recursive: true, force: true })
    return `initdb failed: ${made.stderr}`
  }
  let running = await start(cluster)
  return {
    url: `postgresql://tiphys@localhost/postgres?host=${encodeURIComponent(root)}`,
    crash: async () => {
      await end(running, 'SIGQUIT')
      running = await start(cluster)
    },
    close: async () => {
      await end(running, 'SIGQUIT')
      rmSync(root, { recursive: true, force: true })
    },
  }
}

/** A name for a schema that nobody has. */
export function newSchema(): string {
  return `t${Date.now().toString(36)}${Math.random().toString(36).slice(2, 10)}`
}

/** A server of our own goes with everything in it; in another's nothing must stay behind. */
export function dropSchema(server: PostgresServer, schema: string): void {
  if (server.crash === undefined) runSql(server, `SET client_min_messages = error; DROP SCHEMA IF EXISTS "${schema}" CASCADE`)
}

/** Behind the back of whoever has the database open. */
export function runSql({ url }: PostgresServer, sql: string): void {
  execFileSync('psql', [url, '-q', '-v', 'ON_ERROR_STOP=1', '-c', sql])
}

interface User {
  readonly uid: number
  readonly gid: number
}

interface Cluster {
  readonly programs: string
  readonly root: string
  readonly user: User | undefined
  readonly isDurable: boolean
}

/** Debian keeps the server's programs out of the path, a folder for each version. */
function programsFolder(): string | undefined {
  const versions = existsSync(INSTALLED) ? readdirSync(INSTALLED).sort((a, b) => Number(b) - Number(a)) : []
  const folders = [...versions.map((version) => join(INSTALLED, version, 'bin')), ...(process.env['PATH'] ?? '').split(':')]
  return folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')))
}

function plainUser(): User | undefined {
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = ['-u', '-g'].map((flag) => Number(spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout.trim() || Number.NaN))
    if (uid !== undefined && gid !== undefined && uid > 0 && gid > 0) return { uid, gid }
  }
  return undefined
}

async function start({ programs, root, user, isDurable }: Cluster): Promise<ChildProcess> {
  const settings = ['listen_addresses=', `unix_socket_directories=${root}`, `fsync=${isDurable ? 'on' : 'off'}`, 'max_connections=300', 'shared_buffers=32MB', 'logging_collector=off', 'autovacuum=off', 'jit=off', 'wal_level=minimal', 'max_wal_senders=0', `full_page_writes=${isDurable ? 'on' : 'off'}`]
  const child = spawn(join(programs, 'postgres'), ['-D', join(root, 'data'), ...settings.flatMap((setting) => ['-c', setting])], { ...user, cwd: root, stdio: 'ignore' })
  const until = Date.now() + 30_000
  while (!(await answers(join(root, '.s.PGSQL.5432')))) {
    if (child.exitCode !== null || Date.now() > until) throw new Error('the PostgreSQL server of the tests did not start')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return child
}

function answers(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = createConnection(socket)
    connection.once('connect', () => {
      connection.destroy()
      resolve(true)
    })
    connection.once('error', () => resolve(false))
  })
}

/** `SIGQUIT` ends the server at once: it writes nothing more and repairs itself at the next start. */
async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill(signal)
  await ended
}
