// Owns what the programs may use of the embedded state.
export { type DatabaseOptions, openDatabase } from './open-database.ts'
export { openState, type State, type StateOptions } from './state.ts'
export { migrate } from './migrate.ts'
