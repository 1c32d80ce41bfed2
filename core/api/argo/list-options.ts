// Owns the options of lists of workflows in the Argo REST API: which are wanted, in which order of pages, and what cannot be understood.
import { type LabelSelector, type Result, RFC3339, goTimeToMs, parseGoTime, parseLabelSelector } from '@tiphys/core/kube'
import { type GrpcFailure, grpcFailure } from './grpc.ts'
import { type QueryValues, wholeOf } from './query.ts'

/** A name and how it is compared. A comparison of a name that nobody knows lets all pass. */
export interface NameWanted {
  readonly text: string
  readonly how: 'exact' | 'not' | 'prefix' | 'contains'
}

/** Times are in Unix milliseconds and inclusive. */
export interface ListWanted {
  /** Empty for all. */
  readonly namespace: string
  /** All namespaces but that one. */
  readonly notNamespace: string
  readonly names: readonly NameWanted[]
  readonly labels: LabelSelector
  readonly startedFrom: number | undefined
  readonly startedTo: number | undefined
  readonly createdFrom: number | undefined
  readonly finishedTo: number | undefined
  /** Undefined for everything. */
  readonly limit: number | undefined
  /** How many the pages before have told; without a limit there are no pages. */
  readonly offset: number
  readonly showRemaining: boolean
}

export type ReadListOptions = { readonly ok: true; readonly value: ListWanted } | { readonly ok: false; readonly failure: GrpcFailure }

type Draft = { -readonly [K in keyof ListWanted]: ListWanted[K] }

const refuse = (message: string): GrpcFailure => grpcFailure('invalidArgument', message)

/** Each list asks for those of one controller too, in the same selector: messages may name what it is told by. */
export function readLabels(text: string): Result<LabelSelector> {
  const own = parseLabelSelector(text)
  const whole = own.ok || text === '' ? own : parseLabelSelector(`${text},!workflows.argoproj.io/controller-instanceid`)
  return whole.ok ? own : whole
}

/** `namespace` is that of the path or of the parameter; empty for none. */
export function readListOptions(query: QueryValues, namespace: string): ReadListOptions {
  const text = (name: string): string => query.get(name) ?? ''
  const offset = text('listOptions.continue') || '0'
  if (!/^[+-]?\d{1,15}$/.test(offset)) return { ok: false, failure: refuse('listOptions.continue must be int') }
  if (Number(offset) < 0) return { ok: false, failure: refuse('listOptions.continue must >= 0') }
  const labels = readLabels(text('listOptions.labelSelector'))
  const limit = wholeOf(query, 'listOptions.limit') ?? 0
  const draft: Draft = {
    namespace, notNamespace: '', names: [], labels: labels.ok ? labels.value : [], startedFrom: undefined, startedTo: undefined, createdFrom: undefined, finishedTo: undefined,
    limit: limit > 0 ? limit : undefined, offset: limit > 0 ? Number(offset) : 0, showRemaining: false,
  }
  const failure = addTimes(draft, text('createdAfter'), text('finishedBefore')) ?? addFields(draft, text('listOptions.fieldSelector'), text('nameFilter'))
  if (failure !== undefined) return { ok: false, failure }
  if (!labels.ok) return { ok: false, failure: refuse(labels.problem.message) }
  if (text('namePrefix') !== '') draft.names = [...draft.names, { text: text('namePrefix'), how: 'prefix' }]
  return { ok: true, value: draft }
}

function addTimes(draft: Draft, createdAfter: string, finishedBefore: string): GrpcFailure | undefined {
  for (const [name, value] of [['createdFrom', createdAfter], ['finishedTo', finishedBefore]] as const) {
    if (value === '') continue
    const time = timeOf(value)
    if (typeof time !== 'number') return time
    draft[name] = time
  }
  return undefined
}

function timeOf(text: string): number | GrpcFailure {
  const read = parseGoTime(text, RFC3339)
  return read.ok ? goTimeToMs(read.value) : refuse(read.problem.message)
}

/** The whole of a field selector: requirements that are no fields of any object but words of this API. */
function addFields(draft: Draft, selector: string, nameFilter: string): GrpcFailure | undefined {
  for (const requirement of selector.split(',').filter((part) => part !== '')) {
    const failure = addField(draft, requirement, nameFilter)
    if (failure !== undefined) return failure
  }
  return undefined
}

const NAME_FILTERS: Readonly<Record<string, NameWanted['how']>> = { '': 'exact', Exact: 'exact', NotEquals: 'not', Prefix: 'prefix', Contains: 'contains' }
const TRUTH: ReadonlySet<string> = new Set(['1', 't', 'T', 'true', 'TRUE', 'True'])
const FALSEHOOD: ReadonlySet<string> = new Set(['0', 'f', 'F', 'false', 'FALSE', 'False'])

function addField(draft: Draft, requirement: string, nameFilter: string): GrpcFailure | undefined {
  if (requirement.startsWith(REMAINING)) return addRemaining(draft, requirement)
  const match = /^(metadata\.namespace|metadata\.name|spec\.startedAt)(!=|==|=|>|<)(.*)$/s.exec(requirement)
  const [, field = '', operator = '', value = ''] = match ?? []
  const isEqual = operator === '=' || operator === '=='
  if (field === 'metadata.namespace' && (isEqual || operator === '!=')) return addNamespace(draft, value, isEqual)
  if (field === 'metadata.name' && (isEqual || operator === '!=')) {
    const how = isEqual ? NAME_FILTERS[nameFilter] : 'not'
    draft.names = how === undefined || value === '' ? [] : [{ text: value, how }]
    return undefined
  }
  if (field === 'spec.startedAt' && (operator === '>' || operator === '<')) {
    const time = timeOf(value)
    if (typeof time !== 'number') return time
    draft[operator === '>' ? 'startedFrom' : 'startedTo'] = time
    return undefined
  }
  return refuse(`unsupported requirement ${requirement}`)
}

const REMAINING = 'ext.showRemainingItemCount'

function addRemaining(draft: Draft, requirement: string): GrpcFailure | undefined {
  const value = requirement.replace(`${REMAINING}=`, '')
  if (!TRUTH.has(value) && !FALSEHOOD.has(value)) return refuse(`strconv.ParseBool: parsing ${JSON.stringify(value)}: invalid syntax`)
  draft.showRemaining = TRUTH.has(value)
  return undefined
}

function addNamespace(draft: Draft, value: string, isEqual: boolean): GrpcFailure | undefined {
  if (!isEqual) {
    draft.namespace = ''
    draft.notNamespace = value
  } else if (draft.namespace === '') draft.namespace = value
  else if (draft.namespace !== value) {
    const [given, selected] = [JSON.stringify(draft.namespace), JSON.stringify(value)]
    return refuse(`'namespace' query param (${given}) and fieldselector 'metadata.namespace' (${selected}) are both specified and contradict each other`)
  }
  return undefined
}
