// Owns what the operating system tells about processes: who lives, since when, in which session, with which marker.
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

/** A process, safe against reuse of its number. */
export interface ProcessId {
  readonly pid: number
  /** When it started, in the system's own unit and text. */
  readonly since: string
}

export interface ProcessEntry extends ProcessId {
  readonly session: number
}

export const markerName = 'TIPHYS_STEP'

const onLinux = process.platform === 'linux'

/** When a process started, or `undefined` when there is none. A zombie counts as gone. */
export function startOf(pid: number): string | undefined {
  if (onLinux) return readStat(pid)?.since
  try {
    const text = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
    return text === '' || text.startsWith('Z') ? undefined : text.replace(/^\S+\s+/, '')
  } catch {
    return undefined
  }
}

export function isAlive(id: ProcessId): boolean {
  return startOf(id.pid) === id.since
}

/** All processes that can be seen, except those that are left out. Outside Linux the process group stands for the session. */
export function listProcesses(leaveOut: (pid: number) => boolean = () => false): readonly ProcessEntry[] {
  return onLinux ? listFromProc(leaveOut) : listFromPs().filter(({ pid }) => !leaveOut(pid))
}

/** The marker of the step to which a process belongs, read from its environment. Only Linux tells. */
export function markerOf(pid: number): string | undefined {
  if (!onLinux) return undefined
  try {
    const environment = readFileSync(`/proc/${pid}/environ`, 'latin1')
    const entry = environment.split('\0').find((text) => text.startsWith(`${markerName}=`))
    return entry?.slice(markerName.length + 1)
  } catch {
    return undefined
  }
}

/** Sends a signal and says whether there was somebody to send it to. */
export function sendSignal(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal)
  } catch {
    return false
  }
}

function listFromProc(leaveOut: (pid: number) => boolean): ProcessEntry[] {
  const found: ProcessEntry[] = []
  for (const name of readdirSync('/proc')) {
    const pid = Number(name)
    if (!Number.isInteger(pid) || leaveOut(pid)) continue
    const entry = readStat(pid)
    if (entry !== undefined) found.push(entry)
  }
  return found
}

function readStat(pid: number): ProcessEntry | undefined {
  let text: string
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1')
  } catch {
    return undefined
  }
  // The name in parentheses may itself hold spaces and parentheses: count from the last one.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const [state, , , session] = fields
  const since = fields[19]
  if (state === undefined || state === 'Z' || state === 'X' || session === undefined || since === undefined) return undefined
  return { pid, since, session: Number(session) }
}

function listFromPs(): ProcessEntry[] {
  let text: string
  try {
    text = execFileSync('ps', ['-A', '-o', 'pid=,pgid=,stat=,lstart='], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  } catch {
    return []
  }
  const found: ProcessEntry[] = []
  for (const line of text.split('\n')) {
    const match = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.+)$/.exec(line)
    if (match === null || match[3]?.startsWith('Z') === true) continue
    found.push({ pid: Number(match[1]), session: Number(match[2]), since: match[4] ?? '' })
  }
  return found
}
