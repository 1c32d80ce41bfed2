// Owns the port to the API of a cluster, as far as those need it who act on objects of kinds that they do not know.
import type { Json } from '@tiphys/core/kube'

export interface KubeRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Such as `/api/v1/namespaces/default/configmaps/a`. */
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly body?: Json
  /** Of the body; JSON when absent. */
  readonly contentType?: string
  readonly signal?: AbortSignal
}

/** An answer, whatever its status: errors are `Status` objects with a message. */
export interface KubeReply {
  readonly status: number
  readonly body: Json
}

/** Rejects when no answer comes. */
export interface KubeClient {
  send(request: KubeRequest): Promise<KubeReply>
}
