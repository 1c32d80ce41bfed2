// Owns what goes wrong between the command line and a server, and how it is told: in the reference's words or in ours.

const CODE_NAMES = [
  'OK', 'Canceled', 'Unknown', 'InvalidArgument', 'DeadlineExceeded', 'NotFound', 'AlreadyExists', 'PermissionDenied', 'ResourceExhausted', 'FailedPrecondition', 'Aborted',
  'OutOfRange', 'Unimplemented', 'Internal', 'Unavailable', 'DataLoss', 'Unauthenticated',
] as const

export type CodeName = (typeof CODE_NAMES)[number]

export function codeName(code: number): CodeName {
  return CODE_NAMES[code] ?? 'Unknown'
}

/** A call that a server refused, or that did not reach it. Commands let it pass; it is told in one place. */
export class RemoteFailure extends Error {
  /** Undefined: no server answered. */
  readonly code: CodeName | undefined
  readonly argoText: string
  readonly ownText: string

  constructor(code: CodeName | undefined, texts: { readonly argo: string; readonly own: string }) {
    super(texts.own)
    this.code = code
    this.argoText = texts.argo
    this.ownText = texts.own
  }

  /** What a server answered. */
  static answered(code: CodeName, message: string): RemoteFailure {
    return new RemoteFailure(code, { argo: `rpc error: code = ${code} desc = ${message}`, own: message })
  }
}

/** The same failure with what was tried in front of it. */
export async function during<T>(what: string, work: Promise<T>, joint = ': '): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (!(error instanceof RemoteFailure)) throw error
    throw new RemoteFailure(error.code, { argo: `${what}${joint}${error.argoText}`, own: `${what}${joint}${error.ownText}` })
  }
}

/** A mistake of the caller, found before a server was asked: the message behind `Error:`. */
export class Mistake extends Error {}

/** The end of a command with a text of its own on standard error. */
export class Fatal extends Error {}
