// Owns one process's hold on a data directory: its state, and the leases of the runs that it changes.
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { controlPath } from '@tiphys/shell/adapters/control'
import { openState, type State } from '@tiphys/shell/adapters/sqlite'
import { systemClock } from '@tiphys/shell/adapters/system'
import { type RunHolder, StorageError } from '@tiphys/shell/ports'
import { type DataFolders, makeRoot } from './home.ts'
import { isAlive, newOwner, ownInfo } from './owner.ts'

export { LOCAL_CONFIG, SIMULATED_CONFIG } from './engine-config.ts'

export interface LocalSession {
  readonly folders: DataFolders
  readonly state: State
  readonly owner: string
  /** Where to listen for requests of others; undefined for a process that carries out no run. */
  readonly socket: string | undefined
}

/** Opens the data directory, which is made if need be. Throws an error for people when it cannot be used. */
export function openSession(folders: DataFolders, use: 'carry' | 'look'): LocalSession {
  try {
    return open(folders, use)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const hint = error instanceof StorageError && error.hint !== undefined ? `: ${error.hint}` : ''
    throw new Error(`the data directory ${folders.root} cannot be used: ${reason}${hint}; choose another with --data-dir or TIPHYS_DATA_DIR`, { cause: error })
  }
}

function open(folders: DataFolders, use: 'carry' | 'look'): LocalSession {
  makeRoot(folders)
  const owner = newOwner()
  const socket = use === 'carry' ? controlPath(folders.sockets, owner) : undefined
  const state = openState(folders.root, { owner: { id: owner, info: JSON.stringify(ownInfo(socket)) }, now: () => systemClock.now() })
  return { folders, state, owner, socket }
}

/** Whether there is anything to look at; looking must not leave files behind. */
export function hasState(folders: DataFolders): boolean {
  return existsSync(join(folders.root, 'state.db'))
}

export type Claimed = { readonly ok: true } | { readonly ok: false; readonly message: string; readonly holder: RunHolder | undefined }

/** Takes the lease of a run that nobody has, or whose writer is dead. */
export async function claimRun(state: State, uid: string): Promise<Claimed> {
  const at = systemClock.now()
  const claimed = await state.log.claim(uid, at)
  if (claimed.ok) return { ok: true }
  const { holder } = claimed.problem
  if (claimed.problem.code !== 'lease_held' || holder === undefined || isAlive(holder, at)) return { ok: false, message: claimed.problem.message, holder }
  const taken = await state.log.takeOver(uid, holder.owner, at)
  return taken.ok ? { ok: true } : { ok: false, message: taken.problem.message, holder: taken.problem.holder }
}

const SUFFIX_LETTERS = 'bcdfghjklmnpqrstvwxz2456789'

/** Five characters as Kubernetes adds to generated names. */
export function randomSuffix(): string {
  return [...randomBytes(5)].map((byte) => SUFFIX_LETTERS[byte % SUFFIX_LETTERS.length]).join('')
}
