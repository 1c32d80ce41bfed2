// Owns the services of a server for what it keeps beside workflows: templates, cron workflows, the archive, limits.
import type { ClusterWorkflowTemplate, CronWorkflow, Workflow, WorkflowTemplate } from '@tiphys/core/spec'
import { type Connection, pathTo } from './connection.ts'

/** Objects of one kind that a server keeps. */
export interface ObjectService<T> {
  list(namespace: string, labels: string): Promise<readonly T[]>
  get(namespace: string, name: string): Promise<T>
  create(namespace: string, object: unknown): Promise<T>
  update(namespace: string, name: string, object: unknown): Promise<T>
  remove(namespace: string, name: string): Promise<unknown>
  lint(namespace: string, object: unknown): Promise<unknown>
}

interface Shape {
  readonly root: string
  /** The field of requests that holds the object. */
  readonly field: string
  readonly namespaced: boolean
}

function objectService<T>(connection: Connection, { root, field, namespaced }: Shape): ObjectService<T> {
  const folder = (namespace: string): string => (namespaced ? `${root}${pathTo`/${namespace}`}` : root)
  const body = (namespace: string, object: unknown): object => ({ ...(namespaced && { namespace }), [field]: object })
  return {
    list: async (namespace, labelSelector) => {
      const { items } = await connection.call<{ readonly items?: readonly T[] | null }>({ method: 'GET', path: folder(namespace), query: { listOptions: { labelSelector } } })
      return items ?? []
    },
    get: (namespace, name) => connection.call({ method: 'GET', path: folder(namespace) + pathTo`/${name}` }),
    create: (namespace, object) => connection.call({ method: 'POST', path: folder(namespace), body: body(namespace, object) }),
    update: (namespace, name, object) => connection.call({ method: 'PUT', path: folder(namespace) + pathTo`/${name}`, body: { ...body(namespace, object), name } }),
    remove: (namespace, name) => connection.call({ method: 'DELETE', path: folder(namespace) + pathTo`/${name}` }),
    lint: (namespace, object) => connection.call({ method: 'POST', path: `${folder(namespace)}/lint`, body: body(namespace, object) }),
  }
}

export const templateService = (connection: Connection): ObjectService<WorkflowTemplate> =>
  objectService(connection, { root: '/api/v1/workflow-templates', field: 'template', namespaced: true })

export const clusterTemplateService = (connection: Connection): ObjectService<ClusterWorkflowTemplate> =>
  objectService(connection, { root: '/api/v1/cluster-workflow-templates', field: 'template', namespaced: false })

export const cronService = (connection: Connection): ObjectService<CronWorkflow> =>
  objectService(connection, { root: '/api/v1/cron-workflows', field: 'cronWorkflow', namespaced: true })

export function pauseCron(connection: Connection, how: 'suspend' | 'resume', { namespace, name }: { readonly namespace: string; readonly name: string }): Promise<CronWorkflow> {
  return connection.call({ method: 'PUT', path: `${pathTo`/api/v1/cron-workflows/${namespace}/${name}`}/${how}`, body: { namespace, name } })
}

export function lintWorkflow(connection: Connection, namespace: string, workflow: unknown): Promise<unknown> {
  return connection.call({ method: 'POST', path: pathTo`/api/v1/workflows/${namespace}/lint`, body: { namespace, workflow } })
}

export interface ArchiveQuery {
  readonly namespace: string
  readonly labels?: string
  readonly name?: string
  readonly fields?: string
  readonly chunk?: number
}

export async function listArchive(connection: Connection, { namespace, labels, name, fields, chunk }: ArchiveQuery): Promise<readonly Workflow[]> {
  const found = new Map<string, Workflow>()
  for (let more: string | undefined = ''; more !== undefined; ) {
    const page: { readonly metadata?: { readonly continue?: string } | null; readonly items?: readonly Workflow[] | null } = await connection.call({
      method: 'GET', path: '/api/v1/archived-workflows',
      query: { namespace, ...(name === undefined ? {} : { namePrefix: name, nameFilter: 'Exact' }), listOptions: { labelSelector: labels ?? '', fieldSelector: fields ?? '', limit: chunk ?? 0, continue: more } },
    })
    for (const item of page.items ?? []) found.set(item.metadata.uid ?? '', item)
    more = page.metadata?.continue || undefined
  }
  return [...found.values()]
}

export function getFromArchive(connection: Connection, uid: string): Promise<Workflow> {
  return connection.call({ method: 'GET', path: pathTo`/api/v1/archived-workflows/${uid}` })
}

export function deleteFromArchive(connection: Connection, uid: string): Promise<unknown> {
  return connection.call({ method: 'DELETE', path: pathTo`/api/v1/archived-workflows/${uid}` })
}

export function againFromArchive(connection: Connection, how: 'retry' | 'resubmit', { uid, ...wish }: { readonly uid: string; readonly namespace: string } & Readonly<Record<string, unknown>>): Promise<Workflow> {
  return connection.call({ method: 'PUT', path: `${pathTo`/api/v1/archived-workflows/${uid}`}/${how}`, body: { uid, ...wish } })
}

/** The labels of all archived workflows: their keys, or the values of one key. */
export async function archiveLabels(connection: Connection, key?: string): Promise<readonly string[]> {
  const call = key === undefined
    ? { method: 'GET', path: '/api/v1/archived-workflows-label-keys' } as const
    : { method: 'GET', path: '/api/v1/archived-workflows-label-values', query: { listOptions: { labelSelector: key } } } as const
  const { items } = await connection.call<{ readonly items?: readonly string[] | null }>(call)
  return items ?? []
}

export interface SyncLimit {
  readonly key?: string
  readonly cmName?: string
  readonly namespace?: string
  readonly limit?: number
  /** 1 for the database. */
  readonly type?: number
}

export function getLimit(connection: Connection, { namespace, key, cmName, type }: Required<Omit<SyncLimit, 'limit'>>): Promise<SyncLimit> {
  return connection.call({ method: 'GET', path: pathTo`/api/v1/sync/${namespace}/${key}`, query: { cmName, type } })
}

export function deleteLimit(connection: Connection, { namespace, key, cmName, type }: Required<Omit<SyncLimit, 'limit'>>): Promise<unknown> {
  return connection.call({ method: 'DELETE', path: pathTo`/api/v1/sync/${namespace}/${key}`, query: { cmName, type } })
}

export function setLimit(connection: Connection, how: 'create' | 'update', limit: Required<SyncLimit>): Promise<SyncLimit> {
  const { namespace, key } = limit
  const body = Object.fromEntries(Object.entries(limit).filter(([, value]) => value !== '' && value !== 0))
  return connection.call(how === 'create' ? { method: 'POST', path: pathTo`/api/v1/sync/${namespace}`, body } : { method: 'PUT', path: pathTo`/api/v1/sync/${namespace}/${key}`, body })
}

export interface VersionInfo {
  readonly version?: string
  readonly buildDate?: string
  readonly gitCommit?: string
  readonly gitTag?: string
  readonly gitTreeState?: string
  readonly goVersion?: string
  readonly compiler?: string
  readonly platform?: string
}

export function getVersion(connection: Connection): Promise<VersionInfo> {
  return connection.call({ method: 'GET', path: '/api/v1/version' })
}
