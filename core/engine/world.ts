// What surrounds a run: objects it may read, configuration, and locks it shares with other runs. Plain data and pure structures; the runtime keeps them current.
import type { HostedFunctions } from '@tiphys/core/expr'
import type { ClusterWorkflowTemplate, ConfigMap, Workflow, WorkflowTemplate } from '@tiphys/core/spec'
import type { PodConfig } from './pod/index.ts'
import { type LockTable, createLockTable } from './locks.ts'

/** Objects that a run may read while it is stepped, as the runtime knows them at that moment. */
export interface Catalog {
  workflowTemplate(namespace: string, name: string): WorkflowTemplate | undefined
  clusterWorkflowTemplate(name: string): ClusterWorkflowTemplate | undefined
  configMap(namespace: string, name: string): ConfigMap | undefined
  /** Sizes of semaphores that a database keeps; absent where there is no such database. */
  readonly databaseLimit?: ((namespace: string, key: string) => number | undefined) | undefined
}

export interface EngineConfig {
  /** Merged under every workflow. */
  readonly workflowDefaults: Workflow | undefined
  readonly pods: PodConfig
  /** Nested template calls, counted from the entrypoint. */
  readonly depthMax: number
  /** Items of one loop. */
  readonly itemsMax: number
  /** Nodes of one run. */
  readonly nodesMax: number
  readonly defaultServiceAccount?: string
  /** Workflows have to name a template, and may set beside it only what does not decide what runs. */
  readonly mustReference?: boolean
}

export interface World {
  readonly catalog: Catalog
  readonly config: EngineConfig
  readonly locks: LockTable
  /** Random bytes for the functions of expressions that draw them; absent where a run has to be reproducible without a seed. */
  readonly random?: ((length: number) => Uint8Array) | undefined
  /** The functions of sprig that only a host can offer; expressions that call one that is absent say so. */
  readonly sprig?: Partial<HostedFunctions> | undefined
}

/** Argo's limit of nested calls. */
export const DEPTH_MAX = 100
export const ITEMS_MAX = 1_000_000
export const NODES_MAX = 2_000_000

/** A world with defaults for what is not given. */
export function createWorld(parts: { catalog: Catalog; config?: Partial<EngineConfig>; locks?: LockTable; random?: World['random']; sprig?: World['sprig'] }): World {
  const config: EngineConfig = { workflowDefaults: undefined, pods: {}, depthMax: DEPTH_MAX, itemsMax: ITEMS_MAX, nodesMax: NODES_MAX, ...parts.config }
  return { catalog: parts.catalog, config, locks: parts.locks ?? createLockTable(), random: parts.random, sprig: parts.sprig }
}
