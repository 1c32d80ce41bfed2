// Owns what adapters, the runtime and the programs may use of the ports.
export * from './artifact-store.ts'
export * from './clock.ts'
export * from './db.ts'
export * from './http-client.ts'
export * from './log-store.ts'
export * from './object-store.ts'
export * from './pod-runner.ts'
export * from './run-log.ts'
