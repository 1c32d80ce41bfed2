// Owns the Status objects by which the Kubernetes API tells what went wrong.
import type { JsonObject } from '@tiphys/core/kube'

export type Reason =
  | 'BadRequest' | 'Unauthorized' | 'Forbidden' | 'NotFound' | 'MethodNotAllowed' | 'NotAcceptable' | 'AlreadyExists' | 'Conflict' | 'Gone' | 'Expired'
  | 'RequestEntityTooLarge' | 'UnsupportedMediaType' | 'Invalid' | 'InternalError' | 'ServiceUnavailable'

const CODES: Readonly<Record<Reason, number>> = {
  BadRequest: 400, Unauthorized: 401, Forbidden: 403, NotFound: 404, MethodNotAllowed: 405, NotAcceptable: 406, AlreadyExists: 409, Conflict: 409, Gone: 410, Expired: 410,
  RequestEntityTooLarge: 413, UnsupportedMediaType: 415, Invalid: 422, InternalError: 500, ServiceUnavailable: 503,
}

export interface Cause {
  readonly reason: string
  readonly message: string
  readonly field: string
}

export interface StatusDetails {
  readonly name?: string
  readonly group?: string
  /** The plural for most reasons, the kind for `Invalid`. */
  readonly kind?: string
  readonly uid?: string
  readonly causes?: readonly Cause[]
}

export interface Failure {
  readonly code: number
  readonly reason: Reason
  readonly message: string
  readonly details?: StatusDetails
}

export function failure(reason: Reason, message: string, details?: StatusDetails): Failure {
  return { code: CODES[reason], reason, message, ...(details !== undefined && { details }) }
}

/** Reasons that are told with details even when there are none: kubectl looks into them without a question. */
const DETAILED: ReadonlySet<Reason> = new Set(['NotFound', 'MethodNotAllowed'])

export function statusOf({ code, reason, message, details: given }: Failure): JsonObject {
  const details = given ?? (DETAILED.has(reason) ? {} : undefined)
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, ...(details !== undefined && { details: { ...details } as JsonObject }), code }
}

export function successStatus(details: StatusDetails): JsonObject {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details: { ...details } as JsonObject }
}
