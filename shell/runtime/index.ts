// Owns what the programs and request handlers may use of the runtime.
export { ObjectCatalog, type CatalogObject } from './catalog.ts'
export { RunHost, stateOf, type HostOptions, type Taken } from './host.ts'
export { type RunUpdate } from './mailbox.ts'
