// Owns what the programs may use of the state in PostgreSQL.
export { openPostgresState, type PostgresOptions, type PostgresState } from './state.ts'
