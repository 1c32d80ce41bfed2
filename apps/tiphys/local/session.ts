// One process that works on a data directory: its state, its runner, its runs. The composition root of everything local.
import { randomBytes, randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { readFileSync } from 'node:fs'
import type { EngineConfig } from '@tiphys/core/engine'
import { openState, type State } from '@tiphys/shell/adapters/sqlite'
import { systemClock } from '@tiphys/shell/adapters/system'
import type { DataFolders } from './home.ts'

/** What a process says about itself, so that others can tell whether it still lives. */
interface OwnerInfo { readonly pid: number; readonly started: string; readonly host: string }

export interface OpenedState { readonly state: State; readonly owner: string }

export function openLocalState(folders: DataFolders): OpenedState {
  const owner = randomUUID()
  const info: OwnerInfo = { pid: process.pid, started: startOf(process.pid), host: hostname() }
  const state = openState(folders.root, { owner: { id: owner, info: JSON.stringify(info) }, now: () => systemClock.now() })
  return { state, owner }
}

/** When a process started, as the kernel counts it; empty where that cannot be told. Guards against process ids that were used again. */
function startOf(pid: number): string {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}

/** Whether the writer of a run lives. Of another host nothing is known, so it is taken to live. */
export function isAlive(info: string): boolean {
  const owner = JSON.parse(info) as OwnerInfo
  if (owner.host !== hostname()) return true
  try {
    process.kill(owner.pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  return owner.started === '' || startOf(owner.pid) === owner.started
}

/** Takes the lease of a run that nobody has, or whose writer is dead. */
export async function claimRun(state: State, uid: string): Promise<{ ok: true } | { ok: false; message: string; holder: string | undefined }> {
  const at = systemClock.now()
  const claimed = await state.log.claim(uid, at)
  if (claimed.ok) return { ok: true }
  const { holder } = claimed.problem
  if (claimed.problem.code !== 'lease_held' || holder === undefined || isAlive(holder.info)) {
    return { ok: false, message: claimed.problem.message, holder: holder?.owner }
  }
  const taken = await state.log.takeOver(uid, holder.owner, at)
  return taken.ok ? { ok: true } : { ok: false, message: taken.problem.message, holder: taken.problem.holder?.owner }
}

const SUFFIX_LETTERS = 'bcdfghjklmnpqrstvwxz2456789'

/** Five characters as Kubernetes adds to generated names. */
export function randomSuffix(): string {
  return [...randomBytes(5)].map((byte) => SUFFIX_LETTERS[byte % SUFFIX_LETTERS.length]).join('')
}

/** The engine's configuration on one machine: artifacts without a place of their own go to the local store, by Argo's key pattern. */
export const LOCAL_CONFIG: Partial<EngineConfig> = {
  pods: { artifactRepository: { s3: { bucket: 'local', endpoint: 'local', keyFormat: '{{workflow.name}}/{{pod.name}}' } } },
}
