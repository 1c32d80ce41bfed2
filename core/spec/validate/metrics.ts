// Owns the rules for custom metrics.
import type { Prometheus, Template } from '../wire/index.ts'
import { invalid, within, type Invalid, type Place } from './invalid.ts'

const isMetricName = (name: string): boolean => /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name)

/** `own` is the template as written, whose name messages use. */
export function validateMetrics(template: Template, own: Template, place: Place): Invalid | undefined {
  for (const [i, metric] of (template.metrics?.prometheus ?? []).entries()) {
    const problem = metricProblem(metric, `templates.${own.name ?? ''}`)
    if (problem !== undefined) return invalid(within(place, 'metrics', 'prometheus', i), problem)
  }
  return undefined
}

export function metricProblem(metric: Prometheus, prefix: string): string | undefined {
  const { name } = metric
  if (!isMetricName(name)) {
    return `${prefix} metric name '${name}' is invalid. Metric names must contain alphanumeric characters or '_'`
  }
  const label = (metric.labels ?? []).find((l) => !isMetricName(l.key))
  if (label !== undefined) return `metric label '${label.key}' is invalid: keys may only contain alphanumeric characters or '_'`
  if (metric.help === '') return `${prefix} metric '${name}' must contain a help string under 'help: ' field`
  const value = valueProblem(metric)
  return value === undefined ? undefined : `${prefix} metric '${name}' error: ${value}`
}

function valueProblem(metric: Prometheus): string | undefined {
  const { gauge, counter, histogram } = metric
  if (gauge !== undefined) {
    if (gauge.value === '') return 'missing gauge.value'
    if (gauge.realtime === true && gauge.value.includes('resourcesDuration.')) {
      return "'resourcesDuration.*' metrics cannot be used in real-time"
    }
  }
  if (counter?.value === '') return 'missing counter.value'
  return histogram?.value === '' ? 'missing histogram.value' : undefined
}
