// Owns measuring the requests of Kubernetes clients: which kind, which verb, how it ended, how long it took.
import type { RequestListener } from 'node:http'
import type { Meter } from '@tiphys/shell/runtime'

const VERBS: Readonly<Record<string, string>> = { POST: 'Create', PUT: 'Update', PATCH: 'Patch', DELETE: 'Delete' }

/** The same door, of which each request for an object or a list of them is measured. A watch counts when it ends. */
export function measured(listener: RequestListener, meter: Pick<Meter, 'kubeServed'>): RequestListener {
  return (request, response) => {
    const from = performance.now()
    const asked = askedFor(request.method ?? 'GET', request.url ?? '/')
    if (asked !== undefined) response.once('close', () => {
      // Whoever may not come in shall not fill the memory with names of kinds.
      if (response.statusCode !== 401) meter.kubeServed({ ...asked, status: response.statusCode, seconds: (performance.now() - from) / 1000 })
    })
    listener(request, response)
  }
}

/** `/api/v1/…` and `/apis/GROUP/VERSION/…`, in a namespace or not; undefined for documents about the API itself. */
export function askedFor(method: string, url: string): { readonly kind: string; readonly verb: string } | undefined {
  const [path = '', query = ''] = url.split('?')
  const match = /^\/(?:api\/v1|apis\/[^/]+\/[^/]+)\/(?:namespaces\/[^/]+\/)?([a-z0-9-]+)(?:\/([^/]+))?/.exec(path)
  const [, kind, name] = match ?? []
  if (kind === undefined) return undefined
  const read = name !== undefined ? 'Get' : /(?:^|&)watch=(?:1|true)(?:&|$)/.test(query) ? 'Watch' : 'List'
  return { kind, verb: method === 'DELETE' && name === undefined ? 'DeleteCollection' : (VERBS[method] ?? read) }
}
