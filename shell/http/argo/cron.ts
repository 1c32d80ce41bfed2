// Owns cron workflows in the Argo REST API.
import { grpcFailure, resourceOfKind } from '@tiphys/core/api'
import { type JsonObject, isJsonObject } from '@tiphys/core/kube'
import { type CronWorkflow, cronWorkflowSchema, validateCronWorkflow } from '@tiphys/core/spec'
import { type ServedKind, creating, deleting, getting, linting, listing, shown, updating } from './kinds.ts'
import { changeObject, nameOf, spotOf } from './objects.ts'
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

export const cronOperations: ArgoOperations = {
  ListCronWorkflows: listing(crons),
  CreateCronWorkflow: creating(crons),
  LintCronWorkflow: linting(crons),
  GetCronWorkflow: getting(crons),
  UpdateCronWorkflow: updating(crons),
  DeleteCronWorkflow: deleting(crons),
  ResumeCronWorkflow: suspending(false),
  SuspendCronWorkflow: suspending(true),
}
