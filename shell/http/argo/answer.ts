// Owns the answers of the Argo REST API: values that operations give and one place writes.
import type { ServerResponse } from 'node:http'
import { type FieldChoice, type GrpcCode, type GrpcFailure, chooseFields, failureBody, grpcFailure, httpStatusOf, streamFailureBody } from '@tiphys/core/api'
import { type Json, isJsonObject } from '@tiphys/core/kube'
import { flowing } from '../flow.ts'

export type ArgoAnswer =
  | { readonly type: 'json'; readonly body: Json }
  | { readonly type: 'failure'; readonly failure: GrpcFailure }
  /** Each message is told as it comes; a slow reader holds the source up. A source that throws a `StreamFailure` ends with its message. */
  | { readonly type: 'stream'; readonly messages: AsyncIterable<Json> }
  /** Anything else: files, pages, redirects. */
  | RawAnswer

export interface RawAnswer {
  readonly type: 'raw'
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array>
}

/** What a stream that began may end with. */
export class StreamFailure extends Error {
  readonly failure: GrpcFailure

  constructor(failure: GrpcFailure) {
    super(failure.message)
    this.failure = failure
  }
}

export const answered = (body: Json): ArgoAnswer => ({ type: 'json', body })
export const refusedWith = (failure: GrpcFailure): ArgoAnswer => ({ type: 'failure', failure })
export const refusedAs = (code: GrpcCode, message: string): ArgoAnswer => refusedWith(grpcFailure(code, message))

/** What Go's `http.Error` writes. */
export function plainError(status: number, message: string): RawAnswer {
  return { type: 'raw', status, headers: { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' }, body: `${message}\n` }
}

/** How the messages of a stream are told apart. */
export interface Framing {
  readonly isStream: boolean
  /** `data:` lines for browsers, else one JSON value a line. */
  readonly isSse: boolean
  /** What the client wants of each message, of one that tells of a failure too; undefined for all. */
  readonly choice?: FieldChoice | undefined
}

/** Writes an answer. Resolves when it is out, or the client is gone. */
export async function sendArgo(response: ServerResponse, answer: ArgoAnswer, framing: Framing): Promise<void> {
  if (answer.type === 'stream') return sendStream(response, answer.messages, framing)
  if (answer.type === 'raw') return sendRaw(response, answer)
  if (answer.type === 'json') return sendJson(response, 200, answer.body)
  const { failure } = answer
  if (!framing.isStream) return sendJson(response, httpStatusOf(failure), failureBody(failure))
  response.writeHead(httpStatusOf(failure), headersOf(framing)).end(framed(streamFailureBody(failure), framing))
}

function sendJson(response: ServerResponse, status: number, body: Json): void {
  const text = Buffer.from(JSON.stringify(body))
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': text.length }).end(text)
}

const QUIET_MS = 15_000

const headersOf = ({ isSse }: Framing): Readonly<Record<string, string>> => (isSse ? { 'Content-Type': 'text/event-stream', 'X-Content-Type-Options': 'nosniff' } : { 'Content-Type': 'application/json' })

function framed(message: Json, { isSse, choice }: Framing): string {
  const text = JSON.stringify(isJsonObject(message) ? chooseFields(choice, message) : message)
  return isSse ? `data: ${text}\n\n` : `${text}\n`
}

async function sendStream(response: ServerResponse, messages: AsyncIterable<Json>, framing: Framing): Promise<void> {
  response.writeHead(200, headersOf(framing))
  response.flushHeaders()
  // Whoever is between here and the client closes what is quiet for long; the format has lines that say nothing.
  const quiet = framing.isSse ? setInterval(() => response.write(':\n'), QUIET_MS) : undefined
  try {
    for await (const message of messages) {
      if (response.destroyed) return
      quiet?.refresh()
      await flowing(response, response.write(framed(message, framing)))
    }
  } catch (error) {
    if (!(error instanceof StreamFailure)) throw error
    response.write(framed(streamFailureBody(error.failure), framing))
  } finally {
    clearInterval(quiet)
  }
  response.end()
}

async function sendRaw(response: ServerResponse, { status, headers, body }: RawAnswer): Promise<void> {
  response.writeHead(status, headers)
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) {
    response.end(body)
    return
  }
  for await (const chunk of body) {
    if (response.destroyed) return
    await flowing(response, response.write(chunk))
  }
  response.end()
}
