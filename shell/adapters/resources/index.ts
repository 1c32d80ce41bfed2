// Owns what programs may use of the pods of resource templates.
export { ResourceJournal } from './journal.ts'
export { type ResourceParts, ResourceRunner } from './runner.ts'
export { withResourceLogs } from './logs.ts'
