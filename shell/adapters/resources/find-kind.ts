// Owns how the kind that a manifest or a flag names is found among those that a cluster serves.
import { type Json, type Result, bad, isJsonArray, isJsonObject, ok } from '@tiphys/core/kube'
import type { ResourceTarget } from '@tiphys/core/executor'
import type { KubeClient } from '@tiphys/shell/ports'

export interface ServedKind {
  /** Path of its group and version, such as `/apis/batch/v1`. */
  readonly root: string
  readonly plural: string
  readonly kind: string
  readonly group: string
  readonly namespaced: boolean
}

/** Asks the cluster each time: definitions come and go while workflows run. */
export async function findKind(client: KubeClient, { apiVersion, kind }: Pick<ResourceTarget, 'apiVersion' | 'kind'>): Promise<Result<ServedKind>> {
  const versions = apiVersion === undefined ? await servedVersions(client) : [apiVersion]
  const wanted = kind.toLowerCase()
  for (const version of versions) {
    const root = version.includes('/') ? `/apis/${version}` : `/api/${version}`
    const { body } = await client.send({ method: 'GET', path: root })
    for (const resource of listOf(body, 'resources')) {
      if (!isJsonObject(resource) || String(resource['name']).includes('/')) continue
      const names = apiVersion === undefined ? namesOf(resource) : [String(resource['kind']).toLowerCase()]
      if (names.includes(wanted)) return ok({ root, plural: String(resource['name']), kind: String(resource['kind']), group: version.includes('/') ? (version.split('/')[0] ?? '') : '', namespaced: resource['namespaced'] === true })
    }
  }
  return bad('resource_kind_unknown', apiVersion === undefined ? `the server doesn't have a resource type ${JSON.stringify(kind)}` : `no matches for kind ${JSON.stringify(kind)} in version ${JSON.stringify(apiVersion)}`)
}

function namesOf(resource: { readonly [key: string]: Json }): readonly string[] {
  const names = [resource['name'], resource['singularName'], resource['kind'], ...listOf(resource, 'shortNames')]
  return names.filter((name) => typeof name === 'string').map((name) => name.toLowerCase())
}

async function servedVersions(client: KubeClient): Promise<readonly string[]> {
  const [core, groups] = await Promise.all([client.send({ method: 'GET', path: '/api' }), client.send({ method: 'GET', path: '/apis' })])
  const preferred = listOf(groups.body, 'groups').flatMap((group) => (isJsonObject(group) && isJsonObject(group['preferredVersion']) ? [String(group['preferredVersion']['groupVersion'])] : []))
  return [...listOf(core.body, 'versions').map(String), ...preferred]
}

function listOf(value: Json, key: string): readonly Json[] {
  const list = isJsonObject(value) ? value[key] : undefined
  return isJsonArray(list) ? list : []
}
