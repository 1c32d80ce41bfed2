// Owns what the programs may use of the request handlers.
export { Access, type AccessOptions } from './access.ts'
export { type KubeHandlerOptions, createKubeHandler } from './kube-handler.ts'
export type { KubeListQuery, KubeStore, KubeWatchQuery, StoreOf } from './kube-store.ts'
export { ATTEMPT_ANNOTATION } from './pod-log.ts'
export { type TokenSigner, tokenSigner } from './tokens.ts'
export { type Done, type RunControl, WorkflowStore } from './workflow-store.ts'
export * from './argo/index.ts'
