// Owns the errors of the Argo REST API: gRPC codes, the HTTP status of each, and how a refusal of the Kubernetes API becomes one.
import type { JsonObject } from '@tiphys/core/kube'
import type { Failure } from '../status.ts'

/** The gRPC codes by their names, with the HTTP status that the gateway gives each. */
const CODES = {
  canceled: [1, 408], unknown: [2, 500], invalidArgument: [3, 400], deadlineExceeded: [4, 504], notFound: [5, 404], alreadyExists: [6, 409], permissionDenied: [7, 403],
  resourceExhausted: [8, 429], failedPrecondition: [9, 400], aborted: [10, 409], outOfRange: [11, 400], unimplemented: [12, 501], internal: [13, 500], unavailable: [14, 503],
  dataLoss: [15, 500], unauthenticated: [16, 401],
} as const satisfies Readonly<Record<string, readonly [number, number]>>

export type GrpcCode = keyof typeof CODES

export interface GrpcFailure {
  readonly code: GrpcCode
  readonly message: string
  /** A mistake of the caller that the reference takes for a failure of its own: clients are told its code, and the status says whose it is. */
  readonly byCaller?: boolean
}

export function grpcFailure(code: GrpcCode, message: string): GrpcFailure {
  return { code, message }
}

/** A mistake of the caller for which the reference's clients know another code. */
export function callerFailure(code: 'internal' | 'unknown', message: string): GrpcFailure {
  return { code, message, byCaller: true }
}

export function httpStatusOf({ code, byCaller = false }: GrpcFailure): number {
  return byCaller ? CODES.invalidArgument[1] : CODES[code][1]
}

/** The body of a refusal. */
export function failureBody({ code, message }: GrpcFailure): JsonObject {
  return { code: CODES[code][0], message }
}

const STATUS_TEXTS: Readonly<Record<number, string>> = {
  400: 'Bad Request', 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found', 408: 'Request Timeout', 409: 'Conflict', 429: 'Too Many Requests', 500: 'Internal Server Error',
  501: 'Not Implemented', 503: 'Service Unavailable', 504: 'Gateway Timeout',
}

/** The message by which a stream tells that it failed. */
export function streamFailureBody(failure: GrpcFailure): JsonObject {
  const [grpc, http] = [CODES[failure.code][0], httpStatusOf(failure)]
  return { error: { grpc_code: grpc, http_code: http, message: failure.message, http_status: STATUS_TEXTS[http] ?? '' } }
}

const BY_STATUS: Readonly<Record<number, GrpcCode>> = {
  400: 'invalidArgument', 401: 'unauthenticated', 403: 'permissionDenied', 404: 'notFound', 408: 'canceled', 409: 'alreadyExists', 429: 'resourceExhausted', 500: 'internal',
  501: 'unimplemented', 503: 'unavailable', 504: 'deadlineExceeded',
}

/** A refusal of the Kubernetes API, in the words of the Argo REST API. */
export function grpcOfStatus({ code, message }: Pick<Failure, 'code' | 'message'>): GrpcFailure {
  return { code: BY_STATUS[code] ?? (code >= 500 ? 'internal' : 'invalidArgument'), message }
}
