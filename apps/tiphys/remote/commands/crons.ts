// Owns the commands of `tiphys cron`, but for backfill.
import { applySubmitOptions } from '@tiphys/core/engine'
import { parseCron } from '@tiphys/core/kube'
import { type CronWorkflow, type Workflow, cronWorkflowSchema } from '@tiphys/core/spec'
import type { Invocation, Outcome } from '../../flags/index.ts'
import { type CronOptions, cronTable, describeCron, objectText } from '../../print/index.ts'
import { Mistake, during } from '../failure.ts'
import { lintCommand } from '../lint.ts'
import { objectsOfKind, readSources, sendable } from '../manifests.ts'
import { submitOptionsOf } from '../parameters.ts'
import { type Remote, clockNow, namespaceFor, tell, withServer } from '../remote.ts'
import { cronService, pauseCron } from '../services.ts'
import { withoutKind } from '../show.ts'
import { ending, inNamespace, selectorOf } from './templates.ts'

export const cronCommands: Readonly<Record<'list' | 'get' | 'create' | 'update' | 'lint' | 'delete', (invocation: Invocation) => Promise<Outcome>>> = {
  list: withServer(list),
  get: withServer(async (remote) => {
    for (const name of remote.args) show(remote, await cronService(remote.connection).get(namespaceFor(remote), name), remote.flags.text('output'))
    return undefined
  }),
  create: withServer(createAll),
  update: withServer(updateAll),
  lint: lintCommand(['CronWorkflow']),
  delete: withServer(removeAll),
}

export const suspendCrons = withServer((remote) => pauseAll(remote, 'suspend'))
export const resumeCrons = withServer((remote) => pauseAll(remote, 'resume'))

async function list({ argo, flags, connection, server, print }: Remote): Promise<undefined> {
  const everywhere = flags.bool('all-namespaces')
  // The reference leaves it to the server to read the selector.
  const labels = argo ? flags.text('selector') : selectorOf(flags.text('selector'))
  const crons = await cronService(connection).list(everywhere ? '' : (server.namespace ?? ''), labels)
  if (flags.text('output') === 'name') print(crons.map(({ metadata }) => `${metadata.name ?? ''}\n`).join(''))
  else print(cronTable(crons, { ...cronOptions(), namespace: everywhere }))
  return undefined
}

function cronOptions(): CronOptions {
  const clock = clockNow()
  return { clock, nextRun: (cron) => nextRun(cron, clock.now) }
}

/** The first time of any schedule; undefined where one of them cannot be read. */
function nextRun({ spec }: CronWorkflow, now: number): number | undefined {
  let first: number | undefined
  for (const text of spec.schedules ?? []) {
    const schedule = parseCron(text, spec.timezone)
    if (!schedule.ok) return undefined
    const next = schedule.value.next(now)
    if (next !== undefined && (first === undefined || next < first)) first = next
  }
  return first
}

function show({ print }: Remote, cron: CronWorkflow, output: string): void {
  if (output === 'name') return print(`${cron.metadata.name ?? ''}\n`)
  if (output === 'json' || output === 'yaml') return print(objectText(cronWorkflowSchema, withoutKind(cron), output))
  print(describeCron(cron, cronOptions()))
}

async function cronsIn(remote: Remote): Promise<readonly CronWorkflow[]> {
  const { args, flags, streams } = remote
  const refuse = (message: string): Error => ending(remote, `Failed to parse cron workflow: ${message}`)
  const texts = await readSources(args, streams).catch((error: unknown) => {
    throw error instanceof Mistake ? ending(remote, error.message) : error
  })
  const found = texts.flatMap((text) => objectsOfKind(text, 'CronWorkflow', { strict: flags.bool('strict'), argo: remote.argo, tell: (entry) => tell(remote, entry), refuse }))
  if (found.length === 0) throw ending(remote, 'No CronWorkflows found in given files')
  return found.map(({ object }) => object)
}

/** The workflow of a cron workflow with what the flags set on it, as a workflow of its own. */
async function submitted({ flags }: Remote, { spec }: CronWorkflow): Promise<Workflow> {
  const applied = applySubmitOptions({ metadata: {}, spec: spec.workflowSpec } as Workflow, await submitOptionsOf(flags))
  if (!applied.ok) throw new Mistake(applied.problem.message)
  return applied.value
}

async function createAll(remote: Remote): Promise<undefined> {
  const schedule = remote.flags.text('schedule')
  for (const cron of await cronsIn(remote)) {
    const workflow = await submitted(remote, cron)
    const spec = { ...cron.spec, ...(schedule !== '' && { schedules: [schedule] }), workflowSpec: workflow.spec }
    const placed = inNamespace(remote, { ...cron, spec, metadata: named(cron.metadata, workflow.metadata) })
    const created = await during('failed to create cron workflow', cronService(remote.connection).create(placed.metadata.namespace ?? '', sendable('CronWorkflow', placed)))
    show(remote, created, outputOf(remote))
  }
  return undefined
}

/** A name and a prefix for names exclude each other; what the flags say wins. */
function named({ name: ownName, generateName: ownPrefix, ...metadata }: CronWorkflow['metadata'], { name = '', generateName = '' }: Workflow['metadata']): CronWorkflow['metadata'] {
  if (name !== '') return { ...metadata, name }
  if (generateName !== '') return { ...metadata, generateName }
  return { ...metadata, ...(ownName === undefined ? {} : { name: ownName }), ...(ownPrefix === undefined ? {} : { generateName: ownPrefix }) }
}

/** The reference takes `-o` here and heeds it not. */
function outputOf({ argo, flags }: Remote): string {
  return argo ? '' : flags.text('output')
}

async function updateAll(remote: Remote): Promise<undefined> {
  const service = cronService(remote.connection)
  for (const cron of await cronsIn(remote)) {
    const workflow = await submitted(remote, cron)
    // The reference reads what the flags set and sends the file as it is; ours means what it says.
    const spec = remote.argo ? cron.spec : { ...cron.spec, workflowSpec: workflow.spec }
    const placed = inNamespace(remote, { ...cron, spec })
    const { name = '', namespace = '' } = placed.metadata
    const current = await during(`failed to get existing cron workflow ${JSON.stringify(name)} to update`, service.get(namespace, name))
    const next = { ...placed, metadata: { ...placed.metadata, resourceVersion: current.metadata.resourceVersion ?? '' } }
    show(remote, await during('failed to update workflow template', service.update(namespace, name, sendable('CronWorkflow', next))), outputOf(remote))
  }
  return undefined
}

async function pauseAll(remote: Remote, how: 'suspend' | 'resume'): Promise<undefined> {
  for (const name of remote.args) {
    await pauseCron(remote.connection, how, { namespace: namespaceFor(remote), name })
    remote.print(`CronWorkflow '${name}' ${how === 'suspend' ? 'suspended' : 'resumed'}\n`)
  }
  return undefined
}

async function removeAll(remote: Remote): Promise<undefined> {
  const { flags, args, connection, argo, print } = remote
  const service = cronService(connection)
  const all = flags.bool('all') ? (await service.list(namespaceFor(remote), '')).map(({ metadata }) => metadata.name ?? '') : []
  for (const name of [...args, ...all]) {
    await service.remove(namespaceFor(remote), name)
    // The reference does it in silence.
    if (!argo) print(`CronWorkflow '${name}' deleted\n`)
  }
  return undefined
}
