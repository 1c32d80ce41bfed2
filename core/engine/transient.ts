// Which failures are of the passing kind: network and API trouble, known by the texts that Go's libraries write (RETRY-8).
const PATTERNS: readonly RegExp[] = [
  /exceeded quota/, /Operation cannot be fulfilled on resourcequota/, /etcdserver: (leader changed|request timed out|too many requests)/,
  /error when reading response body/, /Connection closed by foreign host/, /net\/http: TLS handshake timeout/, /i\/o timeout/, /connection timed out/,
  /connection reset by peer/, /http2: client connection lost/, /http2: server sent GOAWAY/, /connect: connection refused/, /invalid connection/, /transport connection broken/,
]

export function isTransient(message: string): boolean {
  return PATTERNS.some((pattern) => pattern.test(message))
}
