// Owns the steps that this server carries out itself: resource templates on its own Kubernetes API with the rights of their pods, and data templates.
import { join } from 'node:path'
import { kubeClient } from '@tiphys/shell/adapters/kubernetes'
import { DataRunner, ResourceJournal, ResourceRunner, withResourceLogs } from '@tiphys/shell/adapters/resources'
import { systemClock } from '@tiphys/shell/adapters/system'
import type { ArtifactStore, KubeClient, LogStore, PodLookup, PodRunner } from '@tiphys/shell/ports'
import { stepGroup } from './namespaces.ts'
import { type ServerPlace, readAccess } from './place.ts'

export interface ResourceNeeds {
  readonly place: ServerPlace
  readonly artifacts: ArtifactStore
  readonly lookup: (namespace: string) => PodLookup
}

/** A runner and its logs that carry out resource and data templates as well. */
export function withResources<T extends { readonly runner: PodRunner; readonly logs: LogStore }>(opened: T, { place, artifacts, lookup }: ResourceNeeds): T {
  const journal = new ResourceJournal(join(place.folder, 'resources'))
  const clients = new Map<string, KubeClient>()
  const clientOf = (namespace: string, account: string): KubeClient => {
    const key = `${namespace}/${account}`
    const client = clients.get(key) ?? clientFor(place, namespace, account)
    clients.set(key, client)
    return client
  }
  const data = new DataRunner(opened.runner, { clock: systemClock, artifacts, lookup })
  const runner = new ResourceRunner(data, { clientOf, clock: systemClock, journal, artifacts, lookup })
  return { ...opened, runner, logs: withResourceLogs(opened.logs, journal) }
}

/** Steps start after the server has noted where it listens. */
function clientFor(place: ServerPlace, namespace: string, account: string): KubeClient {
  const access = readAccess(place)
  if (access === undefined) throw new Error('the server does not listen yet')
  const accounts = 'system:serviceaccounts'
  const groups = ['system:authenticated', accounts, `${accounts}:${namespace}`, stepGroup(namespace)]
  return kubeClient({ server: access.address.kube, authority: access.authority, token: access.token, as: { user: `system:serviceaccount:${namespace}:${account}`, groups } })
}
