// Owns the rules for arguments: names, that each has a value, and which sources a value may have.
import type { Path } from '../decode/path.ts'
import { hasLocationOrKey } from '../model/artifact-location.ts'
import type { Arguments, Artifact, Parameter } from '../wire/index.ts'
import { invalid, within, type Invalid, type Place } from './invalid.ts'
import { dataNameProblem, namesProblem } from './names.ts'

export interface ArgumentsInput {
  readonly args: Arguments | undefined
  /** What messages begin with, such as `spec.arguments.`. */
  readonly prefix: string
  readonly place: Place
  /** Whoever submits the workflow may give the values. */
  readonly valuesMayMiss: boolean
}

export function validateArguments(input: ArgumentsInput): Invalid | undefined {
  const { args, prefix, place } = input
  if (args === undefined) return undefined
  for (const field of ['parameters', 'artifacts'] as const) {
    const problem = namesProblem(args[field] ?? [], dataNameProblem)
    if (problem !== undefined) return invalid(within(place, field, problem.index, 'name'), `${prefix}${field}${problem.message}`)
  }
  for (const [i, parameter] of (args.parameters ?? []).entries()) {
    const at = (path: Path, message: string): Invalid => invalid(within(place, 'parameters', i, ...path), prefix + message)
    const verdict = validateParameter(parameter, input, at)
    // An empty choice that nobody made yet ends the check, artifacts included: an accident that manifests pass by.
    if (verdict === 'stop') return undefined
    if (verdict !== undefined) return verdict
  }
  for (const [i, artifact] of (args.artifacts ?? []).entries()) {
    const message = artifactProblem(artifact, prefix)
    if (message !== undefined) return invalid(within(place, 'artifacts', i), message)
  }
  return undefined
}

type At = (path: Path, message: string) => Invalid

function validateParameter(parameter: Parameter, input: ArgumentsInput, at: At): Invalid | 'stop' | undefined {
  const { name, value, valueFrom } = parameter
  const { prefix } = input
  if (valueFrom === undefined && value === undefined && !input.valuesMayMiss) {
    return at([], `${name}.value or ${prefix}${name}.valueFrom is required`)
  }
  if (valueFrom !== undefined) {
    const sourced = valueFrom.configMapKeyRef !== undefined || given(valueFrom.event) || valueFrom.supplied !== undefined
    const foreign = given(valueFrom.path) || given(valueFrom.jsonPath) || given(valueFrom.parameter) || given(valueFrom.expression)
    if (!sourced || foreign) return at(['valueFrom'], `${name}.valueFrom only allows: default, configMapKeyRef and supplied`)
  }
  if (parameter.enum === undefined) return undefined
  if (parameter.enum.length === 0) return at(['enum'], `${name}.enum should contain at least one value`)
  if (value === undefined) return input.valuesMayMiss ? 'stop' : at([], `${name}.value is required`)
  if (!parameter.enum.includes(value)) return at(['value'], `${name}.value should be present in ${prefix}${name}.enum list`)
  return undefined
}

const given = (text: string | undefined): boolean => text !== undefined && text !== ''

function artifactProblem(artifact: Artifact, prefix: string): string | undefined {
  const { name, from, fromExpression } = artifact
  if (!given(from) && !hasLocationOrKey(artifact)) return `${prefix}${name}.from, artifact location, or key is required`
  if (given(from) && given(fromExpression)) return `${prefix}${name} shouldn't have both \`from\` and \`fromExpression\` in Artifact`
  return undefined
}
