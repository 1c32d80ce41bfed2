// Owns how long a pod may run: the template's own limit, what is left of the workflow's, and the template's timeout.
import { nsToMs, parseDuration } from '@tiphys/core/kube'
import type { Template } from '@tiphys/core/spec'

export interface DeadlineFacts {
  readonly template: Template
  readonly nodeName: string
  readonly onExit: boolean
  /** All times in milliseconds since the epoch. */
  readonly now: number
  readonly nodeStartedAt: number
  /** When the workflow's own `activeDeadlineSeconds` run out. */
  readonly workflowDeadline?: number | undefined
}

export type PodDeadline =
  | { readonly kind: 'allowed'; readonly activeDeadlineSeconds: number | undefined; readonly timeoutSeconds: number | undefined }
  /** The workflow's time is over: no pod is made. */
  | { readonly kind: 'over' }
  | { readonly kind: 'error'; readonly message: string }

/** The deadlines of a pod that is about to be made. Exit handlers run even when the workflow's time is over. */
export function podDeadline(facts: DeadlineFacts): PodDeadline {
  const own = ownDeadline(facts.template)
  if (typeof own === 'string') return { kind: 'error', message: own }
  let active = own
  if (facts.workflowDeadline !== undefined && !facts.onExit) {
    const left = secondsLeft(facts.workflowDeadline, facts.now)
    if (left <= 0) return { kind: 'over' }
    active = own === undefined ? left : Math.min(own, left)
  }
  const timeout = facts.template.timeout
  if (timeout === undefined || timeout === '') return { kind: 'allowed', activeDeadlineSeconds: active, timeoutSeconds: undefined }
  const parsed = parseDuration(timeout)
  if (!parsed.ok) return { kind: 'error', message: parsed.problem.message }
  const left = secondsLeft(facts.nodeStartedAt + nsToMs(parsed.value), facts.now)
  if (left <= 1) return { kind: 'error', message: `${facts.nodeName} exceeded its deadline` }
  return { kind: 'allowed', activeDeadlineSeconds: active, timeoutSeconds: left }
}

/** `activeDeadlineSeconds` of a template, which may be text once its variables are filled in; a text is an error message. */
export function ownDeadline(template: Template): number | undefined | string {
  const value = template.activeDeadlineSeconds
  if (value === undefined || typeof value === 'number') return value
  return /^[+-]?\d{1,15}$/.test(value) ? Number(value) : `strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`
}

// A pod is made a little after its node, so that of N whole seconds N - 1 are left. In virtual time no time passes between the
// two; counting the moment keeps both clocks at the same number.
function secondsLeft(deadline: number, now: number): number {
  return Math.ceil((deadline - now) / 1000) - 1
}
