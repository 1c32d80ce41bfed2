// Owns one call of the Kubernetes API: where it goes, what it asks, and its body within limits.
import type { IncomingMessage } from 'node:http'
import { type ApiResource, type Identity, type PathParameters, type Route, type Shape, decodeKubeProtobuf, fieldLabelProblem } from '@tiphys/core/api'
import { type FieldSelector, type JsonObject, type Json, type LabelSelector, isJsonObject, parseFieldSelector, parseLabelSelector } from '@tiphys/core/kube'
import { composeYaml } from '@tiphys/core/spec'
import type { KubeStore } from './kube-store.ts'
import { type Refused, refused } from './answer.ts'

export interface Call {
  readonly route: Route
  readonly parameters: PathParameters
  readonly query: URLSearchParams
  readonly shape: Shape
  readonly request: IncomingMessage
  readonly identity: Identity
  /** Fires when the client has gone. */
  readonly signal: AbortSignal
}

/** A call about objects of a kind. */
export interface ObjectCall extends Call {
  readonly resource: ApiResource
  readonly store: KubeStore
  /** Empty for what belongs to the cluster, and for all namespaces. */
  readonly namespace: string
  readonly name: string
}

/** How objects may be written. */
export const OBJECT_TYPES: readonly string[] = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf']

export const bodyLimits = { bytesMax: 16 * 1024 * 1024 } as const

export type Body = { readonly ok: true; readonly value: Json } | Refused

/** The body as JSON, whichever way it was written. */
export async function readBody(request: IncomingMessage, accepted: readonly string[]): Promise<Body> {
  const type = (request.headers['content-type'] ?? 'application/json').split(';')[0]?.trim().toLowerCase() ?? ''
  if (!accepted.includes(type)) return refused('UnsupportedMediaType', `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`)
  const read = await readBytes(request)
  if (!read.ok) return read
  if (type === 'application/vnd.kubernetes.protobuf') return fromProtobuf(read.bytes)
  const text = read.bytes.toString('utf8')
  return type.endsWith('yaml') ? fromYaml(text) : fromJson(text)
}

type Bytes = { readonly ok: true; readonly bytes: Buffer } | Refused

async function readBytes(request: IncomingMessage): Promise<Bytes> {
  const chunks: Buffer[] = []
  let size = 0
  // Giving up early must leave the connection open for the answer.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > bodyLimits.bytesMax) return refused('RequestEntityTooLarge', `the body is larger than ${bodyLimits.bytesMax} bytes`)
    chunks.push(chunk)
  }
  return { ok: true, bytes: Buffer.concat(chunks) }
}

const DEPTH_MAX = 500

function fromJson(text: string): Body {
  try {
    const value = JSON.parse(text) as Json
    return depthOf(value) ? { ok: true, value } : refused('BadRequest', `the body nests deeper than ${DEPTH_MAX} levels`)
  } catch (error) {
    return refused('BadRequest', `the body is no JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** Whether a value nests no deeper than is allowed, found without recursion. */
function depthOf(value: Json): boolean {
  let level: readonly Json[] = [value]
  for (let depth = 0; depth <= DEPTH_MAX; depth++) {
    level = level.flatMap((item) => (typeof item === 'object' && item !== null ? Object.values(item) : []))
    if (level.length === 0) return true
  }
  return false
}

function fromYaml(text: string): Body {
  const composed = composeYaml(text)
  if (composed.failure !== undefined) return refused('BadRequest', `the body is no YAML: ${composed.failure.message}`)
  return { ok: true, value: composed.value ?? null }
}

function fromProtobuf(bytes: Buffer): Body {
  const decoded = decodeKubeProtobuf(bytes)
  return decoded.ok ? decoded : refused(decoded.problem.code === 'unknown_kind' ? 'UnsupportedMediaType' : 'BadRequest', decoded.problem.message)
}

export type ReadObject = { readonly ok: true; readonly value: JsonObject } | Refused

export async function readObject(request: IncomingMessage, accepted: readonly string[]): Promise<ReadObject> {
  const body = await readBody(request, accepted)
  if (!body.ok) return body
  return isJsonObject(body.value) ? { ok: true, value: body.value } : refused('BadRequest', 'the body is no object')
}

export type Selectors = { readonly ok: true; readonly labels: LabelSelector; readonly fields: FieldSelector } | Refused

export function selectorsOf({ query, resource }: ObjectCall): Selectors {
  const labels = parseLabelSelector(query.get('labelSelector') ?? '')
  if (!labels.ok) return refused('BadRequest', `unable to parse labelSelector: ${labels.problem.message}`)
  const fields = parseFieldSelector(query.get('fieldSelector') ?? '')
  if (!fields.ok) return refused('BadRequest', `unable to parse fieldSelector: ${fields.problem.message}`)
  const problem = fieldLabelProblem(resource, fields.value)
  if (problem !== undefined) return refused('BadRequest', problem)
  return { ok: true, labels: labels.value, fields: fields.value }
}

export function isTrue(text: string | null): boolean {
  return text === 'true' || text === '1'
}

/** A whole number of a query; undefined when absent, NaN when it is none. */
export function numberOf(text: string | null): number | undefined {
  if (text === null || text === '') return undefined
  return /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
}
