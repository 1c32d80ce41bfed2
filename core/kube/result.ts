// Owns how core reports what is wrong with user input: values with a code, never exceptions.

/** What is wrong with some input, where, and how to mend it. Branch on `code`, never on `message`. */
export type Problem = {
  readonly code: string
  readonly message: string
  /** The place inside the document, such as `spec.templates[2].dag`. */
  readonly path?: string
  readonly hint?: string
}

export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: Problem }

export function ok<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value }
}

export function bad(code: string, message: string, hint?: string): { readonly ok: false; readonly problem: Problem } {
  return { ok: false, problem: hint === undefined ? { code, message } : { code, message, hint } }
}
