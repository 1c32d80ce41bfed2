// Owns rules for single values: durations and numbers written as text, negative numbers, words out of a known set.
import { nsToMs, parseDuration, parseGoDuration } from '@tiphys/core/kube'
import { didYouMean, schemaKit, type JsonObject, type SchemaNode, type StructNode } from '@tiphys/core/spec'
import { fixedText, hasField, numberOf, textOf, type StructPlace, type StructRule } from './struct-rule.ts'
import { hasTag } from '../visit.ts'

const durationHint = 'write for example 30s, 5m or 1h30m'

function duration(field: string, reader: 'argo' | 'go' = 'argo'): StructRule {
  return (value, { path, remarks }) => {
    const text = fixedText(value, field)
    if (text === undefined) return
    const parsed = reader === 'go' ? parseGoDuration(text) : parseDuration(text)
    if (!parsed.ok) remarks.error('duration_invalid', [...path, field], `"${text}" is not a duration`, durationHint)
    else if (nsToMs(parsed.value) < 0) remarks.error('duration_negative', [...path, field], `the duration "${text}" is negative`, durationHint)
  }
}

function wholeNumber(field: string, low: number | undefined): StructRule {
  return (value, { path, remarks }) => {
    const given = value[field]
    if (typeof given === 'string' && given !== '' && !hasTag(given) && !/^[+-]?\d+$/.test(given)) {
      return remarks.error('number_invalid', [...path, field], `"${given}" is not a whole number`, 'write a number, or {{a variable}}')
    }
    if (low === undefined || given === undefined || given === '' || hasTag(String(given))) return
    if (Number(given) < low) remarks.error('number_too_small', [...path, field], `${field} is ${String(given)}, but must be at least ${low}`)
  }
}

function atLeast(field: string, low: number, why: string): StructRule {
  return (value, { path, remarks }) => {
    const number = numberOf(value, field)
    if (number !== undefined && number < low) remarks.error('number_too_small', [...path, field], `${field} is ${number}: ${why}`)
  }
}

const negativeLimit: StructRule = (value, { path, remarks }) => {
  const limit = Number(value['limit'])
  if (hasField(value, 'limit') && limit < 0) remarks.warning('retry_limit_negative', [...path, 'limit'], `limit is ${limit}, so nothing is retried`, 'leave limit out to retry without end')
}

const factor: StructRule = (value, { path, remarks }) => {
  if (hasField(value, 'factor') && Number(value['factor']) < 0) {
    remarks.error('number_too_small', [...path, 'factor'], `factor is ${String(value['factor'])}: waiting times would become negative`)
  }
  if (!hasField(value, 'duration') && (hasField(value, 'factor') || hasField(value, 'maxDuration'))) {
    remarks.error('backoff_without_duration', path, 'backoff has no duration to begin with', 'add duration, such as 10s')
  }
}

const spaceSaving: StructRule = (value, { path, remarks }) => {
  for (const field of ['secondsAfterCompletion', 'secondsAfterSuccess', 'secondsAfterFailure']) {
    const seconds = numberOf(value, field)
    if (seconds !== undefined && seconds < 0) remarks.warning('ttl_negative', [...path, field], `${field} is ${seconds}: the workflow is deleted as soon as it ends`)
  }
}

const neverStarts = 'nothing would ever start'

/** Rules by the name of the struct that they look at. */
export const valueRules: Readonly<Record<string, readonly StructRule[]>> = {
  SuspendTemplate: [duration('duration')],
  Template: [duration('timeout', 'go'), duration('pendingTimeout'), wholeNumber('activeDeadlineSeconds', 1), templateParallelism],
  WorkflowSpec: [atLeast('parallelism', 1, neverStarts), atLeast('activeDeadlineSeconds', 1, 'the workflow would end at once')],
  Backoff: [duration('duration'), duration('maxDuration'), wholeNumber('factor', undefined), factor],
  RetryStrategy: [wholeNumber('limit', undefined), negativeLimit],
  ContainerSetRetryStrategy: [duration('duration', 'go'), wholeNumber('retries', 0)],
  PodGC: [duration('deleteDelayDuration')],
  Memoize: [duration('maxAge')],
  TTLStrategy: [spaceSaving],
  CronWorkflowSpec: [atLeast('successfulJobsHistoryLimit', 0, 'it counts runs to keep'), atLeast('failedJobsHistoryLimit', 0, 'it counts runs to keep')],
  HTTPTemplate: [atLeast('timeoutSeconds', 0, 'it is a time')],
  PodDisruptionBudgetSpec: [disruptionBudget],
}

function templateParallelism(value: JsonObject, { path, remarks }: StructPlace): void {
  const number = numberOf(value, 'parallelism')
  if (number !== undefined && number <= 0) remarks.warning('parallelism_ignored', [...path, 'parallelism'], `parallelism is ${number}, which limits nothing`)
}

function disruptionBudget(value: JsonObject, { path, remarks }: StructPlace): void {
  for (const field of ['minAvailable', 'maxUnavailable']) {
    const given = value[field]
    const valid = typeof given === 'number' ? given >= 0 : typeof given !== 'string' || hasTag(given) || /^\d+%$/.test(given)
    if (given !== undefined && !valid) remarks.error('number_invalid', [...path, field], `${field} must be a number that is not negative, or a percentage`)
  }
  if (hasField(value, 'minAvailable') && hasField(value, 'maxUnavailable')) {
    remarks.error('choose_one', path, 'minAvailable and maxUnavailable exclude each other')
  }
}

interface KnownWords {
  readonly field: string
  readonly values: readonly string[]
}

const knownWords = new WeakMap<StructNode, readonly KnownWords[]>()

/** Fields of a struct whose values come out of a known set. */
function wordsOf(struct: StructNode): readonly KnownWords[] {
  const known = knownWords.get(struct)
  if (known !== undefined) return known
  const found: KnownWords[] = []
  for (const [field, { schema }] of struct.fields) {
    const node: SchemaNode = schemaKit.resolve(schema)
    if (node.kind === 'string' && node.values !== undefined) found.push({ field, values: node.values })
  }
  knownWords.set(struct, found)
  return found
}

export function checkKnownWords(struct: StructNode, value: JsonObject, at: StructPlace): void {
  for (const { field, values } of wordsOf(struct)) {
    const text = textOf(value, field)
    if (text === '' || hasTag(text) || values.includes(text)) continue
    const hint = didYouMean(text, values) ?? `one of ${values.filter((v) => v !== '').join(', ')}`
    at.remarks.error('value_unknown', [...at.path, field], `"${text}" is not a value of ${field}`, hint)
  }
}
