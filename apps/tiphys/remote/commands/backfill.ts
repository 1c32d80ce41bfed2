// Owns `tiphys cron backfill`: a workflow that starts those of a cron workflow for times that have passed.
import { randomBytes } from 'node:crypto'
import { formatGoTime, GO_STRING_LAYOUT, goTimeFromMs, goTimeToMs, parseCron, parseGoTime } from '@tiphys/core/kube'
import { type CronWorkflow, type Workflow, emitYaml } from '@tiphys/core/spec'
import type { Invocation } from '../../flags/index.ts'
import { Mistake } from '../failure.ts'
import { sendable } from '../manifests.ts'
import { guarded } from '../guard.ts'
import { type Remote, namespaceFor, withServer } from '../remote.ts'
import { cronService } from '../services.ts'
import { createWorkflow } from '../workflows.ts'

export const run = guarded(async (invocation: Invocation) => {
  if (invocation.args.length > 0) return backfill(invocation)
  invocation.streams.stdout(invocation.help())
  return undefined
})

interface Period { readonly startMs: number; readonly endMs: number; readonly start: string; readonly end: string }

const backfill = withServer(async (remote) => {
  const { flags, args, connection } = remote
  const period = periodOf(remote)
  const [cronName = ''] = args
  const name = flags.text('name') || randomBytes(4).toString('hex').slice(0, 5)
  const cron = await cronService(connection).get(namespaceFor(remote), cronName)
  const times = timesOf(cron, period, remote.argo)
  if (times.length === 0) {
    remote.print(remote.argo ? 'There is no suitable scheduling time.' : 'The schedules have no time within the period.\n')
    return undefined
  }
  const size = Math.max(1, flags.number('maxworkflowcount'))
  const created: string[] = []
  for (let at = 0; at < times.length; at += size) created.push(await startOne(remote, { cron, name, times: times.slice(at, at + size) }))
  remote.print(report(remote, { name, cronName, period, count: times.length, created }))
  return undefined
})

const RFC1123 = 'Mon, 02 Jan 2006 15:04:05 MST'

function periodOf({ flags }: Remote): Period {
  const layout = flags.text('format')
  const start = flags.text('start')
  if (start === '') throw new Mistake('start date should not be empty')
  const now = Date.now()
  const end = flags.text('end')
  return { startMs: readDate(start, layout), endMs: end === '' ? now : readDate(end, layout), start, end: end || formatGoTime(goTimeFromMs(now), RFC1123) }
}

function readDate(text: string, layout: string): number {
  const time = parseGoTime(text, layout)
  if (time.ok) return goTimeToMs(time.value)
  throw new Mistake(time.problem.message)
}

const TIMES_MAX = 100_000

/** The times of the schedules within the period, in order. The reference reads several schedules as one, and zones not at all. */
function timesOf({ spec }: CronWorkflow, { startMs, endMs }: Period, argo: boolean): readonly number[] {
  const texts = argo ? [(spec.schedules ?? []).join(',')] : (spec.schedules ?? [])
  const times = new Set<number>()
  for (const text of texts) {
    const schedule = parseCron(text, argo ? undefined : spec.timezone)
    if (!schedule.ok) throw new Mistake(schedule.problem.message)
    for (let at = schedule.value.next(startMs); at !== undefined && at <= endMs && times.size < TIMES_MAX; at = schedule.value.next(at)) times.add(at)
  }
  return [...times].toSorted((a, b) => a - b)
}

const MARK = 'workflows.argoproj.io/'
const INPUT = 'backfillscheduletime'

interface Batch { readonly cron: CronWorkflow; readonly name: string; readonly times: readonly number[] }

async function startOne(remote: Remote, { cron, name, times }: Batch): Promise<string> {
  const texts = times.map((at) => formatGoTime({ ...goTimeFromMs(at), offsetSeconds: 0, zone: 'UTC' }, GO_STRING_LAYOUT))
  const manifest = emitYaml(sendable('Workflow', { apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', ...workflowFor(remote, cron, name) }))
  const workflow = {
    apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', metadata: { generateName: 'backfill-wf-', labels: { [`${MARK}backfill`]: cron.metadata.name ?? '' } },
    spec: {
      entrypoint: 'main',
      templates: [
        { name: 'main', steps: [[{ name: 'create-workflow', template: 'create-workflow', arguments: { parameters: [{ name: INPUT, value: '{{item}}' }] }, withParam: JSON.stringify(texts) }]] },
        { name: 'create-workflow', inputs: { parameters: [{ name: INPUT }] }, resource: { action: 'create', successCondition: 'status.phase == Succeeded', manifest } },
      ],
    },
  }
  const namespace = namespaceFor(remote)
  const created = await createWorkflow(remote.connection, { namespace, workflow, serverDryRun: false, dryRun: false })
  return created.metadata.name ?? ''
}

const PRIORITY_MAX = 2_147_483_647
const PREFIX_CHARACTERS_MAX = 57

/** The workflow that each time starts; the time reaches it by an argument. */
function workflowFor({ flags }: Remote, { metadata, spec }: CronWorkflow, name: string): Pick<Workflow, 'metadata' | 'spec'> {
  const own = spec.workflowSpec
  const parameters = [...(own.arguments?.parameters ?? []), { name: flags.text('argname'), value: `{{inputs.parameters.${INPUT}}}` }]
  const inOrder = flags.bool('parallel') ? {} : { priority: PRIORITY_MAX, synchronization: { mutexes: [{ name }] } }
  return {
    metadata: {
      generateName: `${`${metadata.name ?? ''}-backfill-${name.toLowerCase()}`.slice(0, PREFIX_CHARACTERS_MAX)}-`,
      labels: { [`${MARK}cron-workflow`]: metadata.name ?? '', ...spec.workflowMetadata?.labels },
      annotations: { [`${MARK}scheduled-time`]: new Date(Math.floor(Date.now() / 1000) * 1000).toISOString().replace('.000Z', 'Z'), ...spec.workflowMetadata?.annotations },
      // What a cron workflow started goes with it.
      ownerReferences: [{ apiVersion: 'argoproj.io/v1alpha1', kind: 'CronWorkflow', name: metadata.name ?? '', uid: metadata.uid ?? '', controller: true, blockOwnerDeletion: true }],
    },
    spec: { ...own, arguments: { ...own.arguments, parameters }, ...inOrder },
  }
}

interface Report { readonly name: string; readonly cronName: string; readonly period: Period; readonly count: number; readonly created: readonly string[] }

const RULE = '='.repeat(50)

function report(remote: Remote, { name, cronName, period, count, created }: Report): string {
  const rows = created.map((workflow, index) => `${index + 1}. ${namespaceFor(remote)} \t ${workflow} \n`)
  return `Created ${name} Backfill task for Cronworkflow ${cronName} \n${RULE}\nBackfill Period :\nStart Time : ${period.start} \n  End Time : ${period.end} \n` +
    `Total Backfill Schedule: ${count} \n${RULE}\nBackfill Workflows: \n   NAMESPACE\t WORKFLOW: \n${rows.join('')}`
}
