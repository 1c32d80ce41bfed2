// Owns a server's hold on a database that it shares with others: its session there, and the runs of servers that are no more.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { controlPath } from '@tiphys/shell/adapters/control'
import { systemClock } from '@tiphys/shell/adapters/system'
import { StorageError } from '@tiphys/shell/ports'
import type { RunHost } from '@tiphys/shell/runtime'
import type { DataFolders } from '../local/home.ts'
import { isAlive, isGone, newOwner, ownInfo } from '../local/owner.ts'
import { listRuns } from '../local/runs.ts'
import type { LocalSession } from '../local/session.ts'

const LOOK_MS = 10_000
/** How long a run that nobody has is left to the server that let go of it, which finds its steps again when it comes back. */
const UNHELD_MS = 60_000

/**
 * Opens the state in a database. Throws an error for people when it cannot be used. What the last server on this data directory held is this one's
 * again: the steps that it began are here.
 */
export async function openSharedSession(folders: DataFolders, database: string): Promise<LocalSession> {
  const { openPostgresState } = await import('@tiphys/shell/adapters/postgres')
  const owner = newOwner()
  const socket = controlPath(folders.sockets, owner)
  // Others know this server by its heartbeats alone: whoever sees that its process is gone may still not have its steps.
  const info = JSON.stringify({ ...ownInfo(socket), host: `${hostname()}:${folders.root}` })
  try {
    const state = openPostgresState(database, { owner: { id: owner, info }, now: () => systemClock.now() })
    const session: LocalSession = { folders, state, owner, socket }
    try {
      await state.opened
      await regain(session)
    } catch (error) {
      await state.close()
      throw error
    }
    return session
  } catch (error) {
    const hint = error instanceof StorageError && error.hint !== undefined ? `: ${error.hint}` : ''
    throw new Error(`the database ${withoutPassword(database)} cannot be used: ${error instanceof Error ? error.message : String(error)}${hint}`, { cause: error })
  }
}

/** What is wrong with the URL of a database. */
export function databaseProblem(database: string): string | undefined {
  return /^postgres(ql)?:\/\//.test(database) ? undefined : 'a database is named by a URL such as postgres://USER:PASSWORD@HOST:5432/DATABASE'
}

export interface ReliefOptions {
  /** Unix milliseconds. */
  readonly now: () => number
  /** Whether a workflow with these labels is this server's to carry out. */
  readonly manages: (labels: Readonly<Record<string, string>>) => boolean
  /** Hears of each run that is taken up, and of what cannot be. */
  readonly onTrouble: (message: string) => void
}

export interface Relief {
  close(): void
}

/** Takes up runs of servers that have been silent for too long, until closed. */
export function relieveOthers(session: LocalSession, host: RunHost, options: ReliefOptions): Relief {
  const relief = new Reliever(session, host, options)
  const timer = setInterval(() => void relief.look(), LOOK_MS)
  return { close: () => clearInterval(timer) }
}

class Reliever {
  readonly #session: LocalSession
  readonly #host: RunHost
  readonly #options: ReliefOptions
  #isLooking = false
  #lookedAt: number
  /** Silence says nothing of others while nobody could speak. */
  #trustFrom = 0
  readonly #unheldSince = new Map<string, number>()

  constructor(session: LocalSession, host: RunHost, options: ReliefOptions) {
    this.#session = session
    this.#host = host
    this.#options = options
    this.#lookedAt = options.now()
  }

  async look(): Promise<void> {
    if (this.#isLooking) return
    this.#isLooking = true
    try {
      const holders = await this.#session.state.log.holders()
      const now = this.#options.now()
      if (now - this.#lookedAt > 3 * LOOK_MS) this.#trustFrom = now + UNHELD_MS
      this.#lookedAt = now
      if (now < this.#trustFrom) return
      for (const holder of holders) if (holder.owner !== this.#session.owner && !isAlive(holder, now)) await this.#takeFrom(holder.owner, now)
      await this.#takeUnheld(now)
    } catch (error) {
      if (!(error instanceof StorageError)) this.#options.onTrouble(error instanceof Error ? error.message : String(error))
    } finally {
      this.#isLooking = false
    }
  }

  async #takeFrom(owner: string, now: number): Promise<void> {
    for (const { uid, name, labels } of await listRuns(this.#session.state, { finished: false, leasedBy: owner })) {
      if (this.#options.manages(labels) && (await this.#session.state.log.takeOver(uid, owner, now)).ok) await this.#resume(uid, name)
    }
  }

  async #takeUnheld(now: number): Promise<void> {
    const unheld = await listRuns(this.#session.state, { finished: false, leasedBy: '' })
    const known = new Set(unheld.map(({ uid }) => uid))
    for (const uid of this.#unheldSince.keys()) if (!known.has(uid)) this.#unheldSince.delete(uid)
    for (const { uid, name, phase, labels } of unheld) {
      if (!this.#options.manages(labels)) continue
      const since = this.#unheldSince.get(uid) ?? now
      this.#unheldSince.set(uid, since)
      // One that never began was left to us by a server of another instance.
      if ((phase === '' || now - since >= UNHELD_MS) && (await this.#session.state.log.claim(uid, now)).ok) await this.#resume(uid, name)
    }
  }

  async #resume(uid: string, name: string): Promise<void> {
    if (this.#host.runOf(uid) !== undefined) return
    const taken = await this.#host.resume(uid)
    this.#options.onTrouble(taken.ok ? `${name} is taken up: the server that had it is silent` : `${name} cannot be taken up: ${taken.problem.message}`)
  }
}

/** Takes the leases back that the last server on this data directory left, if its process is gone. */
async function regain({ folders, state, owner }: LocalSession): Promise<void> {
  const path = join(folders.root, 'server', 'owner')
  const former = readOr(path, '')
  if (former !== '' && isGone(former)) {
    for (const { uid } of await listRuns(state, { leasedBy: former })) await state.log.takeOver(uid, former, systemClock.now())
  }
  mkdirSync(join(folders.root, 'server'), { recursive: true, mode: 0o700 })
  writeFileSync(path, owner, { mode: 0o600 })
}

function readOr(path: string, otherwise: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return otherwise
  }
}

function withoutPassword(database: string): string {
  return database.replace(/:[^:@/]*@/, ':***@')
}
