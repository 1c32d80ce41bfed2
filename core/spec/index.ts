// The spec folder's public face: wire types, and reading, merging, checking and writing of them.
export * from './wire/index.ts'
export * as schemaKit from './schema.ts'
export type { Draft, Infer, Schema, SchemaNode } from './schema.ts'
export * from './json.ts'
