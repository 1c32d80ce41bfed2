// Owns the schema kit: one definition of a wire shape gives both the TypeScript type and the table that decoding, encoding and lint read.
import type { Json } from './json.ts'

declare const typeOf: unique symbol

/** What a schema says at run time. The phantom `typeOf` carries the TypeScript type and never exists as a value. */
export type Schema<T = unknown> = SchemaNode & { readonly [typeOf]?: T }

export type SchemaNode =
  | { readonly kind: 'string'; readonly values?: readonly string[]; readonly format?: StringFormat }
  | { readonly kind: 'int'; readonly bits: 32 | 64; readonly unsigned: boolean }
  | { readonly kind: 'float' }
  | { readonly kind: 'bool' }
  | { readonly kind: 'intOrString' }
  | { readonly kind: 'anyString' }
  | { readonly kind: 'quantity' }
  | { readonly kind: 'time' }
  | { readonly kind: 'json'; readonly shape: 'any' | 'object' | 'singleKeyObject' | 'number' }
  | { readonly kind: 'list'; readonly item: SchemaNode }
  | { readonly kind: 'strictList'; readonly item: SchemaNode }
  | { readonly kind: 'map'; readonly value: SchemaNode }
  | StructNode
  | { readonly kind: 'lazy'; readonly get: () => SchemaNode }

export type StringFormat = 'bytes' | 'duration'

export interface StructNode {
  readonly kind: 'struct'
  readonly name: string
  readonly fields: ReadonlyMap<string, FieldNode>
}

/**
 * One field of a struct. `presence` says what Go does with an absent one:
 * - `optional`: left out on the wire;
 * - `required`: read as the zero value, always written;
 * - `value`: a struct held by value, written as `{}` (or a null time) although marked optional;
 * - `nullable`: a pointer that is written as null;
 * - `pointer`: a scalar behind a pointer, for which an explicit zero is not the same as absence.
 */
export interface FieldNode {
  readonly presence: 'optional' | 'required' | 'value' | 'nullable' | 'pointer'
  readonly schema: SchemaNode
}

declare const required: unique symbol

/** A field that Go always writes and whose absence it reads as the zero value: present in every decoded object. */
export type Required<T> = FieldNode & { readonly [required]: true; readonly [typeOf]?: T }

/** An optional field that differs only in how Go writes it. */
export type ByValue<T> = FieldNode & { readonly [typeOf]?: T }

export type FieldTable = { readonly [name: string]: Schema | Required<unknown> | ByValue<unknown> }

/** The TypeScript type that a schema stands for. */
export type Infer<S> = S extends { readonly [typeOf]?: infer T } ? T : never

type RequiredKeys<F> = { [K in keyof F]: F[K] extends { readonly [required]: true } ? K : never }[keyof F]

export type InferFields<F> = Flat<
  { readonly [K in RequiredKeys<F>]: Exclude<Infer<F[K]>, undefined> } & {
    readonly [K in Exclude<keyof F, RequiredKeys<F>>]?: Infer<F[K]> | undefined
  }
>

type Flat<T> = { [K in keyof T]: T[K] }

export type Struct<F extends FieldTable> = StructNode & { readonly [typeOf]?: InferFields<F>; readonly table: F }

export const str: Schema<string> = { kind: 'string' }
/** Base64 text of bytes. */
export const bytes: Schema<string> = { kind: 'string', format: 'bytes' }
/** A Go duration such as `1h30m`, as text. */
export const duration: Schema<string> = { kind: 'string', format: 'duration' }
export const int32: Schema<number> = { kind: 'int', bits: 32, unsigned: false }
export const int64: Schema<number> = { kind: 'int', bits: 64, unsigned: false }
export const uint64: Schema<number> = { kind: 'int', bits: 64, unsigned: true }
export const float: Schema<number> = { kind: 'float' }
export const bool: Schema<boolean> = { kind: 'bool' }
/** A number that fits 32 bits, or text. */
export const intOrString: Schema<number | string> = { kind: 'intOrString' }
/** Text on the inside; numbers and booleans on the wire are accepted and become text. */
export const anyString: Schema<string> = { kind: 'anyString' }
/** A Kubernetes quantity, kept as the text that was written; numbers on the wire become text. */
export const quantity: Schema<string> = { kind: 'quantity' }
/** An RFC 3339 instant as text. */
export const time: Schema<string> = { kind: 'time' }
export const anyJson: Schema<Json> = { kind: 'json', shape: 'any' }
export const jsonObject: Schema<{ readonly [key: string]: Json }> = { kind: 'json', shape: 'object' }
/** An object with exactly one key (plugin templates). */
export const singleKeyObject: Schema<{ readonly [key: string]: Json }> = { kind: 'json', shape: 'singleKeyObject' }
/** A JSON number or, as Argo reads it, any JSON text that is kept as it stands. */
export const amount: Schema<number> = { kind: 'json', shape: 'number' }

/** Text out of a closed set that only programs write (phases, node types). */
export function closed<const V extends readonly string[]>(...values: V): Schema<V[number]> {
  return { kind: 'string', values }
}

/** Text of which some values are known; a manifest may hold another, which the reader accepts and lint reports. */
export function open<const V extends readonly string[]>(...values: V): Schema<V[number] | (string & {})> {
  return { kind: 'string', values }
}

export function list<T>(item: Schema<T>): Schema<readonly T[]> {
  return { kind: 'list', item }
}

/** A list whose items are decoded with unknown fields forbidden at their top level only (`steps`). */
export function strictList<T>(item: Schema<T>): Schema<readonly T[]> {
  return { kind: 'strictList', item }
}

export function map<T>(value: Schema<T>): Schema<{ readonly [key: string]: T }> {
  return { kind: 'map', value }
}

/** A schema that is looked up when it is used, so that shapes can contain themselves. */
export function lazy<T>(get: () => SchemaNode): Schema<T> {
  return { kind: 'lazy', get }
}

export function req<T>(schema: Schema<T>): Required<T> {
  return { presence: 'required', schema } as Required<T>
}

export function val<T>(schema: Schema<T>): ByValue<T> {
  return { presence: 'value', schema }
}

export function nul<T>(schema: Schema<T>): ByValue<T> {
  return { presence: 'nullable', schema }
}

export function ptr<T>(schema: Schema<T>): ByValue<T> {
  return { presence: 'pointer', schema }
}

/** The table of fields is read when it is first needed: a program that only prints its version should not pay for every shape. */
export function struct<F extends FieldTable>(name: string, table: F): Struct<F> {
  let fields: Map<string, FieldNode> | undefined
  return {
    kind: 'struct',
    name,
    table,
    get fields() {
      fields ??= new Map(Object.entries(table).map(([key, entry]) => [key, 'presence' in entry ? entry : { presence: 'optional', schema: entry }]))
      return fields
    },
  }
}

/** Follows lazy references to the schema that they stand for. */
export function resolve(schema: SchemaNode): Exclude<SchemaNode, { kind: 'lazy' }> {
  let at = schema
  while (at.kind === 'lazy') at = at.get()
  return at
}

/** The same shape with every `readonly` taken off, for code that builds a wire object piece by piece. */
export type Draft<T> = T extends string | number | boolean | null | undefined
  ? T
  : T extends readonly (infer U)[]
    ? Draft<U>[]
    : { -readonly [K in keyof T]: Draft<T[K]> }
