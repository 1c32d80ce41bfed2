// Owns the verdict of the reference on cron workflows: their schedules, and the workflow that they would start.
import { isZone, parseCron, utf8Length } from '@tiphys/core/kube'
import type { CronWorkflow, Workflow } from '../wire/index.ts'
import { invalid, prefixed, type Base, type Invalid } from './invalid.ts'
import { tooLong, validateSpec, type ValidateOptions } from './workflow.ts'

// Eleven characters are left for the time that is put behind the name of every run.
const nameLengthMax = 52
const policies = ['', 'Allow', 'Forbid', 'Replace']

export function validateCronWorkflow(cron: CronWorkflow, options: Omit<ValidateOptions, 'purpose'>): Invalid | undefined {
  const name = cron.metadata.name ?? ''
  const root: Base = { kind: 'local', name: '', spec: cron.spec.workflowSpec, specPath: ['spec', 'workflowSpec'], object: cron }
  if (utf8Length(name) > nameLengthMax) return tooLong(root, 'cron workflow', name, nameLengthMax)
  const own = validateTimes(cron, root)
  if (own !== undefined) return own
  const { metadata } = workflowOfCron(cron)
  // Nobody is there to give values when a run starts, so arguments need them even where others may leave them open.
  const namespace = cron.metadata.namespace ?? ''
  const inner = validateSpec({ root, metadata: { ...metadata, namespace }, options: { ...options, purpose: 'create' }, forTemplate: false })
  return inner === undefined ? undefined : prefixed('cannot validate Workflow: ', inner)
}

function validateTimes(cron: CronWorkflow, root: Base): Invalid | undefined {
  const { schedules = [], timezone = '', concurrencyPolicy = '', startingDeadlineSeconds = 0 } = cron.spec
  const refuse = (message: string, ...path: readonly (string | number)[]): Invalid => invalid({ base: root, path: ['spec', ...path] }, message)
  if (schedules.length === 0) return refuse('cron workflow must have at least one schedule', 'schedules')
  for (const [i, schedule] of schedules.entries()) {
    const parsed = parseCron(schedule)
    if (!parsed.ok) return refuse(`cron schedule ${schedule} is malformed: ${parsed.problem.message}`, 'schedules', i)
  }
  if (timezone !== '' && timezone !== 'Local' && !isZone(timezone)) {
    return refuse(`invalid timezone ${JSON.stringify(timezone)}: unknown time zone ${timezone}`, 'timezone')
  }
  if (!policies.includes(concurrencyPolicy)) return refuse(`'${concurrencyPolicy}' is not a valid concurrencyPolicy`, 'concurrencyPolicy')
  return startingDeadlineSeconds < 0 ? refuse('startingDeadlineSeconds must be positive', 'startingDeadlineSeconds') : undefined
}

/** The workflow that a cron workflow starts, without name and times. */
export function workflowOfCron(cron: CronWorkflow): Workflow {
  const { metadata, spec } = cron
  const instance = metadata.labels?.['workflows.argoproj.io/controller-instanceid']
  const labels = {
    ...(instance !== undefined && { 'workflows.argoproj.io/controller-instanceid': instance }),
    'workflows.argoproj.io/cron-workflow': metadata.name ?? '',
    ...spec.workflowMetadata?.labels,
  }
  const annotations = { 'workflows.argoproj.io/scheduled-time': '', ...spec.workflowMetadata?.annotations }
  return {
    apiVersion: cron.apiVersion,
    kind: 'Workflow',
    metadata: { generateName: `${metadata.name ?? ''}-`, namespace: metadata.namespace, labels, annotations },
    spec: spec.workflowSpec,
  }
}
