// Owns the short facts about a workflow that several views show: its status in words, resources, parameters, conditions.
import { compareText } from '@tiphys/core/kube'
import type { Condition, NodeStatus, Parameter, Workflow } from '@tiphys/core/spec'
import { type Look, conditionMark } from './paint.ts'

/** `Running (Suspended)`, `Failed (Terminated)`, `Pending`, or the phase as it is. */
export function workflowStatusText(workflow: Workflow): string {
  const phase = workflow.status?.phase ?? ''
  switch (phase) {
    case 'Running':
      return isSuspended(workflow) ? 'Running (Suspended)' : phase
    case 'Failed':
      return (workflow.spec.shutdown ?? '') === '' ? phase : 'Failed (Terminated)'
    case '':
    case 'Pending':
      return (workflow.metadata.creationTimestamp ?? null) === null ? 'Unknown' : 'Pending'
    default:
      return phase
  }
}

function isSuspended(workflow: Workflow): boolean {
  if (workflow.spec.suspend === true) return true
  return Object.values(workflow.status?.nodes ?? {}).some((node) => node.type === 'Suspend' && node.phase === 'Running')
}

const DENOMINATORS: ReadonlyMap<string, string> = new Map([['memory', '100Mi'], ['storage', '10Gi'], ['ephemeral-storage', '10Gi']])

/** `2s*(1 cpu),5s*(100Mi memory)`; empty when nothing was used. */
export function resourcesText(seconds: Readonly<Record<string, number>> | null | undefined): string {
  const names = Object.keys(seconds ?? {}).toSorted(compareText)
  return names.map((name) => `${secondsText(seconds?.[name] ?? 0)}*(${DENOMINATORS.get(name) ?? '1'} ${name})`).join(',')
}

/** Seconds as Go prints a duration: `1h0m5s`. */
function secondsText(seconds: number): string {
  const sign = seconds < 0 ? '-' : ''
  const total = Math.abs(seconds)
  const hours = Math.floor(total / 3600)
  const minutes = Math.floor(total / 60) % 60
  const rest = `${total % 60}s`
  if (hours > 0) return `${sign}${hours}h${minutes}m${rest}`
  return minutes > 0 ? `${sign}${minutes}m${rest}` : sign + rest
}

/** The template of a node as it is shown: with the name of the object it comes from, if it is referenced. */
export function templateText(node: NodeStatus): string {
  return node.templateRef === undefined ? (node.templateName ?? '') : `${node.templateRef.name ?? ''}/${node.templateRef.template ?? ''}`
}

/** The template's own name, which the names of pods contain. */
export function templateName(node: NodeStatus): string {
  return (node.templateRef === undefined ? node.templateName : node.templateRef.template) ?? ''
}

/** One line of a block of facts: the label, padded, and the value. */
export function fact(label: string, value: string | number | boolean, width = 20): string {
  return `${label.padEnd(width)} ${value}\n`
}

/** The lines of the conditions; empty when there are none. */
export function conditionFacts(conditions: readonly Condition[] | null | undefined, mark: (type: string) => string, width = 20): string {
  if (conditions === undefined || conditions === null || conditions.length === 0) return ''
  const lines = conditions.map((condition) =>
    fact(`${mark(condition.type ?? '')} ${condition.type ?? ''}`, printable((condition.message ?? '') || (condition.status ?? '')), width),
  )
  return fact('Conditions:', '', width) + lines.join('')
}

export const workflowConditionFacts = (conditions: readonly Condition[] | null | undefined, look: Look): string =>
  conditionFacts(conditions, (type) => conditionMark(type, look))

/** The lines of the parameters of which `valueOf` knows a value. */
export function parameterFacts(title: string, parameters: readonly Parameter[] | null | undefined, { valueOf, width = 20 }: ParameterManner): string {
  if (parameters === undefined || parameters === null || parameters.length === 0) return ''
  const lines = parameters.flatMap((parameter) => {
    const value = valueOf(parameter)
    return value === undefined ? [] : [fact(`  ${parameter.name}:`, printable(value), width)]
  })
  return fact(title, '', width) + lines.join('')
}

export interface ParameterManner {
  readonly valueOf: (parameter: Parameter) => string | undefined
  readonly width?: number
}

export const givenValue = ({ value }: Parameter): string | undefined => value ?? undefined

/** The value, else the default; one that comes from elsewhere shows as empty. */
export const anyValue = (parameter: Parameter): string | undefined =>
  parameter.value ?? parameter.default ?? ((parameter.valueFrom ?? undefined) === undefined ? undefined : '')

/** Text that cannot move the cursor or change the terminal: a message may hold what a program printed. */
export function printable(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '')
}
