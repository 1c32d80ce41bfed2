// Owns the wire shapes of parameters, arguments, inputs and outputs.
import { anyString, list, ptr, req, str, struct, type Infer } from '../schema.ts'
import { artifactSchema } from './artifact.ts'
import { configMapKeySelectorSchema } from './reference.ts'

export const suppliedValueFromSchema = struct('SuppliedValueFrom', {})
export interface SuppliedValueFrom extends Infer<typeof suppliedValueFromSchema> {}

export const valueFromSchema = struct('ValueFrom', {
  path: str,
  jsonPath: str,
  jqFilter: str,
  event: str,
  parameter: str,
  supplied: suppliedValueFromSchema,
  configMapKeyRef: configMapKeySelectorSchema,
  default: ptr(anyString),
  expression: str,
})
export interface ValueFrom extends Infer<typeof valueFromSchema> {}

export const parameterSchema = struct('Parameter', {
  name: req(str),
  default: ptr(anyString),
  value: ptr(anyString),
  valueFrom: valueFromSchema,
  globalName: str,
  enum: list(anyString),
  description: ptr(anyString),
})
export interface Parameter extends Infer<typeof parameterSchema> {}

export const argumentsSchema = struct('Arguments', {
  parameters: list(parameterSchema),
  artifacts: list(artifactSchema),
})
export interface Arguments extends Infer<typeof argumentsSchema> {}

export const inputsSchema = struct('Inputs', {
  parameters: list(parameterSchema),
  artifacts: list(artifactSchema),
})
export interface Inputs extends Infer<typeof inputsSchema> {}

export const outputsSchema = struct('Outputs', {
  parameters: list(parameterSchema),
  artifacts: list(artifactSchema),
  result: ptr(str),
  exitCode: ptr(str),
})
export interface Outputs extends Infer<typeof outputsSchema> {}
