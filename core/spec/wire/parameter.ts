// Owns the wire shapes of parameters, arguments, inputs and outputs.
import { anyString, list, req, str, struct, type Infer } from '../schema.ts'
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
  default: anyString,
  expression: str,
})
export interface ValueFrom extends Infer<typeof valueFromSchema> {}

export const parameterSchema = struct('Parameter', {
  name: req(str),
  default: anyString,
  value: anyString,
  valueFrom: valueFromSchema,
  globalName: str,
  enum: list(anyString),
  description: anyString,
})
export interface Parameter extends Infer<typeof parameterSchema> {}

export const outputsSchema = struct('Outputs', {
  parameters: list(parameterSchema),
  artifacts: list(artifactSchema),
  result: str,
  exitCode: str,
})
export interface Outputs extends Infer<typeof outputsSchema> {}

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
