// Owns limits of semaphores in the Argo REST API: keys of ConfigMaps, and limits in the database.
import { grpcFailure, resourceOfKind, wholeOf } from '@tiphys/core/api'
import { type JsonObject, isJsonObject } from '@tiphys/core/kube'
import { type ArgoAnswer, answered, refusedAs, refusedWith } from './answer.ts'
import { type Got, changeObject, createObject, getObject, got, lost, plain } from './objects.ts'
import type { ArgoCall, ArgoOperationHandler, ArgoOperations, ArgoServices } from './services.ts'

/** The enumeration of the API is made of numbers. */
const CONFIG_MAP = 0
const DATABASE = 1
const CONFIG_MAPS = resourceOfKind('ConfigMap')

interface Asked {
  readonly type: number
  readonly namespace: string
  readonly key: string
  readonly cmName: string
  readonly limit: number
}

function askedOf({ parameters, body, query }: ArgoCall): Asked {
  const number = (name: string): number => (typeof body[name] === 'number' ? body[name] : 0)
  const text = (name: string): string => (typeof body[name] === 'string' ? body[name] : '')
  return {
    namespace: parameters['namespace'] ?? '', key: parameters['key'] ?? text('key'), cmName: text('cmName') || (query.get('cmName') ?? ''),
    type: body['type'] === undefined ? (wholeOf(query, 'type') ?? CONFIG_MAP) : number('type'), limit: number('limit'),
  }
}

interface Provider {
  readonly create: (services: ArgoServices, asked: Asked) => Promise<Got<number>>
  readonly get: (services: ArgoServices, asked: Asked) => Promise<Got<number>>
  readonly update: (services: ArgoServices, asked: Asked) => Promise<Got<number>>
  readonly remove: (services: ArgoServices, asked: Asked) => Promise<Got<undefined>>
}

function serving(verb: 'create' | 'get' | 'update'): ArgoOperationHandler {
  return async (call, services) => {
    const asked = askedOf(call)
    if (verb !== 'get' && asked.limit <= 0) return refusedAs('invalidArgument', 'limit must be greater than zero')
    const provider = providers[asked.type]
    if (provider === undefined) return unsupported(asked)
    const limit = await provider[verb](services, asked)
    return limit.ok ? answered(shown(asked, limit.value)) : refusedWith(limit.failure)
  }
}

const remove: ArgoOperationHandler = async (call, services) => {
  const asked = askedOf(call)
  const provider = providers[asked.type]
  if (provider === undefined) return unsupported(asked)
  const removed = await provider.remove(services, asked)
  return removed.ok ? answered({}) : refusedWith(removed.failure)
}

function unsupported({ type }: Asked): ArgoAnswer {
  return refusedAs('invalidArgument', `unsupported sync config type: ${type}`)
}

/** Go leaves out what is zero or empty. */
function shown({ type, namespace, key, cmName }: Asked, limit: number): JsonObject {
  return { ...(type !== CONFIG_MAP && { type }), namespace, ...(type === CONFIG_MAP && { cmName }), ...(key !== '' && { key }), limit }
}

const spotOf = ({ namespace }: Asked): { readonly resource: typeof CONFIG_MAPS; readonly namespace: string } => ({ resource: CONFIG_MAPS, namespace })
const dataOf = (object: JsonObject): JsonObject => (isJsonObject(object['data']) ? object['data'] : {})

function withLimit(asked: Asked): (object: JsonObject) => JsonObject {
  return (object) => ({ ...object, data: { ...dataOf(object), [asked.key]: String(asked.limit) } })
}

const configMaps: Provider = {
  create: async (services, asked) => {
    const spot = spotOf(asked)
    const found = await getObject(services, spot, asked.cmName)
    if (found.ok && Object.hasOwn(dataOf(plain(found.value)), asked.key)) return lost(grpcFailure('alreadyExists', 'sync limit cannot be created as it already exists'))
    const made = found.ok
      ? await changeObject(services, spot, asked.cmName, withLimit(asked))
      : await createObject(services, spot, withLimit(asked)({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: asked.cmName, namespace: asked.namespace } }))
    return made.ok ? got(asked.limit) : made
  },
  get: async (services, asked) => {
    const found = await getObject(services, spotOf(asked), asked.cmName)
    if (!found.ok) return found
    const text = dataOf(plain(found.value))[asked.key]
    const place = `key ${asked.key} ${text === undefined ? 'not found ' : ''}in configmap ${asked.namespace}/${asked.cmName}`
    if (text === undefined) return lost(grpcFailure('notFound', place))
    return typeof text === 'string' && /^[+-]?\d{1,10}$/.test(text) ? got(Number(text)) : lost(grpcFailure('invalidArgument', `invalid limit format for ${place}`))
  },
  update: async (services, asked) => {
    const found = await getObject(services, spotOf(asked), asked.cmName)
    if (!found.ok) return found
    if (!Object.hasOwn(dataOf(plain(found.value)), asked.key)) {
      return lost(grpcFailure('notFound', `key ${asked.key} not found in configmap ${asked.namespace}/${asked.cmName} - please create it first`))
    }
    const changed = await changeObject(services, spotOf(asked), asked.cmName, withLimit(asked))
    return changed.ok ? got(asked.limit) : changed
  },
  remove: async (services, asked) => {
    const changed = await changeObject(services, spotOf(asked), asked.cmName, (object) => {
      const { [asked.key]: _, ...data } = dataOf(object)
      return { ...object, data }
    })
    return changed.ok ? got(undefined) : changed
  },
}

const clash = ({ namespace }: Asked): Got<number> => lost(grpcFailure('alreadyExists', `Database sync limit already exists in namespace ${JSON.stringify(namespace)}.`))
const absent = ({ namespace }: Asked): Got<number> => lost(grpcFailure('notFound', `Database sync limit not found in namespace ${JSON.stringify(namespace)}.`))

const database: Provider = {
  create: async ({ limits }, asked) => ((await limits.create(asked.namespace, asked.key, asked.limit)) ? got(asked.limit) : clash(asked)),
  get: async ({ limits }, asked) => {
    const limit = await limits.get(asked.namespace, asked.key)
    return limit === undefined ? absent(asked) : got(limit)
  },
  update: async ({ limits }, asked) => ((await limits.update(asked.namespace, asked.key, asked.limit)) ? got(asked.limit) : absent(asked)),
  // What is not there is gone, as in the reference.
  remove: async ({ limits }, asked) => {
    await limits.remove(asked.namespace, asked.key)
    return got(undefined)
  },
}

const providers: Readonly<Record<number, Provider>> = { [CONFIG_MAP]: configMaps, [DATABASE]: database }

export const syncOperations: ArgoOperations = {
  CreateSyncLimit: serving('create'), GetSyncLimit: serving('get'), UpdateSyncLimit: serving('update'), DeleteSyncLimit: remove,
}
