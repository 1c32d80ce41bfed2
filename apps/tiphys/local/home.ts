// Where this machine keeps runs: one data directory, chosen by flag, environment or the home directory.
import { existsSync, mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

export interface DataFolders {
  readonly root: string
  readonly logs: string
  readonly artifacts: string
  readonly sockets: string
  /** Everything that belongs to one run alone. */
  runner(uid: string): string
}

/** `--data-dir`, else `TIPHYS_DATA_DIR`, else `~/.tiphys`. */
export function dataFolders(flag: string, env: Readonly<Record<string, string | undefined>>): DataFolders {
  const chosen = flag || env['TIPHYS_DATA_DIR'] || join(env['HOME'] || home(), '.tiphys')
  const root = resolve(chosen)
  return {
    root,
    logs: join(root, 'logs'),
    artifacts: join(root, 'artifacts'),
    sockets: join(root, 'sockets'),
    runner: (uid) => join(root, 'runs', uid),
  }
}

/** Makes the data directory, its user's alone, and tells the folders that were not there. One folder at a time: where none can be made, as in /proc, Node's own way tries for ever. */
export function makeRoot({ root }: DataFolders): readonly string[] {
  const missing: string[] = []
  for (let at = root; !existsSync(at); at = dirname(at)) missing.unshift(at)
  for (const folder of missing) {
    try {
      mkdirSync(folder, { mode: 0o700 })
    } catch (error) {
      // Another process may begin at the same time.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
  return missing
}

function home(): string {
  try {
    return homedir()
  } catch {
    throw new Error('this user has no home directory: say where runs are kept with --data-dir or TIPHYS_DATA_DIR')
  }
}
