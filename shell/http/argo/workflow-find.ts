// Owns finding a workflow for the Argo REST API: a live one, the latest of a namespace, or one that only the archive still has.
import { isManaged } from '@tiphys/core/controllers'
import { type GrpcFailure, grpcFailure, grpcOfStatus, resourceOfKind } from '@tiphys/core/api'
import type { JsonObject } from '@tiphys/core/kube'
import type { Workflow } from '@tiphys/core/spec'
import type { ObjectProblem, RunSummary } from '@tiphys/shell/ports'
import { problemFailure } from '../answer.ts'
import { type Got, got, lost, plain } from './objects.ts'
import type { ArgoServices } from './services.ts'

export const WORKFLOWS = resourceOfKind('Workflow')

export interface LiveWorkflow {
  readonly summary: RunSummary
  readonly workflow: Workflow
}

/** Stands for whichever workflow was created last. */
export const LATEST = '@latest'

export function workflowFailure(problem: ObjectProblem, name: string): GrpcFailure {
  return grpcOfStatus(problemFailure(problem, WORKFLOWS, name))
}

/** The name behind `@latest`, or the name that was given. */
export async function nameMeant({ workflows }: ArgoServices, namespace: string, name: string): Promise<Got<string>> {
  if (name !== LATEST) return got(name)
  const { runs: [latest] } = await workflows.page({ order: 'newest', limit: 1, ...(namespace !== '' && { namespaces: [namespace] }) })
  return latest === undefined ? lost(grpcFailure('notFound', 'no workflows found')) : got(latest.name)
}

/** What is being deleted is gone for clients of this API, even while its steps still end. */
export function isGoing({ workflows }: ArgoServices, { uid }: RunSummary): boolean {
  return workflows.control.isLeaving(uid)
}

export async function findLive(services: ArgoServices, namespace: string, name: string): Promise<Got<LiveWorkflow>> {
  const meant = await nameMeant(services, namespace, name)
  if (!meant.ok) return meant
  const summary = await services.workflows.summary(namespace, meant.value)
  if (!summary.ok) return lost(workflowFailure(summary.problem, meant.value))
  if (isGoing(services, summary.value)) return lost(workflowFailure({ code: 'not_found', message: '' }, meant.value))
  if (!isManaged(summary.value.labels, services.instanceId?.() ?? '')) return lost(grpcFailure('invalidArgument', `'${meant.value}' is not managed by the current Argo Server`))
  const whole = await services.workflows.whole(summary.value)
  return whole.ok ? got({ summary: summary.value, workflow: plain(whole.value) as unknown as Workflow }) : lost(workflowFailure(whole.problem, meant.value))
}

/** A workflow wherever it is. A uid that is not the live one's asks the archive for that uid. */
export async function findAnywhere(services: ArgoServices, { namespace, name, uid = '' }: { readonly namespace: string; readonly name: string; readonly uid?: string }): Promise<Got<Workflow>> {
  const live = await findLive(services, namespace, name)
  if (live.ok && (uid === '' || live.value.summary.uid === uid)) return got(live.value.workflow)
  const archived = await fromArchive(services, { namespace, name, uid })
  if (archived !== undefined) return got(archived)
  return live.ok ? lost(grpcFailure('notFound', `there is no workflow with the uid ${JSON.stringify(uid)}`)) : live
}

async function fromArchive({ archive }: ArgoServices, { namespace, name, uid }: { readonly namespace: string; readonly name: string; readonly uid: string }): Promise<Workflow | undefined> {
  const [latest] = uid === '' ? await archive.find(namespace, name) : []
  const text = await archive.get(uid === '' ? (latest?.uid ?? '') : uid)
  return text === undefined ? undefined : (JSON.parse(text) as JsonObject as unknown as Workflow)
}
