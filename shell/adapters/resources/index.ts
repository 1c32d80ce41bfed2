// Owns what programs may use of the pods that are carried out inside this process: those of resource and of data templates.
export { DataRunner } from './data-runner.ts'
export { ResourceJournal } from './journal.ts'
export { type ResourceParts, ResourceRunner } from './runner.ts'
export { withResourceLogs } from './logs.ts'
