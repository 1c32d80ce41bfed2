// Where this machine keeps runs: one data directory, chosen by flag, environment or the home directory.
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

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

function home(): string {
  try {
    return homedir()
  } catch {
    throw new Error('this user has no home directory: say where runs are kept with --data-dir or TIPHYS_DATA_DIR')
  }
}
