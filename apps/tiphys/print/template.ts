// Owns what the commands for templates and cron workflows print: their tables and blocks of facts.
import type { ClusterWorkflowTemplate, CronWorkflow, WorkflowTemplate } from '@tiphys/core/spec'
import { type Clock, type UnixMs, durationShort, readTime, timestamp } from './age.ts'
import { anyValue, conditionFacts, fact, parameterFacts } from './status.ts'
import { type Row, layTable } from './table.ts'

type Template = WorkflowTemplate | ClusterWorkflowTemplate

/** The table of templates; `namespace` adds their namespace, for lists over all of them. */
export function templateTable(templates: readonly Template[], { namespace = false }: { readonly namespace?: boolean } = {}): string {
  const rows: Row[] = [namespace ? ['NAMESPACE', 'NAME'] : ['NAME']]
  for (const { metadata } of templates) {
    const name = metadata.name ?? ''
    rows.push(namespace ? [metadata.namespace ?? '', name, ''] : [name, ''])
  }
  return layTable(rows, 3)
}

/** The facts about one template; those of the cluster have no namespace. */
export function describeTemplate({ metadata }: Template, { clock, cluster = false }: { readonly clock: Clock; readonly cluster?: boolean }): string {
  return [
    fact('Name:', metadata.name ?? ''),
    cluster ? '' : fact('Namespace:', metadata.namespace ?? ''),
    fact('Created:', timestamp(readTime(metadata.creationTimestamp), clock)),
  ].join('')
}

export interface CronOptions {
  readonly clock: Clock
  /** When a cron workflow runs next; undefined when its schedules cannot be read. */
  readonly nextRun: (cron: CronWorkflow) => UnixMs | undefined
  readonly namespace?: boolean
}

const CRON_HEADER = ['NAME', 'AGE', 'LAST RUN', 'NEXT RUN', 'SCHEDULES', 'TIMEZONE', 'SUSPENDED']

/** The table of cron workflows. */
export function cronTable(crons: readonly CronWorkflow[], { clock, nextRun, namespace = false }: CronOptions): string {
  const rows: Row[] = [namespace ? ['NAMESPACE', ...CRON_HEADER] : CRON_HEADER]
  const age = (time: UnixMs | undefined): string => (time === undefined ? 'N/A' : durationShort(time, clock.now, clock.now))
  for (const cron of crons) {
    const { metadata, spec, status } = cron
    rows.push([
      ...(namespace ? [metadata.namespace ?? ''] : []),
      metadata.name ?? '',
      durationShort(readTime(metadata.creationTimestamp), clock.now, clock.now),
      age(readTime(status?.lastScheduledTime)),
      age(nextRun(cron)),
      scheduleText(cron),
      spec.timezone ?? '',
      String(spec.suspend === true),
    ])
  }
  return layTable(rows, 3)
}

const CRON_WIDTH = 30

/** The facts about one cron workflow. */
export function describeCron(cron: CronWorkflow, { clock, nextRun }: CronOptions): string {
  const { metadata, spec, status } = cron
  const line = (label: string, value: string | number | boolean | null | undefined): string =>
    value === undefined || value === null || value === '' ? '' : fact(label, value, CRON_WIDTH)
  const last = readTime(status?.lastScheduledTime)
  const next = nextRun(cron)
  return [
    fact('Name:', metadata.name ?? '', CRON_WIDTH),
    fact('Namespace:', metadata.namespace ?? '', CRON_WIDTH),
    fact('Created:', timestamp(readTime(metadata.creationTimestamp), clock), CRON_WIDTH),
    fact('Schedules:', scheduleText(cron), CRON_WIDTH),
    fact('Suspended:', spec.suspend === true, CRON_WIDTH),
    line('Timezone:', spec.timezone),
    line('StartingDeadlineSeconds:', spec.startingDeadlineSeconds),
    line('ConcurrencyPolicy:', spec.concurrencyPolicy),
    line('LastScheduledTime:', last === undefined ? undefined : timestamp(last, clock)),
    line('NextScheduledTime:', next === undefined ? undefined : `${timestamp(next, clock)} (assumes workflow-controller is in UTC)`),
    line('Active Workflows:', (status?.active ?? []).map(({ name }) => name ?? '').join(', ')),
    conditionFacts(status?.conditions, (type) => (type === 'SubmissionError' ? '✖' : ''), CRON_WIDTH),
    parameterFacts('Workflow Parameters:', spec.workflowSpec.arguments?.parameters, { valueOf: anyValue, width: CRON_WIDTH }),
  ].join('')
}

function scheduleText({ spec }: CronWorkflow): string {
  return (spec.schedules ?? []).join(',')
}
