// Owns the tokens of service accounts: signed texts that say whose they are and until when, and how they are checked.
import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto'

/** What a token says. Times are Unix seconds. */
export interface TokenClaims {
  readonly namespace: string
  readonly account: string
  readonly accountUid: string
  readonly audiences: readonly string[]
  readonly issuedAt: number
  /** Absent for a token that lasts as long as its secret. */
  readonly expiresAt?: number
  /** The object with whose end the token ends, beside its account. */
  readonly bound?: { readonly kind: string; readonly name: string; readonly uid: string }
}

export interface TokenSigner {
  sign(claims: TokenClaims): string
  /** Undefined when the token is not this server's, or has expired. */
  read(token: string, nowSeconds: number): TokenClaims | undefined
}

export const TOKEN_ISSUER = 'https://kubernetes.default.svc.cluster.local'
const TOKEN_LENGTH_MAX = 8192
const HEADER = encode({ alg: 'HS256', typ: 'JWT' })

/** `key` is this server's alone. */
export function tokenSigner(key: string): TokenSigner {
  const signatureOf = (text: string): string => createHmac('sha256', key).update(text).digest('base64url')
  return {
    sign: (claims) => {
      const text = `${HEADER}.${encode(payloadOf(claims))}`
      return `${text}.${signatureOf(text)}`
    },
    read: (token, now) => {
      if (token.length > TOKEN_LENGTH_MAX) return undefined
      const [header = '', payload = '', signature = '', ...more] = token.split('.')
      if (header !== HEADER || more.length > 0 || !same(signature, signatureOf(`${header}.${payload}`))) return undefined
      const claims = claimsOf(payload)
      return claims === undefined || (claims.expiresAt !== undefined && claims.expiresAt <= now) ? undefined : claims
    },
  }
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

function same(given: string, right: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(right)]
  return a.length === b.length && timingSafeEqual(a, b)
}

/** In the form in which a cluster writes them, for clients that look inside. */
function payloadOf({ namespace, account, accountUid, audiences, issuedAt, expiresAt, bound }: TokenClaims): object {
  const own = bound === undefined ? {} : { [bound.kind.toLowerCase()]: { name: bound.name, uid: bound.uid } }
  return {
    aud: audiences, ...(expiresAt !== undefined && { exp: expiresAt }), iat: issuedAt, iss: TOKEN_ISSUER, jti: randomUUID(), nbf: issuedAt,
    'kubernetes.io': { namespace, serviceaccount: { name: account, uid: accountUid }, ...own }, ...(bound !== undefined && { bound }),
    sub: `system:serviceaccount:${namespace}:${account}`,
  }
}

interface Payload {
  readonly aud: readonly string[]
  readonly exp?: number
  readonly iat: number
  readonly bound?: NonNullable<TokenClaims['bound']>
  readonly 'kubernetes.io': { readonly namespace: string; readonly serviceaccount: { readonly name: string; readonly uid: string } }
}

/** The signature was right, so the shape is ours. */
function claimsOf(payload: string): TokenClaims | undefined {
  try {
    const { aud, exp, iat, bound, 'kubernetes.io': own } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Payload
    return {
      namespace: own.namespace, account: own.serviceaccount.name, accountUid: own.serviceaccount.uid, audiences: aud, issuedAt: iat, ...(exp !== undefined && { expiresAt: exp }),
      ...(bound !== undefined && { bound }),
    }
  } catch {
    return undefined
  }
}
