// Owns what the programs and request handlers may use of the runtime.
export { ObjectCatalog, type CatalogObject } from './catalog.ts'
export { Asking } from './asking.ts'
export { RunHost, stateOf, type Admission, type HostOptions, type Retaken, type StoredRun, type Taken } from './host.ts'
export { type Collecting, collectEnded, removeCollectible } from './artifact-collector.ts'
export { ENGINE_FAILED, type Amendment, type ListDetails, type RunUpdate, type SubmittedWorkflow } from './mailbox.ts'
export * from './controllers/index.ts'
export { type Turns, takingTurns } from './turns.ts'
