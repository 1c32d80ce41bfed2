// Owns what the host has to give to pods: requests are honoured, and what does not fit waits with a reason.
import { availableParallelism, totalmem } from 'node:os'
import type { PodSpec } from '@tiphys/core/spec'
import { milliOf } from './quantities.ts'

export interface HostResources {
  readonly cpuMilli: number
  readonly memoryBytes: number
  /** Pods that may run at once. */
  readonly podsMax: number
}

export interface PodDemand {
  readonly cpuMilli: number
  readonly memoryBytes: number
}

/** A pod in line; `admitted` is called at most once. */
export interface Applicant {
  readonly demand: PodDemand
  admitted(): void
}

/** As many pods as a kubelet admits by default. */
const podsMaxDefault = 110

export function hostResources(given: Partial<HostResources> = {}): HostResources {
  return { cpuMilli: availableParallelism() * 1000, memoryBytes: totalmem(), podsMax: podsMaxDefault, ...given }
}

/** What a pod asks for: the greater of what its containers ask together and what its hungriest init container asks. */
export function demandOf(spec: PodSpec): PodDemand {
  const total = { cpuMilli: 0, memoryBytes: 0 }
  for (const { resources } of spec.containers) {
    total.cpuMilli += milliOf(requestOf(resources, 'cpu'))
    total.memoryBytes += milliOf(requestOf(resources, 'memory')) / 1000
  }
  for (const { resources } of spec.initContainers ?? []) {
    total.cpuMilli = Math.max(total.cpuMilli, milliOf(requestOf(resources, 'cpu')))
    total.memoryBytes = Math.max(total.memoryBytes, milliOf(requestOf(resources, 'memory')) / 1000)
  }
  return total
}

type Resources = PodSpec['containers'][number]['resources']

/** A limit without a request is a request of the same size. */
function requestOf(resources: Resources, name: 'cpu' | 'memory'): string | undefined {
  return resources?.requests?.[name] ?? resources?.limits?.[name]
}

/**
 * Admits pods in the order of arrival among those that ask for the same; others may pass when they fit. Kept in one line per size of
 * demand, so that a give-back costs as much as there are sizes, not as there are pods.
 */
export class HostCapacity {
  readonly resources: HostResources
  private cpuMilli = 0
  private memoryBytes = 0
  private pods = 0
  private arrivals = 0
  private readonly lines = new Map<string, { demand: PodDemand; queue: Map<Applicant, number> }>()

  constructor(resources: HostResources) {
    this.resources = resources
  }

  /** Admits at once (`undefined`), or puts in line and says why. */
  apply(applicant: Applicant): string | undefined {
    const reason = this.shortage(applicant.demand)
    const key = `${applicant.demand.cpuMilli}/${applicant.demand.memoryBytes}`
    const line = this.lines.get(key)
    if (reason === undefined && (line === undefined || line.queue.size === 0)) {
      this.take(applicant.demand)
      return undefined
    }
    if (line === undefined) this.lines.set(key, { demand: applicant.demand, queue: new Map([[applicant, this.arrivals++]]) })
    else line.queue.set(applicant, this.arrivals++)
    return reason ?? this.describe(['pods ahead'], applicant.demand)
  }

  /** Takes what a pod that runs already holds, even beyond what there is. */
  seize(demand: PodDemand): void {
    this.take(demand)
  }

  giveBack(demand: PodDemand): void {
    this.cpuMilli -= demand.cpuMilli
    this.memoryBytes -= demand.memoryBytes
    this.pods -= 1
    this.admitNext()
  }

  withdraw(applicant: Applicant): boolean {
    for (const [key, line] of this.lines) {
      if (!line.queue.delete(applicant)) continue
      if (line.queue.size === 0) this.lines.delete(key)
      return true
    }
    return false
  }

  private admitNext(): void {
    for (;;) {
      const next = this.firstThatFits()
      if (next === undefined) return
      this.withdraw(next)
      this.take(next.demand)
      next.admitted()
    }
  }

  private firstThatFits(): Applicant | undefined {
    let best: Applicant | undefined
    let bestArrival = Number.POSITIVE_INFINITY
    for (const { demand, queue } of this.lines.values()) {
      const [first] = queue
      if (first === undefined || first[1] > bestArrival || this.shortage(demand) !== undefined) continue
      best = first[0]
      bestArrival = first[1]
    }
    return best
  }

  private take(demand: PodDemand): void {
    this.cpuMilli += demand.cpuMilli
    this.memoryBytes += demand.memoryBytes
    this.pods += 1
  }

  private shortage(demand: PodDemand): string | undefined {
    const short: string[] = []
    if (this.cpuMilli + demand.cpuMilli > this.resources.cpuMilli && demand.cpuMilli > 0) short.push('Insufficient cpu')
    if (this.memoryBytes + demand.memoryBytes > this.resources.memoryBytes && demand.memoryBytes > 0) short.push('Insufficient memory')
    if (this.pods + 1 > this.resources.podsMax) short.push('Too many pods')
    return short.length === 0 ? undefined : this.describe(short, demand)
  }

  private describe(short: readonly string[], demand: PodDemand): string {
    const { cpuMilli, memoryBytes, podsMax } = this.resources
    const asked = `asks for ${cpus(demand.cpuMilli)} cpu and ${mebi(demand.memoryBytes)} memory`
    return `Unschedulable: 0/1 nodes are available: 1 ${short.join(', 1 ')} (${asked}; this host has ${cpus(cpuMilli)} cpu, ${mebi(memoryBytes)} memory and room for ${podsMax} pods)`
  }
}

function cpus(milli: number): string {
  return milli % 1000 === 0 ? String(milli / 1000) : `${milli}m`
}

function mebi(bytes: number): string {
  return `${Math.round(bytes / 1_048_576)}Mi`
}
