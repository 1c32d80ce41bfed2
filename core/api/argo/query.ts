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

const MESSAGES: Readonly<Record<string, string>> = { listOptions: 'ListOptions', getOptions: 'GetOptions', deleteOptions: 'DeleteOptions', logOptions: 'PodLogOptions', podLogOptions: 'PodLogOptions', preconditions: 'Preconditions', sinceTime: 'Time' }

/** What is wrong with the parameters that a request gives; those that no route knows are passed over. */
export function queryProblem(parameters: readonly QueryParameter[], query: QueryValues & { keys(): Iterable<string> }): GrpcFailure | undefined {
  for (const { name, type } of parameters) {
    const value = query.get(name)
    if (value === null || type === 'text' || type === 'texts') continue
    const message = type === 'bool' ? boolProblem(value) : intProblem(type, value)
    if (message !== undefined) return grpcFailure('invalidArgument', message)
  }
  for (const key of query.keys()) {
    const message = placeProblem(parameters, key)
    if (message !== undefined) return grpcFailure('invalidArgument', message)
  }
  return undefined
}

/** A value for something that has values below it only, or below something that has none. */
function placeProblem(parameters: readonly QueryParameter[], key: string): string | undefined {
  for (const { name, type } of parameters) {
    if (name.startsWith(`${key}.`)) return `field type *v1.${MESSAGES[key.slice(key.lastIndexOf('.') + 1)] ?? ''} is not supported in query parameters`
    if (!key.startsWith(`${name}.`)) continue
    return type === 'texts' ? `unexpected repeated field in ${key}` : `unexpected nested field ${key.slice(name.length + 1).split('.')[0] ?? ''} in ${name}`
  }
  return undefined
}

/** What Go says of a query that it cannot take apart; `search` is the query as it was written. */
export function searchProblem(search: string): GrpcFailure | undefined {
  const parts = search.replace(/^\?/, '').split('&')
  if (parts.some((part) => part.includes(';'))) return grpcFailure('invalidArgument', 'invalid semicolon separator in query')
  const wrong = parts.map((part) => /%(?![0-9a-f]{2}).{0,2}/i.exec(part)?.[0]).find((escape) => escape !== undefined)
  return wrong === undefined ? undefined : grpcFailure('invalidArgument', `invalid URL escape ${JSON.stringify(wrong)}`)
}

function boolProblem(value: string): string | undefined {
  return Object.hasOwn(TRUTH, value) ? undefined : `strconv.ParseBool: parsing ${JSON.stringify(value)}: invalid syntax`
}

function intProblem(type: 'int64' | 'int32', value: string): string | undefined {
  const failed = `strconv.ParseInt: parsing ${JSON.stringify(value)}`
  const whole = goWhole(value)
  if (whole === undefined) return `${failed}: invalid syntax`
  const [low, high] = RANGES[type]
  return whole < low || whole > high ? `${failed}: value out of range` : undefined
}

const DIGITS_MAX = 100

/** A whole number as Go reads it where any base will do: `12`, `0x1f`, `0b10`, `0o17`, `017`, `1_000`. */
function goWhole(text: string): bigint | undefined {
  const [, sign = '', prefix = '', rest = ''] = /^([+-]?)(0[xX]|0[bB]|0[oO]|0(?=[\d_]))?(.*)$/s.exec(text) ?? []
  const digits = rest.replace(prefix === '' ? /(?<=[\da-f])_(?=[\da-f])/gi : /_(?=[\da-f])/gi, '')
  const [, marked = '', base] = BASES.find(([mark]) => mark === prefix.toLowerCase()) ?? []
  if (base === undefined || !base.test(digits)) return undefined
  const whole = digits.length > DIGITS_MAX ? 2n ** 64n : BigInt(`${marked}${digits}`)
  return sign === '-' ? -whole : whole
}

const BASES: readonly (readonly [prefix: string, marked: string, digits: RegExp])[] = [
  ['', '', /^\d+$/], ['0x', '0x', /^[\da-f]+$/i], ['0b', '0b', /^[01]+$/], ['0o', '0o', /^[0-7]+$/], ['0', '0o', /^[0-7]+$/],
]

/** A parameter that was found in order before. */
export function isTruth(query: QueryValues, name: string): boolean {
  return TRUTH[query.get(name) ?? ''] === true
}

/** Undefined when it was not given. */
export function wholeOf(query: QueryValues, name: string): number | undefined {
  const value = query.get(name)
  const whole = value === null ? undefined : goWhole(value)
  return whole === undefined ? undefined : Number(whole)
}
