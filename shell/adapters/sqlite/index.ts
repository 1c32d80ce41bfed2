// Owns what the programs may use of the embedded state.
export type { State } from '@tiphys/shell/ports'
export type { EngineName } from './engine.ts'
export { type DatabaseOptions, engines, openDatabase } from './open-database.ts'
export { type EmbeddedState, openState, type StateOptions } from './state.ts'
export { migrate } from './migrate.ts'
export { schemaVersion } from './schema.ts'
