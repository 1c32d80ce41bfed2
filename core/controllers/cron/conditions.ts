// Owns the conditions of a cron workflow under which it starts nothing: `when` and `stopStrategy`, over the cronworkflow.* variables (CRON-20 … CRON-23).
import { type Value, compileExpression, compileTemplate, envOf, evaluateBool, evaluateStrictWhen, renderTemplate, scopeOfVariables, timeValue } from '@tiphys/core/expr'
import { type Result, bad, ok } from '@tiphys/core/kube'
import type { CronWorkflow } from '@tiphys/core/spec'
import { timeOf } from './due.ts'

const PREFIX = 'cronworkflow.'

function variables({ metadata, status }: CronWorkflow): ReadonlyMap<string, Value> {
  const { labels = {}, annotations = {} } = metadata
  const last = timeOf(status?.lastScheduledTime)
  return new Map<string, Value>([
    ['name', metadata.name ?? ''], ['namespace', metadata.namespace ?? ''], ['labels', { ...labels }], ['annotations', { ...annotations }],
    ['failed', status?.failed ?? 0], ['succeeded', status?.succeeded ?? 0], ['labels.json', JSON.stringify(labels)], ['annotations.json', JSON.stringify(annotations)],
    ['lastScheduledTime', last === undefined ? null : timeValue(last)],
  ])
}

/** Whether `when` lets the workflow start; true when there is none. */
export function evaluateCronWhen(cron: CronWorkflow, nowMs: number): Result<boolean> {
  const { when = '' } = cron.spec
  if (when === '') return ok(true)
  const named = new Map([...variables(cron)].map(([name, value]): [string, Value] => [PREFIX + name, value]))
  const text = renderTemplate(compileTemplate(when), scopeOfVariables(named), { nowMs })
  return text.ok ? evaluateStrictWhen(text.value) : bad('cron_when_failed', text.error.message)
}

/** Whether the expression says that nothing more shall start. */
export function evaluateStop(cron: CronWorkflow, nowMs: number): Result<boolean> {
  const expression = cron.spec.stopStrategy?.expression
  if (expression === undefined) return ok(false)
  const program = compileExpression(expression)
  if (!program.ok) return bad('cron_stop_failed', `failed to evaluate stop expression: ${program.error.message}`)
  const result = evaluateBool(program.value, envOf({ cronworkflow: Object.fromEntries(variables(cron)) }), { nowMs })
  return result.ok ? ok(result.value) : bad('cron_stop_failed', `failed to evaluate stop expression: ${result.error.message}`)
}
