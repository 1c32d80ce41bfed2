// Owns ending the processes of a step: those it has now when it is stopped, and those it leaves behind when it ends.
import { listProcesses, markerOf, sendSignal, type ProcessEntry } from './process-table.ts'

/** Supervisors by pid, with the run that each carries out now. */
export type Supervision = () => ReadonlyMap<number, string | undefined>

/** A look so long after the last one costs nothing that counts, so steps that follow one another always find a clean host. */
const freshMs = 50
/** While many short steps end, looks are this far apart. */
const sweepEveryMs = 250
const rememberMs = 30_000
const cacheMs = 5_000

/** When the first process of a container ends, all its processes end: so it is in a pod, and ports and files are free for the next step. */
export class Strays {
  private readonly supervision: Supervision
  private readonly ended = new Map<string, number>()
  private readonly foreign = new Set<number>()
  private lastSweep = 0
  private timer: NodeJS.Timeout | undefined

  constructor(supervision: Supervision) {
    this.supervision = supervision
  }

  /** A run ended. Looks at once when the last look is not too fresh, else soon. */
  note(run: string): void {
    const now = performance.now()
    this.ended.set(run, now)
    if (now - this.lastSweep >= freshMs && this.timer === undefined) this.sweep()
    else this.timer ??= setTimeout(() => this.sweep(), sweepEveryMs).unref()
  }

  /** Kills whatever ended runs left behind. */
  sweep(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    const now = performance.now()
    if (now - this.lastSweep > cacheMs) this.foreign.clear()
    const supervision = this.supervision()
    const processes = listProcesses((pid) => this.foreign.has(pid) || supervision.has(pid))
    for (const entry of processes) if (this.isStray(entry, supervision)) sendSignal(entry.pid, 'SIGKILL')
    for (const [run, at] of this.ended) if (now - at > rememberMs) this.ended.delete(run)
    this.lastSweep = performance.now()
  }

  close(): void {
    clearTimeout(this.timer)
  }

  private isStray(entry: ProcessEntry, supervision: ReadonlyMap<number, string | undefined>): boolean {
    const isOurs = supervision.has(entry.session)
    const marker = markerOf(entry.pid)
    if (marker !== undefined) return this.ended.has(marker)
    // A child that has not executed its program yet carries no marker: only an idle supervisor has none of those.
    if (isOurs) return supervision.get(entry.session) === undefined
    this.foreign.add(entry.pid)
    return false
  }
}

/** Signals every process of a run except its supervisor, and says how many there were. */
export function signalRun(run: string, supervisorPid: number, signal: NodeJS.Signals): number {
  let count = 0
  for (const { pid, session } of listProcesses()) {
    if (pid === supervisorPid || pid === process.pid) continue
    if (session !== supervisorPid && markerOf(pid) !== run) continue
    if (sendSignal(pid, signal)) count++
  }
  return count
}
