// Owns reading the binary form of built-in kinds, which clients written in Go send: envelope, then fields by number.
import { type Json, type JsonObject, type Result, bad, ok } from '@tiphys/core/kube'

/** A field of a message: its name and how its bytes are read. */
type Field =
  | { readonly name: string; readonly as: 'text' | 'bytes' | 'int' }
  | { readonly name: string; readonly as: 'texts' }
  | { readonly name: string; readonly as: 'map' | 'bytesMap' }
  | { readonly name: string; readonly as: 'message'; readonly message: Message }
type Message = Readonly<Record<number, Field>>

const text = (name: string): Field => ({ name, as: 'text' })

const META: Message = {
  1: text('name'), 2: text('generateName'), 3: text('namespace'), 5: text('uid'), 6: text('resourceVersion'), 7: { name: 'generation', as: 'int' },
  11: { name: 'labels', as: 'map' }, 12: { name: 'annotations', as: 'map' }, 14: { name: 'finalizers', as: 'texts' },
}
const metadata: Field = { name: 'metadata', as: 'message', message: META }

const KINDS: Readonly<Record<string, Message>> = {
  'v1/ConfigMap': { 1: metadata, 2: { name: 'data', as: 'map' }, 3: { name: 'binaryData', as: 'bytesMap' } },
  'v1/Secret': { 1: metadata, 2: { name: 'data', as: 'bytesMap' }, 3: text('type'), 4: { name: 'stringData', as: 'map' } },
  'v1/Namespace': {
    1: metadata, 2: { name: 'spec', as: 'message', message: { 1: { name: 'finalizers', as: 'texts' } } }, 3: { name: 'status', as: 'message', message: { 1: text('phase') } },
  },
  'v1/ServiceAccount': { 1: metadata },
}

const MAGIC = [0x6b, 0x38, 0x73, 0x00]
const ENVELOPE: Message = {
  1: { name: 'typeMeta', as: 'message', message: { 1: text('apiVersion'), 2: text('kind') } }, 2: { name: 'raw', as: 'bytes' }, 3: text('contentEncoding'), 4: text('contentType'),
}

/** The object in `bytes` as JSON; values of secrets are base64, as in JSON. */
export function decodeKubeProtobuf(bytes: Uint8Array): Result<JsonObject> {
  if (!MAGIC.every((byte, index) => bytes[index] === byte)) return bad('malformed', 'the body does not begin as the binary form of Kubernetes does')
  const raw: { value: Uint8Array | undefined } = { value: undefined }
  const envelope = readMessage(bytes.subarray(MAGIC.length), ENVELOPE, (value) => { raw.value = value })
  if (envelope === undefined) return bad('malformed', 'the envelope of the body cannot be read')
  const { apiVersion = '', kind = '' } = (envelope['typeMeta'] ?? {}) as { readonly apiVersion?: string; readonly kind?: string }
  const key = `${apiVersion}/${kind}`
  const message = Object.hasOwn(KINDS, key) ? KINDS[key] : undefined
  if (message === undefined) return bad('unknown_kind', `${kind} of ${apiVersion} cannot be read in binary form: send JSON`)
  const object = readMessage(raw.value ?? new Uint8Array(), message)
  return object === undefined ? bad('malformed', `the ${kind} in the body cannot be read`) : ok({ apiVersion, kind, ...object })
}

interface Cursor {
  readonly bytes: Uint8Array
  at: number
}

/** Undefined when the bytes are no such message. Messages nest only as deep as the tables above. */
function readMessage(bytes: Uint8Array, message: Message, onRaw?: (raw: Uint8Array) => void): JsonObject | undefined {
  const cursor: Cursor = { bytes, at: 0 }
  const object: Record<string, Json> = {}
  while (cursor.at < bytes.length) {
    const tag = readVarint(cursor)
    if (tag === undefined) return undefined
    const [number, wire] = [Math.floor(tag / 8), tag % 8]
    const field = message[number]
    if (wire === 0) {
      const value = readVarint(cursor)
      if (value === undefined) return undefined
      if (field?.as === 'int' && value !== 0) object[field.name] = value
      continue
    }
    const part = readPart(cursor, wire)
    if (part === undefined) return undefined
    if (field === undefined) continue
    if (field.as === 'bytes') onRaw?.(part)
    else if (!put(object, field, part)) return undefined
  }
  return object
}

/** Empty texts and messages stand for absent ones. */
function put(object: Record<string, Json>, field: Field, part: Uint8Array): boolean {
  switch (field.as) {
    case 'text': {
      if (part.length > 0) object[field.name] = utf8(part)
      return true
    }
    case 'texts': {
      object[field.name] = [...((object[field.name] ?? []) as readonly Json[]), utf8(part)]
      return true
    }
    case 'message': {
      const value = readMessage(part, field.message)
      if (value !== undefined && (Object.keys(value).length > 0 || field.name === 'metadata')) object[field.name] = value
      return value !== undefined
    }
    case 'map':
    case 'bytesMap': return putEntry(object, field, part)
    case 'int':
    case 'bytes': return true
  }
}

function putEntry(object: Record<string, Json>, field: Field, part: Uint8Array): boolean {
  const bytes: { value: Uint8Array } = { value: new Uint8Array() }
  const entry = readMessage(part, { 1: text('key'), 2: { name: 'value', as: 'bytes' } }, (value) => { bytes.value = value })
  if (entry === undefined) return false
  const entries = { ...(object[field.name] as JsonObject | undefined) }
  Object.defineProperty(entries, String(entry['key'] ?? ''), { value: field.as === 'map' ? utf8(bytes.value) : base64(bytes.value), enumerable: true, writable: true, configurable: true })
  object[field.name] = entries
  return true
}

function readPart(cursor: Cursor, wire: number): Uint8Array | undefined {
  const length = wire === 2 ? readVarint(cursor) : wire === 1 ? 8 : wire === 5 ? 4 : undefined
  if (length === undefined || cursor.at + length > cursor.bytes.length) return undefined
  const part = cursor.bytes.subarray(cursor.at, cursor.at + length)
  cursor.at += length
  return part
}

const VARINT_BYTES_MAX = 10

function readVarint(cursor: Cursor): number | undefined {
  let value = 0
  for (let index = 0; index < VARINT_BYTES_MAX; index++) {
    const byte = cursor.bytes[cursor.at]
    if (byte === undefined) return undefined
    cursor.at += 1
    value += (byte & 0x7f) * 2 ** (7 * index)
    if (byte < 0x80) return value
  }
  return undefined
}

/** Text of UTF-8 bytes; what is no UTF-8 becomes replacement characters. */
function utf8(bytes: Uint8Array): string {
  let out = ''
  for (let at = 0; at < bytes.length;) {
    const lead = bytes[at] ?? 0
    const length = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0
    const code = length === 0 ? undefined : codeAt(bytes, at, length)
    out += code === undefined ? '\ufffd' : String.fromCodePoint(code)
    at += code === undefined ? 1 : length
  }
  return out
}

const FIRST_OF_LENGTH = [0, 0, 0x80, 0x800, 0x10000]

function codeAt(bytes: Uint8Array, at: number, length: number): number | undefined {
  const lead = bytes[at] ?? 0
  if (length === 1) return lead
  let code = lead & (0xff >> (length + 1))
  for (let index = 1; index < length; index++) {
    const byte = bytes[at + index] ?? 0
    if ((byte & 0xc0) !== 0x80) return undefined
    code = code * 64 + (byte & 0x3f)
  }
  const isSurrogate = code >= 0xd800 && code <= 0xdfff
  return code < (FIRST_OF_LENGTH[length] ?? 0) || code > 0x10ffff || isSurrogate ? undefined : code
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

function base64(bytes: Uint8Array): string {
  let out = ''
  for (let at = 0; at < bytes.length; at += 3) {
    const left = bytes.length - at
    const group = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0)
    out += (LETTERS[group >> 18] ?? '') + (LETTERS[(group >> 12) & 63] ?? '') + (left > 1 ? (LETTERS[(group >> 6) & 63] ?? '') : '=') + (left > 2 ? (LETTERS[group & 63] ?? '') : '=')
  }
  return out
}
