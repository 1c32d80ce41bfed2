// Owns reading the binary form of built-in kinds, which clients written in Go send: envelope, then fields by number.
import { type Json, type JsonObject, type Result, bad, ok, rfc3339 } from '@tiphys/core/kube'
import { messageFields } from './protobuf-messages.ts'
import { type Cursor, base64, readPart, readVarint, utf8 } from './protobuf-wire.ts'

interface Field {
  /** Empty for fields that stand among those of the message around them. */
  readonly name: string
  readonly type: string
  readonly shape: 'one' | 'list' | 'map'
  /** Whether JSON shows it even when it is empty. */
  readonly kept: boolean
}

type Message = ReadonlyMap<number, Field>

/** Which kinds are read; the message has the name of the kind. */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  v1: ['ConfigMap', 'Event', 'Namespace', 'PersistentVolumeClaim', 'Secret', 'ServiceAccount'],
  'authentication.k8s.io/v1': ['SelfSubjectReview', 'TokenRequest', 'TokenReview'],
  'authorization.k8s.io/v1': ['LocalSubjectAccessReview', 'SelfSubjectAccessReview', 'SelfSubjectRulesReview', 'SubjectAccessReview'],
  'batch/v1': ['Job'],
  'coordination.k8s.io/v1': ['Lease'],
  'rbac.authorization.k8s.io/v1': ['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'],
}

const MAGIC = [0x6b, 0x38, 0x73, 0x00]
const DEPTH_MAX = 40

/** The object in `bytes` as JSON; values of secrets are base64, as in JSON. */
export function decodeKubeProtobuf(bytes: Uint8Array): Result<JsonObject> {
  if (!MAGIC.every((byte, index) => bytes[index] === byte)) return bad('malformed', 'the body does not begin as the binary form of Kubernetes does')
  const envelope = readEnvelope(bytes.subarray(MAGIC.length))
  if (envelope === undefined) return bad('malformed', 'the envelope of the body cannot be read')
  const { apiVersion, kind, raw } = envelope
  // Options of a deletion come in the version of whatever is deleted.
  const isKnown = kind === 'DeleteOptions' || (Object.hasOwn(KINDS, apiVersion) && KINDS[apiVersion]?.includes(kind) === true)
  if (!isKnown) return bad('unknown_kind', `${kind} of ${apiVersion} cannot be read in binary form: send JSON`)
  const object = readMessage(raw, kind, 0)
  return object === undefined ? bad('malformed', `the ${kind} in the body cannot be read`) : ok({ apiVersion, kind, ...object })
}

interface Envelope {
  readonly apiVersion: string
  readonly kind: string
  readonly raw: Uint8Array
}

function readEnvelope(bytes: Uint8Array): Envelope | undefined {
  const [type, raw] = [partsOf(bytes, 1), partsOf(bytes, 2)]
  if (type === undefined || raw === undefined) return undefined
  const [versions, kinds] = [partsOf(type[0] ?? NONE, 1), partsOf(type[0] ?? NONE, 2)]
  if (versions === undefined || kinds === undefined) return undefined
  return { apiVersion: utf8(versions[0] ?? NONE), kind: utf8(kinds[0] ?? NONE), raw: raw[0] ?? NONE }
}

const NONE = new Uint8Array()

/** The parts of one field, whatever else there is; undefined when the bytes are no message. */
function partsOf(bytes: Uint8Array, wanted: number): readonly Uint8Array[] | undefined {
  const found: Uint8Array[] = []
  const fine = eachField(bytes, (number, value) => {
    if (number === wanted && typeof value !== 'number') found.push(value)
    return true
  })
  return fine ? found : undefined
}

function eachField(bytes: Uint8Array, take: (number: number, value: number | Uint8Array) => boolean): boolean {
  const cursor: Cursor = { bytes, at: 0 }
  while (cursor.at < bytes.length) {
    const tag = readVarint(cursor)
    if (tag === undefined || tag < 8) return false
    const value = tag % 8 === 0 ? readVarint(cursor) : readPart(cursor, tag % 8)
    if (value === undefined || !take(Math.floor(tag / 8), value)) return false
  }
  return true
}

let tables: ReadonlyMap<string, Message> | undefined

/** The table is read when the first body comes: most programs never meet one. */
function messageOf(name: string): Message {
  tables ??= new Map(messageFields.trim().replaceAll('\n ', '').split('\n').map(readLine))
  return tables.get(name) ?? new Map<number, Field>()
}

function readLine(line: string): readonly [string, Message] {
  const [name = '', fields = ''] = line.split(': ')
  return [name, new Map(fields.split(', ').filter((text) => text !== '').map(readField))]
}

function readField(text: string): readonly [number, Field] {
  const [, number = '', inline, name = '', mark = '', shape = '', type = ''] = /^(\d+)(?:>(\w+)| (\w+) ([!*]?)(\[\]|\{\})?(\w+))$/.exec(text) ?? []
  if (inline !== undefined) return [Number(number), { name: '', type: inline, shape: 'one', kept: false }]
  return [Number(number), { name, type, shape: shape === '[]' ? 'list' : shape === '{}' ? 'map' : 'one', kept: mark !== '' }]
}

/** Undefined when the bytes are no such message. */
function readMessage(bytes: Uint8Array, name: string, depth: number): JsonObject | undefined {
  if (depth > DEPTH_MAX) return undefined
  const message = messageOf(name)
  const object: Record<string, Json> = {}
  const fine = eachField(bytes, (number, value) => {
    const field = message.get(number)
    return field === undefined || put(object, field, { value, depth })
  })
  return fine ? object : undefined
}

interface Read {
  readonly value: number | Uint8Array
  readonly depth: number
}

function put(object: Record<string, Json>, field: Field, read: Read): boolean {
  if (field.shape === 'map') return putEntry(object, field, read)
  const value = valueOf(field.type, read)
  if (value === undefined) return false
  if (field.name === '') Object.assign(object, value)
  else if (field.shape === 'list') object[field.name] = [...((object[field.name] ?? []) as readonly Json[]), value]
  else if (field.kept || !isEmpty(value)) object[field.name] = value
  return true
}

/** Go writes every field; what it would leave out of JSON is left out here. Metadata is always there. */
function isEmpty(value: Json): boolean {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return Object.keys(value).length === 0
  return value === '' || value === 0 || value === false || value === null
}

function putEntry(object: Record<string, Json>, field: Field, { value, depth }: Read): boolean {
  if (typeof value === 'number') return false
  const [keys, values] = [partsOf(value, 1), partsOf(value, 2)]
  const entry = values === undefined ? undefined : valueOf(field.type, { value: values[0] ?? NONE, depth })
  if (keys === undefined || entry === undefined) return false
  const entries = { ...(object[field.name] as JsonObject | undefined) }
  Object.defineProperty(entries, utf8(keys[0] ?? NONE), { value: entry, enumerable: true, writable: true, configurable: true })
  object[field.name] = entries
  return true
}

function valueOf(type: string, { value, depth }: Read): Json | undefined {
  if (typeof value === 'number') return type === 't' ? value !== 0 : type === 'i' ? value : undefined
  switch (type) {
    case 's': return utf8(value)
    case 'b': return base64(value)
    case 'T':
    case 'U': return timeOf(value, type === 'U')
    case 'Q': return utf8(partsOf(value, 1)?.[0] ?? NONE)
    case 'I': return numberOrText(value)
    case 'J': return jsonOf(value)
    case 'E': return partsOf(value, 1)?.map(utf8)
    case 'i':
    case 't': return undefined
    default: return readMessage(value, type, depth + 1)
  }
}

/** Seconds and nanoseconds since the epoch; nothing at all is no time. */
function timeOf(bytes: Uint8Array, micro: boolean): Json | undefined {
  const numbers = new Map<number, number>()
  const fine = eachField(bytes, (number, value) => {
    if (typeof value === 'number') numbers.set(number, value)
    return true
  })
  if (!fine) return undefined
  const seconds = numbers.get(1) ?? 0
  if (seconds === 0 || Math.abs(seconds) > 253_402_300_799) return null
  const text = rfc3339(seconds * 1000)
  return micro ? text.replace('Z', `.${String(Math.floor((numbers.get(2) ?? 0) / 1000)).padStart(6, '0')}Z`) : text
}

function numberOrText(bytes: Uint8Array): Json | undefined {
  let [isText, number, text] = [false, 0, '']
  const fine = eachField(bytes, (field, value) => {
    if (field === 1) isText = value !== 0
    else if (field === 2 && typeof value === 'number') number = value
    else if (field === 3 && typeof value !== 'number') text = utf8(value)
    return true
  })
  return fine ? (isText ? text : number) : undefined
}

function jsonOf(bytes: Uint8Array): Json | undefined {
  try {
    return JSON.parse(utf8(partsOf(bytes, 1)?.[0] ?? NONE) || '{}') as Json
  } catch {
    return undefined
  }
}
