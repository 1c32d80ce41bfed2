// Flags that several commands share.
import type { FlagSpec } from '../../flags/index.ts'

export const DATA_DIR: FlagSpec = { own: 'hidden', name: 'data-dir', type: 'string', usage: 'where runs are kept (default ~/.tiphys)', placeholder: 'DIR', env: ['TIPHYS_DATA_DIR'], complete: 'directories' }
export const NAMESPACE: FlagSpec = {
  name: 'namespace', short: 'n', type: 'string', usage: 'the namespace of the workflow; any when it is not given', env: ['TIPHYS_NAMESPACE', 'ARGO_NAMESPACE'], complete: 'namespaces',
}
export const NO_COLOR: FlagSpec = { name: 'no-color', type: 'bool', usage: 'Disable colorized output' }
export const NO_UTF8: FlagSpec = { name: 'no-utf8', type: 'bool', usage: 'Use plain 7-bits ascii characters' }
export const SELECTOR: FlagSpec = { name: 'selector', short: 'l', type: 'string', usage: 'choose by labels: key1=value1,key2!=value2,key3 in (a,b)' }
export const FIELD_SELECTOR: FlagSpec = { name: 'field-selector', type: 'string', usage: 'choose by fields: metadata.name=NAME' }
export const NODE_SELECTOR: FlagSpec = { name: 'node-field-selector', type: 'string', usage: 'choose nodes by their fields, such as displayName=approve or inputs.parameters.NAME.value=VALUE' }
export const NODE_STATUS: FlagSpec = {
  name: 'status', type: 'string', usage: 'show only nodes of this status (Pending, Running, Succeeded, Skipped, Failed, Error)', complete: 'phases',
}
export const PARAMETER: FlagSpec = { name: 'parameter', short: 'p', type: 'stringArray', usage: 'pass an input parameter', placeholder: 'NAME=VALUE' }
export const LOG: FlagSpec = { name: 'log', type: 'bool', usage: 'print what steps print' }
export const WITH: FlagSpec = { own: true, name: 'with', type: 'stringArray', usage: 'add templates, ConfigMaps and Secrets from a file or folder', placeholder: 'PATH', complete: 'files' }
export const IMAGE_MAP: FlagSpec = { own: true, name: 'image-map', type: 'stringArray', usage: 'use a folder for the programs of an image', placeholder: 'IMAGE=FOLDER' }
export const RUNNER: FlagSpec = { own: true, name: 'runner', type: 'string', usage: 'how steps run', default: 'auto', values: ['auto', 'process'] }

/** What every command that carries a run out takes. */
export const CARRY_FLAGS: readonly FlagSpec[] = [LOG, WITH, IMAGE_MAP, RUNNER, { ...NO_COLOR, own: true }]

export function output(...values: readonly string[]): FlagSpec {
  return { name: 'output', short: 'o', type: 'string', usage: 'Output format', values }
}
