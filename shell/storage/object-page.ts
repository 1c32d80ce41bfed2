// Owns where a list of objects stands: the moment that it shows, and how its pages are continued.
import type { ObjectListQuery } from '@tiphys/shell/ports'

/** Where a list stands: the moment it shows and the last object it gave. */
export interface Cursor {
  readonly version: number
  readonly namespace: string
  readonly name: string
}

/** The moment that a list without a token asks for. */
export function wanted({ resourceVersion }: ObjectListQuery, latest: number): number {
  return resourceVersion === undefined || resourceVersion === '' || resourceVersion === '0' ? latest : Number(resourceVersion)
}

export function writeObjectToken({ version, namespace, name }: Cursor): string {
  return Buffer.from(JSON.stringify([version, namespace, name])).toString('base64url')
}

/** Undefined when the token is not one of a list of objects. */
export function readObjectToken(token: string): Cursor | undefined {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(token, 'base64url').toString())
    if (!Array.isArray(parsed)) return undefined
    const [version, namespace, name]: unknown[] = parsed
    return typeof version === 'number' && typeof namespace === 'string' && typeof name === 'string' ? { version, namespace, name } : undefined
  } catch {
    return undefined
  }
}
