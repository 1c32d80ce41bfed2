// Owns the answers of the Kubernetes API: values that handlers give and one place writes.
import type { ServerResponse } from 'node:http'
import { type ApiResource, type Failure, type Reason, failure, qualifiedName, statusOf } from '@tiphys/core/api'
import type { JsonObject } from '@tiphys/core/kube'
import type { ObjectProblem } from '@tiphys/shell/ports'
import { flowing } from './flow.ts'

export type Answer =
  | { readonly type: 'json'; readonly code: number; readonly body: JsonObject; readonly contentType?: string; readonly warnings?: readonly string[] }
  | { readonly type: 'bytes'; readonly contentType: string; readonly body: Uint8Array }
  | { readonly type: 'text'; readonly code: number; readonly body: string }
  /** Written as it comes; a slow reader holds the source up. */
  | { readonly type: 'stream'; readonly contentType: string; readonly chunks: AsyncIterable<string> }

/** A refusal on the way to an answer. */
export type Refused = { readonly ok: false; readonly answer: Answer }

export function json(code: number, body: JsonObject, warnings: readonly string[] = []): Answer {
  return { type: 'json', code, body, warnings }
}

export function failed(problem: Failure): Answer {
  return { type: 'json', code: problem.code, body: statusOf(problem) }
}

export function refused(reason: Reason, message: string): Refused {
  return { ok: false, answer: failed(failure(reason, message)) }
}

const REASONS: Readonly<Record<ObjectProblem['code'], Reason>> = {
  not_found: 'NotFound', already_exists: 'AlreadyExists', conflict: 'Conflict', invalid: 'Invalid', too_large: 'RequestEntityTooLarge', expired: 'Expired', damaged: 'InternalError',
}

/** What a store refused, in the words of Kubernetes. */
export function problemAnswer(problem: ObjectProblem, resource: ApiResource, name: string): Answer {
  return failed(problemFailure(problem, resource, name))
}

export function problemFailure(problem: ObjectProblem, resource: ApiResource, name: string): Failure {
  const title = `${qualifiedName(resource)} ${JSON.stringify(name)}`
  const { group, kind, plural } = resource
  const details = { name, ...(group !== '' && { group }), kind: plural }
  if (problem.code === 'not_found') return failure('NotFound', `${title} not found`, details)
  if (problem.code === 'already_exists') return failure('AlreadyExists', `${title} already exists`, details)
  if (problem.code === 'conflict') {
    return failure('Conflict', `Operation cannot be fulfilled on ${title}: the object has been modified; please apply your changes to the latest version and try again`, details)
  }
  if (problem.code === 'invalid') return invalid(resource, name, { field: problem.path ?? '<nil>', message: problem.message })
  return failure(REASONS[problem.code], problem.hint === undefined ? problem.message : `${problem.message}: ${problem.hint}`, { ...details, kind })
}

interface FieldCause {
  readonly field: string
  readonly message: string
}

const CAUSES: readonly (readonly [string, string])[] = [
  ['Required value', 'FieldValueRequired'], ['Duplicate value', 'FieldValueDuplicate'], ['Forbidden', 'FieldValueForbidden'], ['Unsupported value', 'FieldValueNotSupported'],
  ['Too long', 'FieldValueTooLong'], ['Too many', 'FieldValueTooMany'],
]

/** All that is wrong with an object, field by field. */
export function invalid({ group, kind }: ApiResource, name: string, ...problems: readonly [FieldCause, ...FieldCause[]]): Failure {
  const texts = problems.map(({ field, message }) => `${field}: ${message}`)
  const message = `${kind}${group === '' ? '' : `.${group}`} ${JSON.stringify(name)} is invalid: ${texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`}`
  const causes = problems.map((problem) => ({ reason: CAUSES.find(([text]) => problem.message.startsWith(text))?.[1] ?? 'FieldValueInvalid', ...problem }))
  return failure('Invalid', message, { name, ...(group !== '' && { group }), kind, causes })
}

/** Writes an answer. Resolves when it is out, or the client is gone. */
export async function send(response: ServerResponse, answer: Answer): Promise<void> {
  response.setHeader('Cache-Control', 'no-cache, private')
  response.setHeader('X-Content-Type-Options', 'nosniff')
  if (answer.type === 'stream') return sendStream(response, answer)
  if (answer.type === 'text') {
    response.writeHead(answer.code, { 'Content-Type': 'text/plain; charset=utf-8' }).end(answer.body)
    return
  }
  if (answer.type === 'bytes') {
    response.writeHead(200, { 'Content-Type': answer.contentType, 'Content-Length': answer.body.length }).end(answer.body)
    return
  }
  for (const warning of answer.warnings ?? []) response.appendHeader('Warning', `299 - ${JSON.stringify(warning.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 1000))}`)
  const text = Buffer.from(`${JSON.stringify(answer.body)}\n`)
  response.writeHead(answer.code, { 'Content-Type': answer.contentType ?? 'application/json', 'Content-Length': text.length }).end(text)
}

async function sendStream(response: ServerResponse, { contentType, chunks }: Extract<Answer, { type: 'stream' }>): Promise<void> {
  response.writeHead(200, { 'Content-Type': contentType })
  response.flushHeaders()
  for await (const chunk of chunks) {
    if (response.destroyed) break
    await flowing(response, response.write(chunk))
  }
  response.end()
}
