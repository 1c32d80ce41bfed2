// Owns which function carries out which operation of the Argo REST API, one file an area.
import { archiveOperations } from './archived.ts'
import { artifactFiles } from './artifacts.ts'
import { cronOperations } from './cron.ts'
import { eventOperations } from './events.ts'
import { eventSourceOperations } from './event-sources.ts'
import { infoOperations } from './info.ts'
import { logOperations } from './logs.ts'
import type { ArgoFiles, ArgoOperations } from './services.ts'
import { streamOperations } from './streams.ts'
import { syncOperations } from './sync.ts'
import { templateOperations } from './templates.ts'
import { actionOperations } from './workflow-actions.ts'
import { getWorkflow, listWorkflows } from './workflow-reads.ts'
import { createWorkflow, lintWorkflow, resubmit, submitWorkflow } from './workflow-writes.ts'

export const argoOperations: ArgoOperations = {
  ...infoOperations, ...templateOperations, ...cronOperations, ...actionOperations, ...streamOperations, ...logOperations, ...archiveOperations, ...syncOperations, ...eventOperations, ...eventSourceOperations,
  GetWorkflow: getWorkflow, ListWorkflows: listWorkflows, CreateWorkflow: createWorkflow, LintWorkflow: lintWorkflow, SubmitWorkflow: submitWorkflow, ResubmitWorkflow: resubmit,
}

export const argoFiles: ArgoFiles = artifactFiles
