// Owns what a host may offer to the functions of sprig that need keys, deliberately slow ciphers or the network: a contract, without any of them.

/** A result, or why there is none in the words of Go's sprig. */
export type Hosted<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly message: string }

/** A certificate and its private key, as PEM texts. */
export interface CertificateTexts { readonly cert: string; readonly key: string }

export interface PasswordRequest {
  /** Counts the passwords of one site, from 0. */
  readonly counter: number
  /** `long`, `maximum`, `medium`, `basic`, `short` or `pin`; another is answered with a text that says so. */
  readonly type: string
  readonly password: Uint8Array
  readonly user: Uint8Array
  readonly site: Uint8Array
}

export interface CertificateRequest {
  /** The common name of the subject. */
  readonly name: string
  readonly addresses: readonly string[]
  readonly dnsNames: readonly string[]
  readonly notBefore: CertificateSeconds
  readonly notAfter: CertificateSeconds
  /** Whether it may sign others. */
  readonly authority: boolean
  /** The private key as PEM; a fresh RSA key of 2048 bits when absent. */
  readonly key: string | undefined
  /** Who signs it; itself when absent. */
  readonly signer: CertificateTexts | undefined
}

/** Unix time in whole seconds. */
export type CertificateSeconds = number

/**
 * The functions as a host offers them: synchronous, and never throwing on what users give. A function that is absent is
 * `unavailable` in expressions. All texts that are returned are ASCII, unless they repeat what was given.
 */
export interface HostedFunctions {
  /** A bcrypt hash of cost 10 in the form `$2a$`; `salt` is 16 bytes. What Go answers with a text is a text here too. */
  bcrypt(password: Uint8Array, salt: Uint8Array): Hosted<string>
  /** The password that the Master Password algorithm derives. */
  derivePassword(request: PasswordRequest): Hosted<string>
  /** A private key of a type (`rsa`, `dsa`, `ecdsa`, `ed25519`; empty for `rsa`) as PEM; another type is answered with a text that says so. */
  genPrivateKey(type: string): Hosted<string>
  /** The same texts, if they are a certificate and a private key that can be read. They need not belong together. */
  checkCertificate(texts: CertificateTexts): Hosted<CertificateTexts>
  certify(request: CertificateRequest): Hosted<CertificateTexts>
  /** An address of a name. */
  getHostByName(name: string): Hosted<string>
}
