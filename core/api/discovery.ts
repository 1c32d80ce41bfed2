// Owns discovery: how clients learn which groups, versions and kinds there are, plainly and all at once.
import type { JsonObject } from '@tiphys/core/kube'
import { type ApiResource, type GroupVersion, apiVersionOf, groupVersions, resourcesOf } from './resource.ts'

/** `/api`: the versions of the core group. */
export function coreVersions(address: string): JsonObject {
  return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: address }] }
}

/** `/apis`: the other groups. */
export function groupList(resources: readonly ApiResource[]): JsonObject {
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: groupsOf(resources, 'groups').map(groupEntry) }
}

export function groupDocument(resources: readonly ApiResource[], name: string): JsonObject | undefined {
  const found = groupsOf(resources, 'groups').find(({ group }) => group === name)
  return found === undefined ? undefined : { kind: 'APIGroup', apiVersion: 'v1', ...groupEntry(found) }
}

interface Group {
  readonly group: string
  /** The one to prefer first. */
  readonly versions: readonly GroupVersion[]
}

function groupsOf(resources: readonly ApiResource[], part: 'core' | 'groups'): readonly Group[] {
  const places = groupVersions(resources).filter(({ group }) => (group === '') === (part === 'core'))
  return [...new Set(places.map(({ group }) => group))].map((group) => ({ group, versions: places.filter((place) => place.group === group) }))
}

function groupEntry({ group, versions }: Group): JsonObject {
  const all = versions.map((place) => ({ groupVersion: apiVersionOf(place), version: place.version }))
  return { name: group, versions: all, preferredVersion: all[0] ?? {} }
}

/** `/api/v1` and `/apis/GROUP/VERSION`: the kinds of one group. */
export function resourceList(resources: readonly ApiResource[], place: GroupVersion): JsonObject | undefined {
  const own = resourcesOf(resources, place)
  if (own.length === 0) return undefined
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: apiVersionOf(place), resources: own.flatMap(plainEntries) }
}

function plainEntries(resource: ApiResource): readonly JsonObject[] {
  const { plural, singular, namespaced, kind, verbs, shortNames, categories } = resource
  const entry = {
    name: plural, singularName: singular, namespaced, kind, verbs, ...(shortNames.length > 0 && { shortNames }), ...(categories.length > 0 && { categories }),
  }
  return [entry, ...subresources(resource).map(({ name, verbs: own, kind: other }) => ({ name: `${plural}/${name}`, singularName: '', namespaced, ...(other ?? { kind }), verbs: own }))]
}

interface Subresource { readonly name: string; readonly verbs: readonly string[]; readonly kind?: { readonly group: string; readonly version: string; readonly kind: string } }

function subresources({ statusSubresource, scale, log, token }: ApiResource): readonly Subresource[] {
  return [...(log ? [{ name: 'log', verbs: ['get'] }] : []), ...(token ? [{ name: 'token', verbs: ['create'] }] : []), ...(statusSubresource ? [{ name: 'status', verbs: WRITTEN }] : []),
    ...(scale === undefined ? [] : [{ name: 'scale', verbs: WRITTEN, kind: { group: 'autoscaling', version: 'v1', kind: 'Scale' } }])]
}

const WRITTEN = ['get', 'patch', 'update'] as const

/** The same in one document: of the core group for `/api`, of the others for `/apis`. */
export function aggregatedDiscovery(resources: readonly ApiResource[], part: 'core' | 'groups', version: string): JsonObject {
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: `apidiscovery.k8s.io/${version}`,
    metadata: {},
    items: groupsOf(resources, part).map(({ group, versions }) => ({
      metadata: { ...(group !== '' && { name: group }), creationTimestamp: null },
      versions: versions.map((place) => ({ version: place.version, freshness: 'Current', resources: resourcesOf(resources, place).map(aggregatedEntry) })),
    })),
  }
}

function aggregatedEntry(resource: ApiResource): JsonObject {
  const { group, version, kind, plural, singular, namespaced, verbs, shortNames, categories } = resource
  const responseKind = { group, version, kind }
  const below = subresources(resource).map((sub) => ({ subresource: sub.name, responseKind: sub.kind ?? responseKind, verbs: sub.verbs }))
  return {
    resource: plural, responseKind, scope: namespaced ? 'Namespaced' : 'Cluster', singularResource: singular, verbs,
    ...(shortNames.length > 0 && { shortNames }), ...(categories.length > 0 && { categories }), ...(below.length > 0 && { subresources: below }),
  }
}
