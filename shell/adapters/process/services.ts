// Owns the list of what a pod in progress needs from its runner.
import type { Pod } from '@tiphys/core/spec'
import type { ArtifactStore, PodFact, PodLookup } from '@tiphys/shell/ports'
import type { ProgramFinder } from './command.ts'
import type { HostCapacity } from './host-capacity.ts'
import type { ImageMap } from './image-map.ts'
import type { Journal } from './journal.ts'
import type { LogWriter } from './log-writer.ts'
import type { Orphans } from './orphans.ts'
import type { Strays } from './strays.ts'
import type { SupervisorPool } from './supervisor-pool.ts'
import type { ViewDetection } from './view-detection.ts'
import type { WorkFolders } from './work-folders.ts'

export interface Folders {
  readonly state: string
  readonly status: string
  readonly pods: string
  readonly claims: string
  readonly scripts: string
}

export interface Services {
  readonly folders: Folders
  readonly hostNodeName: string
  readonly journal: Journal
  readonly pool: SupervisorPool
  readonly orphans: Orphans
  readonly strays: Strays
  readonly logs: LogWriter
  readonly capacity: HostCapacity
  readonly images: ImageMap
  readonly programs: ProgramFinder
  readonly work: WorkFolders
  readonly artifacts: ArtifactStore | undefined
  /** What supervisors export to every step. */
  readonly baseEnvironment: ReadonlyMap<string, string>
  /** Absolute path of unshare(1), empty when the host has none. */
  readonly unshare: string
  now(): number
  /** Says once what pods ask for and this host does not look at. */
  tellIgnored(pod: Pod, template: string): void
  lookup(namespace: string): PodLookup
  /** How private views are made; found out on first use. */
  views(): ViewDetection
  nextRun(): string
  emit(fact: PodFact): void
  /** Resolves when everything that was noted so far survives our death. */
  flushed(): Promise<void>
}
