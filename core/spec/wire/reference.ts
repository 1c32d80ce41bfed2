// Owns the wire shapes that point at a key of a config map, a secret or a field.
import { bool, ptr, quantity, req, str, struct, val, type Infer } from '../schema.ts'

export const localObjectReferenceSchema = struct('LocalObjectReference', {
  name: str,
})
export interface LocalObjectReference extends Infer<typeof localObjectReferenceSchema> {}

export const configMapKeySelectorSchema = struct('ConfigMapKeySelector', {
  ...localObjectReferenceSchema.table,
  key: req(str),
  optional: ptr(bool),
})
export interface ConfigMapKeySelector extends Infer<typeof configMapKeySelectorSchema> {}

export const fileKeySelectorSchema = struct('FileKeySelector', {
  volumeName: req(str),
  path: req(str),
  key: req(str),
  optional: ptr(bool),
})
export interface FileKeySelector extends Infer<typeof fileKeySelectorSchema> {}

export const objectFieldSelectorSchema = struct('ObjectFieldSelector', {
  apiVersion: str,
  fieldPath: req(str),
})
export interface ObjectFieldSelector extends Infer<typeof objectFieldSelectorSchema> {}

export const resourceFieldSelectorSchema = struct('ResourceFieldSelector', {
  containerName: str,
  resource: req(str),
  divisor: val(quantity),
})
export interface ResourceFieldSelector extends Infer<typeof resourceFieldSelectorSchema> {}

export const secretKeySelectorSchema = struct('SecretKeySelector', {
  ...localObjectReferenceSchema.table,
  key: req(str),
  optional: ptr(bool),
})
export interface SecretKeySelector extends Infer<typeof secretKeySelectorSchema> {}
