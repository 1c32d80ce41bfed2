// Owns what the operations of the Argo REST API need of the rest: stores, runs, logs and settings; and the type of an operation.
import type { IncomingMessage } from 'node:http'
import type { ArgoApiOperation, ArgoFileOperation, ArgoMatch, ArgoParameters } from '@tiphys/core/api'
import type { Json, JsonObject } from '@tiphys/core/kube'
import type { TemplateCatalog, Workflow } from '@tiphys/core/spec'
import type { ArchiveStore, ArtifactStore, LogStore, SyncLimitStore } from '@tiphys/shell/ports'
import type { ServedCall } from '@tiphys/shell/runtime'
import type { StoreOf } from '../kube-store.ts'
import type { WorkflowStore } from '../workflow-store.ts'
import type { Caller } from './access.ts'
import type { ArgoAnswer, RawAnswer } from './answer.ts'

/** What the server tells the user interface about itself, as Argo's configuration has it. */
export interface InfoSettings {
  readonly links: readonly JsonObject[]
  readonly columns: readonly JsonObject[]
  readonly navColor: string
  /** The only namespace that the server works in; empty for all. */
  readonly managedNamespace: string
}

export interface ArgoServices {
  readonly storeOf: StoreOf
  readonly workflows: WorkflowStore
  readonly logs: LogStore
  readonly archive: ArchiveStore
  /** Limits of database semaphores. */
  readonly limits: SyncLimitStore
  readonly artifacts: ArtifactStore
  /** Templates that objects may refer to. */
  readonly templates: TemplateCatalog
  /** What the configuration gives every workflow that does not say otherwise. */
  readonly workflowDefaults: () => Workflow | undefined
  /** Which of several controllers this is; empty or absent for the only one. */
  readonly instanceId?: (() => string) | undefined
  /** Of the product, such as `0.1.0`. */
  readonly version: string
  /** Unix milliseconds. */
  readonly now: () => number
  readonly newSuffix: () => string
  readonly hasNamespace: (name: string) => Promise<boolean>
  /** Read at each request: the configuration can change. */
  readonly info: () => InfoSettings
  /** The metrics of the server in Prometheus' text form. */
  readonly metrics: () => Promise<string>
  /** Hears of every call that was answered. */
  readonly observe?: ((call: ServedCall) => void) | undefined
}

/** A call below `/api/`, after its body and its caller were found in order. */
export interface ArgoCall {
  readonly route: ArgoMatch['route']
  readonly parameters: ArgoParameters
  readonly query: URLSearchParams
  /** The request as its shape says; empty where the route reads none. */
  readonly body: JsonObject
  /** The body of a route that takes JSON of any shape; undefined when it was empty. */
  readonly payload: Json | undefined
  readonly caller: Caller
  /** Whoever signed a request that brings no credentials. */
  readonly signer?: Caller | undefined
  readonly request: IncomingMessage
  /** Fires when the client has gone. */
  readonly signal: AbortSignal
}

export type ArgoOperationHandler = (call: ArgoCall, services: ArgoServices) => Promise<ArgoAnswer>
export type ArgoOperations = Readonly<Partial<Record<ArgoApiOperation, ArgoOperationHandler>>>

/** A call for a file. `segments` are those of the path after its first one, still escaped. */
export interface FileCall {
  readonly operation: ArgoFileOperation
  readonly segments: readonly string[]
  readonly query: URLSearchParams
  readonly caller: Caller
  readonly request: IncomingMessage
  readonly signal: AbortSignal
}

export type ArgoFileHandler = (call: FileCall, services: ArgoServices) => Promise<RawAnswer>
export type ArgoFiles = Readonly<Partial<Record<ArgoFileOperation, ArgoFileHandler>>>
