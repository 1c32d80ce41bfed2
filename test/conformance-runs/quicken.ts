// Owns making a workflow that waits quick: every limit and pause is divided by one factor, so that what is longer stays longer.
import { parseDuration } from '@tiphys/core/kube'
import type { Workflow } from '@tiphys/core/spec'
import { type Unknown, eachObject, textOf } from './walk.ts'

/** Where nothing limits how quick a workflow may be. */
const SCALE_MAX = 100
/** A pod whose timeout leaves it one second or less is never started, and what is left is rounded down to whole seconds. */
const TIMEOUT_SECONDS_MIN = 4
const DEADLINE_SECONDS_MIN = 2
/** Retries wait for moments that differ, which must stay far longer than it takes to start a step. */
const BACKOFF_SCALE_MAX = 10

/** By how much times can be divided without changing what happens. */
export function scaleFor(workflow: Workflow): number {
  let scale = SCALE_MAX
  const limit = (seconds: number | undefined, secondsMin: number): void => {
    if (seconds !== undefined) scale = Math.min(scale, Math.max(1, seconds / secondsMin))
  }
  eachObject(workflow.spec as unknown as Unknown, (object, path) => {
    limit(secondsOf(object['activeDeadlineSeconds']), DEADLINE_SECONDS_MIN)
    limit(secondsOf(object['timeout']), TIMEOUT_SECONDS_MIN)
    if (path.at(-1) === 'parameters' && object['name'] === 'timeout') limit(secondsOf(object['value']), TIMEOUT_SECONDS_MIN)
    if (path.at(-1) === 'backoff') scale = Math.min(scale, BACKOFF_SCALE_MAX)
  })
  return scale
}

const wholeSeconds = new Set(['activeDeadlineSeconds', 'initialDelaySeconds', 'timeoutSeconds'])

/** The workflow with its times divided. */
export function quickened(workflow: Workflow, scale: number): Workflow {
  const spec = mapped(workflow.spec as unknown as Unknown, [], (value, path) => {
    const key = path.at(-1) ?? ''
    const parent = path.at(-2) ?? ''
    if (wholeSeconds.has(key)) return typeof value === 'number' ? Math.max(key === 'initialDelaySeconds' ? 0 : 1, Math.round(value / scale)) : value
    const isDuration = key === 'timeout' || (key === 'duration' && (parent === 'suspend' || parent === 'backoff')) || (key === 'maxDuration' && parent === 'backoff')
    if (isDuration) return divided(value, scale)
    return value
  })
  return { ...workflow, spec: withTimeoutParameters(spec, scale) as unknown as Workflow['spec'] }
}

/** Timeouts that come through parameters of that name. */
function withTimeoutParameters(spec: unknown, scale: number): unknown {
  return mapped(spec, [], (value, path) => {
    if (path.at(-1) !== 'parameters' || !Array.isArray(value)) return value
    return value.map((each: Unknown) => (each['name'] === 'timeout' ? { ...each, value: divided(each['value'], scale) } : each))
  })
}

function divided(value: unknown, scale: number): unknown {
  const seconds = secondsOf(value)
  return seconds === undefined ? value : `${Math.max(1, Math.round((seconds / scale) * 1000))}ms`
}

/** A Go duration or a number of seconds; undefined for tags and anything else. */
function secondsOf(value: unknown): number | undefined {
  const text = textOf(value)
  if (text === '') return undefined
  if (/^\d+$/.test(text)) return Number(text)
  const parsed = parseDuration(text)
  return parsed.ok ? Number(parsed.value) / 1e9 : undefined
}

/** Every scalar and list, inner ones first; the items of a list come under the list's key. */
function mapped(value: unknown, path: readonly string[], change: (value: unknown, path: readonly string[]) => unknown): unknown {
  if (Array.isArray(value)) return change(value.map((item: unknown) => mapped(item, path, change)), path)
  if (typeof value !== 'object' || value === null) return change(value, path)
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, mapped(inner, [...path, key], change)]))
}
