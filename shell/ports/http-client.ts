// Owns the port through which HTTP templates reach the network.

export interface HttpRequest {
  readonly method: string
  readonly url: string
  readonly headers: readonly { readonly name: string; readonly value: string }[]
  readonly body: Uint8Array | undefined
  readonly timeoutMs: number | undefined
  /** Accept any certificate. */
  readonly insecure: boolean
  readonly signal?: AbortSignal
}

export interface HttpResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, readonly string[]>>
  readonly body: string
}

/** `message` says what went wrong on the way, for people. */
export type HttpOutcome = { readonly ok: true; readonly response: HttpResponse } | { readonly ok: false; readonly message: string }

export interface HttpClient {
  send(request: HttpRequest): Promise<HttpOutcome>
}
