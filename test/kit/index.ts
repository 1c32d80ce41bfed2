// Owns what tests and benchmarks share: stand-ins for ports, and workflows of any size.
export { growsAtMost } from './growth.ts'
export { instantRunner } from './instant-runner.ts'
export { dropSchema, newSchema, type PostgresServer, runSql, startPostgres } from './postgres-server.ts'
export { quickly } from './quickly.ts'
export { storeWorkflow } from './stored-workflows.ts'
export { threadMs } from './thread-time.ts'
export { type Shape, workflowOf } from './workflows.ts'
