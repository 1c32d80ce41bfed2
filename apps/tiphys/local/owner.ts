// Owns who a process is to others that work on the same data directory, and whether such a process still lives.
import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'

/** What a process says about itself beside its leases. */
export interface OwnerInfo {
  readonly pid: number
  /** When the process started, as the kernel counts it: numbers of processes are used again. */
  readonly started: string
  readonly host: string
  /** Where it listens for requests. */
  readonly socket?: string
}

/** A name that no other process start has, and by which leftovers of dead processes are known. */
export function newOwner(): string {
  return `${hostMark()}-${process.pid}-${randomBytes(4).toString('hex')}`
}

export function ownInfo(socket: string | undefined): OwnerInfo {
  return { pid: process.pid, started: startOf(process.pid), host: hostname(), ...(socket !== undefined && { socket }) }
}

function hostMark(): string {
  return createHash('sha256').update(hostname()).digest('hex').slice(0, 6)
}

function startOf(pid: number): string {
  return statOf(pid)[19] ?? ''
}

/** What the kernel says of a process, from its state on; nothing where it says nothing. */
function statOf(pid: number): readonly string[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch {
    return []
  }
}

/** A process of another host shows its life by heartbeats only. */
const SILENT_MS = 60_000

/** Whether the holder of a lease lives. */
export function isAlive(holder: { readonly info: string; readonly heartbeatAt: number }, now: number): boolean {
  const info = readInfo(holder.info)
  if (info === undefined || info.host !== hostname()) return now - holder.heartbeatAt < SILENT_MS
  return runs(info.pid) && (info.started === '' || startOf(info.pid) === info.started)
}

export function readInfo(text: string): OwnerInfo | undefined {
  try {
    const info = JSON.parse(text) as OwnerInfo
    return typeof info.pid === 'number' && typeof info.host === 'string' ? info : undefined
  } catch {
    return undefined
  }
}

/** One that has ended and that nobody has asked after yet runs no more: in containers it may stay like that for ever. */
function runs(pid: number): boolean {
  try {
    return process.kill(pid, 0) && statOf(pid)[0] !== 'Z'
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Whether the process that an owner's name tells of is gone; of other hosts nothing is known. */
export function isGone(owner: string): boolean {
  const [mark, pid] = owner.split('-')
  return mark === hostMark() && /^\d+$/.test(pid ?? '') && !runs(Number(pid))
}
