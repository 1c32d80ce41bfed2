// Owns what the shell offers for values that a server knows: names of workflows, of templates, of cron workflows.
import type { Candidate, CompletionQuery } from '../flags/index.ts'
import { Connection } from './connection.ts'
import { type Server, serverOf } from './server.ts'
import { clusterTemplateService, cronService, listArchive, templateService } from './services.ts'
import { listWorkflows } from './workflows.ts'

type Env = Readonly<Record<string, string | undefined>>

/** Whoever presses the tab key waits for no longer. */
const PATIENCE_MS = 2000
const SHOWN = 'items.metadata.name,items.metadata.namespace,items.status.phase'

/** Undefined where no server is asked. Failing is an empty list: a shell has nowhere to show errors. */
export async function completeFromServer(query: CompletionQuery, env: Env): Promise<readonly Candidate[] | undefined> {
  if (query.flags === undefined) return undefined
  try {
    const nothing = (): void => undefined
    const server = await serverOf({ path: query.path, args: query.args, flags: query.flags, help: () => '', streams: { stdout: nothing, stderr: nothing, env, signal: AbortSignal.timeout(PATIENCE_MS) } })
    return server === undefined ? undefined : await candidates(query, server)
  } catch {
    return []
  }
}

async function candidates({ kind, args }: CompletionQuery, server: Server): Promise<readonly Candidate[]> {
  const connection = new Connection(server)
  const namespace = server.namespace ?? ''
  const named = (objects: readonly { readonly metadata: { readonly name?: string | undefined }; readonly status?: { readonly phase?: string | undefined } | undefined }[]): readonly Candidate[] =>
    objects.map(({ metadata, status }) => ({ value: metadata.name ?? '', ...(status?.phase === undefined ? {} : { description: status.phase }) })).filter(({ value }) => value !== '' && !args.includes(value))
  switch (kind) {
    case 'workflows': return named(await listWorkflows(connection, { namespace, labels: '', fields: '', show: SHOWN }))
    case 'namespaces': return [...new Set((await listWorkflows(connection, { namespace: '', labels: '', fields: '', show: SHOWN })).map(({ metadata }) => metadata.namespace ?? ''))].map((value) => ({ value }))
    case 'templates': return named(await templateService(connection).list(namespace, ''))
    case 'cluster-templates': return named(await clusterTemplateService(connection).list('', ''))
    case 'crons': return named(await cronService(connection).list(namespace, ''))
    case 'archived': return named(await listArchive(connection, { namespace }))
    default: return []
  }
}
