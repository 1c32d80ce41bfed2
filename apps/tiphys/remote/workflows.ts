// Owns the workflow service of a server: one function a call, with the reference's paths and fields.
import { formatLabelSelector, parseLabelSelector } from '@tiphys/core/kube'
import type { Workflow } from '@tiphys/core/spec'
import { type Connection, pathTo } from './connection.ts'
import { Mistake } from './failure.ts'

interface Named { readonly namespace: string; readonly name: string }

interface ListAnswer { readonly metadata?: { readonly continue?: string } | null; readonly items?: readonly Workflow[] | null }

export interface WorkflowFilter {
  /** Empty for all. */
  readonly namespace: string
  readonly labels: string
  readonly fields: string
  readonly status?: readonly string[]
  readonly completed?: boolean
  readonly running?: boolean
  readonly resubmitted?: boolean
  readonly prefix?: string
  /** How many a page has; 0 for one page. */
  readonly chunk?: number
  /** Which fields are wanted; empty for all. */
  readonly show?: string
}

const MARK = 'workflows.argoproj.io/'

export async function listWorkflows(connection: Connection, filter: WorkflowFilter): Promise<readonly Workflow[]> {
  const labelSelector = selectorOf(filter)
  const found = new Map<string, Workflow>()
  for (let more: string | undefined = ''; more !== undefined; ) {
    const page: ListAnswer = await connection.call<ListAnswer>({
      method: 'GET', path: pathTo`/api/v1/workflows/${filter.namespace}`,
      query: { listOptions: { labelSelector, fieldSelector: filter.fields, limit: filter.chunk ?? 0, continue: more }, fields: filter.show ?? '' },
    })
    // Between two pages a workflow may move to the archive, and so be told twice.
    for (const item of page.items ?? []) found.set(item.metadata.uid ?? `${item.metadata.namespace ?? ''}/${item.metadata.name ?? ''}`, item)
    more = page.metadata?.continue || undefined
  }
  return [...found.values()].filter(({ metadata }) => (metadata.name ?? '').startsWith(filter.prefix ?? ''))
}

function selectorOf({ labels, status = [], completed, running, resubmitted }: WorkflowFilter): string {
  const parsed = parseLabelSelector(labels)
  if (!parsed.ok) throw new Mistake(parsed.problem.message)
  return formatLabelSelector([
    ...parsed.value,
    ...(status.length > 0 ? [{ key: `${MARK}phase`, operator: 'in' as const, values: status }] : []),
    ...(completed === true ? [{ key: `${MARK}completed`, operator: 'in' as const, values: ['true'] }] : []),
    ...(running === true ? [{ key: `${MARK}completed`, operator: 'notin' as const, values: ['true'] }] : []),
    ...(resubmitted === true ? [{ key: `${MARK}resubmitted-from-workflow`, operator: 'exists' as const, values: [] }] : []),
  ].toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)))
}

export function getWorkflow(connection: Connection, { namespace, name }: Named): Promise<Workflow> {
  return connection.call({ method: 'GET', path: pathTo`/api/v1/workflows/${namespace}/${name}` })
}

export function deleteWorkflow(connection: Connection, { namespace, name, force }: Named & { readonly force: boolean }): Promise<unknown> {
  return connection.call({ method: 'DELETE', path: pathTo`/api/v1/workflows/${namespace}/${name}`, query: { force } })
}

/** What may be asked of a workflow, with its fields. */
export interface Changes {
  readonly retry: { readonly restartSuccessful: boolean; readonly nodeFieldSelector: string; readonly parameters: readonly string[] }
  readonly resubmit: { readonly memoized: boolean; readonly parameters: readonly string[] }
  readonly suspend: object
  readonly resume: { readonly nodeFieldSelector: string }
  readonly stop: { readonly nodeFieldSelector: string; readonly message: string }
  readonly terminate: object
  readonly set: { readonly nodeFieldSelector: string; readonly message: string; readonly phase: string; readonly outputParameters: string }
}

export function changeWorkflow<K extends keyof Changes>(connection: Connection, change: K, { namespace, name, ...wish }: Named & Changes[K]): Promise<Workflow> {
  return connection.call({ method: 'PUT', path: `${pathTo`/api/v1/workflows/${namespace}/${name}`}/${change}`, body: { namespace, name, ...filled(wish) } })
}

/** As the reference sends it: what is empty is left out. */
function filled(wish: object): object {
  return Object.fromEntries(Object.entries(wish).filter(([, value]) => value !== '' && value !== false && !(Array.isArray(value) && value.length === 0)))
}

export function createWorkflow(connection: Connection, wish: { readonly namespace: string; readonly workflow: unknown; readonly serverDryRun: boolean; readonly dryRun: boolean }): Promise<Workflow> {
  const { namespace, workflow, serverDryRun, dryRun } = wish
  return connection.call({
    method: 'POST', path: pathTo`/api/v1/workflows/${namespace}`,
    body: { namespace, workflow, ...(serverDryRun && { serverDryRun }), createOptions: dryRun ? { dryRun: ['All'] } : {} },
  })
}

export function submitFrom(connection: Connection, wish: { readonly namespace: string; readonly resourceKind: string; readonly resourceName: string; readonly submitOptions: object }): Promise<Workflow> {
  return connection.call({ method: 'POST', path: pathTo`/api/v1/workflows/${wish.namespace}/submit`, body: { ...wish, submitOptions: filled(wish.submitOptions) } })
}

export interface WorkflowEvent { readonly type?: string; readonly object?: Workflow }

/** The changes of one workflow, its present state first. */
export function watchWorkflow(connection: Connection, { namespace, name }: Named): AsyncGenerator<WorkflowEvent> {
  return connection.stream(pathTo`/api/v1/workflow-events/${namespace}`, { listOptions: { fieldSelector: `metadata.name=${name}`, resourceVersion: '0' } })
}

export interface LogEntry { readonly podName?: string; readonly content?: string }

export interface LogQuery extends Named {
  readonly podName?: string
  readonly grep?: string
  readonly selector?: string
  readonly container: string
  readonly follow?: boolean
  readonly previous?: boolean
  readonly timestamps?: boolean
  readonly sinceSeconds?: number | undefined
  readonly sinceTime?: string | undefined
  readonly tailLines?: number | undefined
}

export function workflowLogs(connection: Connection, { namespace, name, podName, grep, selector, tailLines, sinceSeconds, ...logOptions }: LogQuery): AsyncGenerator<LogEntry> {
  const numbers = { ...(tailLines === undefined ? {} : { tailLines: String(tailLines) }), ...(sinceSeconds === undefined ? {} : { sinceSeconds: String(sinceSeconds) }) }
  return connection.stream(`${pathTo`/api/v1/workflows/${namespace}/${name}`}/log`, { podName, grep, selector, logOptions: { ...logOptions, ...numbers } as Readonly<Record<string, string | boolean>> })
}
