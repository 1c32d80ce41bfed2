// Owns what the programs may use of the embedded state.
export type { EngineName } from './engine.ts'
export { type DatabaseOptions, engines, openDatabase } from './open-database.ts'
export { openState, type State, type StateOptions } from './state.ts'
export { migrate } from './migrate.ts'
