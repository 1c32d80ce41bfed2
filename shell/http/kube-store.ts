// Owns what request handlers ask of the store of a kind: a store of objects, or of what looks like objects to clients.
import type { ApiResource } from '@tiphys/core/api'
import type { ObjectListQuery, ObjectStore, WatchQuery } from '@tiphys/shell/ports'

/** With `outline`, objects may be told as far as tables need: metadata and what the columns show. */
export type KubeListQuery = ObjectListQuery & { readonly outline?: boolean }
export type KubeWatchQuery = WatchQuery & { readonly outline?: boolean }

export interface KubeStore extends Pick<ObjectStore, 'create' | 'get' | 'update' | 'delete'> {
  list(query: KubeListQuery): ReturnType<ObjectStore['list']>
  watch(query: KubeWatchQuery): ReturnType<ObjectStore['watch']>
}

/** Which store has the objects of a kind. */
export type StoreOf = (resource: ApiResource) => KubeStore
