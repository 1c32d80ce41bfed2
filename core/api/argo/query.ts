// Owns the query parameters of the Argo REST API: which a route knows, their types, and what Go says of values that do not fit.
import { type GrpcFailure, grpcFailure } from './grpc.ts'

/** The parameters of a request, as `URLSearchParams` gives them. */
export interface QueryValues {
  get(name: string): string | null
}

export interface QueryParameter {
  readonly name: string
  /** `texts` may be given several times. */
  readonly type: 'text' | 'int64' | 'int32' | 'bool' | 'texts'
}

const text = (...names: readonly string[]): readonly QueryParameter[] => names.map((name) => ({ name, type: 'text' }))
const bool = (...names: readonly string[]): readonly QueryParameter[] => names.map((name) => ({ name, type: 'bool' }))
const int64 = (...names: readonly string[]): readonly QueryParameter[] => names.map((name) => ({ name, type: 'int64' }))
const inside = (prefix: string, parameters: readonly QueryParameter[]): readonly QueryParameter[] => parameters.map(({ name, type }) => ({ name: `${prefix}.${name}`, type }))

export const listParameters = inside('listOptions', [
  ...text('labelSelector', 'fieldSelector', 'resourceVersion', 'resourceVersionMatch', 'continue'), ...bool('watch', 'allowWatchBookmarks', 'sendInitialEvents'),
  ...int64('timeoutSeconds', 'limit'),
])

export const getParameters = text('getOptions.resourceVersion')

export const deleteParameters = inside('deleteOptions', [
  ...int64('gracePeriodSeconds'), ...text('preconditions.uid', 'preconditions.resourceVersion', 'propagationPolicy'),
  ...bool('orphanDependents', 'ignoreStoreReadErrorWithClusterBreakingPotential'), { name: 'dryRun', type: 'texts' },
])

export function logParameters(prefix: 'logOptions' | 'podLogOptions'): readonly QueryParameter[] {
  return inside(prefix, [
    ...text('container', 'stream'), ...bool('follow', 'previous', 'timestamps', 'insecureSkipTLSVerifyBackend'), ...int64('sinceSeconds', 'sinceTime.seconds', 'tailLines', 'limitBytes'),
    { name: 'sinceTime.nanos', type: 'int32' },
  ])
}

export const queryText = text
export const queryBool = bool
export const queryEnum = (name: string): readonly QueryParameter[] => [{ name, type: 'int32' }]

/** Go reads these words as truth values. */
const TRUTH: Readonly<Record<string, boolean>> = {
  1: true, t: true, T: true, true: true, TRUE: true, True: true, 0: false, f: false, F: false, false: false, FALSE: false, False: false,
}

const RANGES = { int64: [-(2n ** 63n), 2n ** 63n - 1n], int32: [-(2n ** 31n), 2n ** 31n - 1n] } as const

/** What is wrong with the parameters that a request gives; those that no route knows are passed over. */
export function queryProblem(parameters: readonly QueryParameter[], query: QueryValues): GrpcFailure | undefined {
  for (const { name, type } of parameters) {
    const value = query.get(name)
    if (value === null || type === 'text' || type === 'texts') continue
    const message = type === 'bool' ? boolProblem(value) : intProblem(type, value)
    if (message !== undefined) return grpcFailure('invalidArgument', message)
  }
  return undefined
}

function boolProblem(value: string): string | undefined {
  return Object.hasOwn(TRUTH, value) ? undefined : `strconv.ParseBool: parsing ${JSON.stringify(value)}: invalid syntax`
}

function intProblem(type: 'int64' | 'int32', value: string): string | undefined {
  const failed = `strconv.ParseInt: parsing ${JSON.stringify(value)}`
  if (!/^[+-]?\d+$/.test(value)) return `${failed}: invalid syntax`
  const [low, high] = RANGES[type]
  const whole = value.length > 25 ? high + 1n : BigInt(value.replace('+', ''))
  return whole < low || whole > high ? `${failed}: value out of range` : undefined
}

/** A parameter that was found in order before. */
export function isTruth(query: QueryValues, name: string): boolean {
  return TRUTH[query.get(name) ?? ''] === true
}

/** Undefined when it was not given. */
export function wholeOf(query: QueryValues, name: string): number | undefined {
  const value = query.get(name)
  return value === null || !/^[+-]?\d+$/.test(value) ? undefined : Number(value)
}
