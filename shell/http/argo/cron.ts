// Owns cron workflows in the Argo REST API.
import { grpcFailure, resourceOfKind } from '@tiphys/core/api'
import { type JsonObject, isJsonObject } from '@tiphys/core/kube'
import { type CronWorkflow, cronWorkflowSchema, validateCronWorkflow } from '@tiphys/core/spec'
import { answered, refusedAs, refusedWith } from './answer.ts'
import { type ServedKind, creating, getting, linting, listing, shown, updating } from './kinds.ts'
import { changeObject, deleteObject, nameOf, spotOf } from './objects.ts'
import type { ArgoOperationHandler, ArgoOperations } from './services.ts'

const ABSENT = 'cron workflow was not found in the request body'

const crons: ServedKind = {
  resource: resourceOfKind('CronWorkflow'), schema: cronWorkflowSchema, field: 'cronWorkflow',
  missing: { create: grpcFailure('notFound', ABSENT), update: grpcFailure('invalidArgument', ABSENT), lint: grpcFailure('invalidArgument', ABSENT) },
  validate: (object, { services, namespace }) => validateCronWorkflow(object as unknown as CronWorkflow, { catalog: services.templates, namespace, defaults: services.workflowDefaults() }),
}

function suspending(suspend: boolean): ArgoOperationHandler {
  return async (call, services) => {
    const suspended = (object: JsonObject): JsonObject => ({ ...object, spec: { ...(isJsonObject(object['spec']) ? object['spec'] : {}), suspend } })
    return shown(cronWorkflowSchema, await changeObject(services, spotOf(crons.resource, call), nameOf(call), suspended))
  }
}

const POLICIES = { '': undefined, Background: 'background', Foreground: 'foreground', Orphan: 'orphan' } as const

/** Options of the query count for cron workflows, as for no other kind. */
const remove: ArgoOperationHandler = async (call, services) => {
  const text = (name: string): string => call.query.get(`deleteOptions.${name}`) ?? ''
  const [policy, uid, resourceVersion] = [text('propagationPolicy'), text('preconditions.uid'), text('preconditions.resourceVersion')]
  if (!Object.hasOwn(POLICIES, policy)) return refusedAs('invalidArgument', `propagationPolicy ${JSON.stringify(policy)} is not known`)
  const dryRun = call.query.getAll('deleteOptions.dryRun')
  if (dryRun.some((item) => item !== 'All')) return refusedAs('invalidArgument', `dryRun ${JSON.stringify(dryRun)} is not known: All is the only value`)
  const propagation = POLICIES[policy as keyof typeof POLICIES]
  const deleted = await deleteObject(services, spotOf(crons.resource, call), nameOf(call), {
    dryRun: dryRun.length > 0, ...(propagation !== undefined && { propagation }),
    preconditions: { ...(uid !== '' && { uid }), ...(resourceVersion !== '' && { resourceVersion }) },
  })
  return deleted.ok ? answered({}) : refusedWith(deleted.failure)
}

export const cronOperations: ArgoOperations = {
  ListCronWorkflows: listing(crons),
  CreateCronWorkflow: creating(crons),
  LintCronWorkflow: linting(crons),
  GetCronWorkflow: getting(crons),
  UpdateCronWorkflow: updating(crons),
  DeleteCronWorkflow: remove,
  ResumeCronWorkflow: suspending(false),
  SuspendCronWorkflow: suspending(true),
}
