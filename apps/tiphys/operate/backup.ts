// Owns copies of a data directory: making one while others work on it, and putting one back.
import { chmodSync, constants, createWriteStream, existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { Allowance, extractTar, packed } from '@tiphys/shell/adapters/artifacts'
import { openDatabase } from '@tiphys/shell/adapters/sqlite'
import type { Db } from '@tiphys/shell/ports'
import type { DataFolders } from '../local/home.ts'

/** The form of backups; later ones are refused by earlier programs. */
const FORMAT = 1
const ROOT = 'tiphys-backup'
const STATE = 'state.db'
/** What lets clients and tokens of before go on. */
const SERVER_FILES = ['token', 'signing-key', 'tls']
export const BULKY = ['artifacts', 'logs'] as const
export type Bulky = (typeof BULKY)[number]

export interface BackupFacts {
  readonly format: number
  readonly version: string
  /** RFC 3339. */
  readonly createdAt: string
  readonly holds: readonly string[]
}

export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly message: string }

export interface BackupRequest {
  readonly folders: DataFolders
  readonly file: string
  readonly bulky: readonly Bulky[]
  readonly facts: Pick<BackupFacts, 'version' | 'createdAt'>
}

/** The state is that of one moment; artifacts and logs are what they are while they are copied. */
export async function backUp({ folders, file, bulky, facts }: BackupRequest): Promise<Outcome<{ readonly bytes: number }>> {
  if (!existsSync(join(folders.root, STATE))) return { ok: false, message: `there is nothing to back up in ${folders.root}` }
  const target = resolve(file)
  const stage = await mkdtemp(join(folders.root, '.backup-'))
  const fresh = `${target}.${process.pid}.part`
  try {
    await fill(join(stage, ROOT), { folders, bulky, facts })
    await mkdir(dirname(target), { recursive: true })
    // Tokens and secrets are in it.
    await pipeline(packed(join(stage, ROOT), { kind: 'tar', level: 6 }, ROOT), createWriteStream(fresh, { mode: 0o600 }))
    await rename(fresh, target)
    return { ok: true, value: { bytes: (await stat(target)).size } }
  } catch (error) {
    await rm(fresh, { force: true })
    return { ok: false, message: `the backup could not be made: ${textOf(error)}` }
  } finally {
    await rm(stage, { recursive: true, force: true })
  }
}

async function fill(folder: string, { folders, bulky, facts }: Omit<BackupRequest, 'file'>): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  copyDatabase(join(folders.root, STATE), join(folder, STATE))
  const holds: string[] = [STATE]
  for (const name of SERVER_FILES) if (await copied(join(folders.root, 'server', name), join(folder, 'server', name))) holds.push(`server/${name}`)
  for (const name of bulky) if (await copied(folders[name], join(folder, name))) holds.push(name)
  await writeFile(join(folder, 'backup.json'), JSON.stringify({ format: FORMAT, ...facts, holds } satisfies BackupFacts))
}

/** One moment of the database, whoever writes meanwhile. */
function copyDatabase(from: string, to: string): void {
  withDatabase(from, (db) => db.exec(`VACUUM INTO '${to.replaceAll("'", "''")}'`))
  chmodSync(to, 0o600)
}

function withDatabase<T>(path: string, work: (db: Db) => T): T {
  const db = openDatabase(path)
  try {
    return work(db)
  } finally {
    db.close()
  }
}

/** Shares the blocks where the file system can; a file that goes away meanwhile is no trouble. */
async function copied(from: string, to: string): Promise<boolean> {
  if (!existsSync(from)) return false
  try {
    await cp(from, to, { recursive: true, mode: constants.COPYFILE_FICLONE, verbatimSymlinks: true })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  return true
}

export interface RestoreRequest {
  readonly folders: DataFolders
  readonly file: string
  /** Whether what is there may be set aside. */
  readonly replace: boolean
}

export interface Restored {
  readonly facts: BackupFacts
  /** Where what was there before lies now. */
  readonly aside: string | undefined
}

/** Puts a copy back as a whole, or changes nothing. Nobody may work on the directory meanwhile: the caller has seen to that. */
export async function restore({ folders, file, replace }: RestoreRequest): Promise<Outcome<Restored>> {
  const { root } = folders
  if (existsSync(join(root, STATE)) && !replace) return { ok: false, message: `${root} is in use already: choose another directory, or set what is there aside with --replace` }
  await mkdir(root, { recursive: true, mode: 0o700 })
  const stage = await mkdtemp(join(root, '.restore-'))
  try {
    await extractTar(resolve(file), stage, new Allowance(undefined))
    const facts = await examined(join(stage, ROOT))
    if (!facts.ok) return facts
    return { ok: true, value: { facts: facts.value, aside: await swap(root, join(stage, ROOT), facts.value) } }
  } catch (error) {
    return { ok: false, message: `${file} could not be restored: ${textOf(error)}` }
  } finally {
    await rm(stage, { recursive: true, force: true })
  }
}

async function examined(folder: string): Promise<Outcome<BackupFacts>> {
  const path = join(folder, 'backup.json')
  if (!existsSync(path)) return { ok: false, message: 'the file is no backup of a data directory' }
  const facts = JSON.parse(await readFile(path, 'utf8')) as BackupFacts
  if (facts.format > FORMAT) return { ok: false, message: `the backup was made by version ${facts.version}, which this program does not understand: use that version or a later one` }
  const problem = databaseProblem(join(folder, STATE))
  return problem === undefined ? { ok: true, value: facts } : { ok: false, message: `the database in the backup is damaged: ${problem}` }
}

/** What the database says of itself that is wrong. Throws when it cannot be opened. */
export function databaseProblem(path: string): string | undefined {
  const first = withDatabase(path, (db) => db.prepare('PRAGMA integrity_check(3)').all().map((row) => String(Object.values(row)[0])))
  return first.length === 1 && first[0] === 'ok' ? undefined : first.join('; ')
}

/** Of a database that is there. */
export function schemaVersionOf(path: string): number {
  return withDatabase(path, (db) => Number(Object.values(db.prepare('PRAGMA user_version').get() ?? {})[0] ?? 0))
}

/** What is there steps aside first, so that nothing is lost when the rest fails. */
async function swap(root: string, folder: string, { holds, createdAt }: BackupFacts): Promise<string | undefined> {
  const names = [...new Set(holds.map((name) => name.split('/')[0] ?? name))]
  const before = [...names, `${STATE}-wal`, `${STATE}-shm`].filter((name) => existsSync(join(root, name)))
  const aside = before.length === 0 ? undefined : await mkdtemp(join(root, `before-restore-of-${createdAt.slice(0, 10)}-`))
  if (aside !== undefined) for (const name of before) await rename(join(root, name), join(aside, name))
  for (const name of names) await rename(join(folder, name), join(root, name))
  return aside
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
