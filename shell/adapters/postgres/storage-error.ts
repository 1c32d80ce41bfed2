// Owns how an error of the database or of the way to it becomes a `StorageError`: by its SQLSTATE, never by its text.
import { StorageError, type StorageErrorCode } from '@tiphys/shell/ports'

/** The connection broke, or there is none. What was sent before may have been carried out. */
export class LostConnection extends StorageError {
  constructor(message: string, detail: { readonly engineCode?: string; readonly cause?: unknown } = {}) {
    super('io', message, { hint: 'check that the database runs and can be reached', ...detail })
    this.name = 'LostConnection'
  }
}

interface Known {
  readonly code: StorageErrorCode
  readonly hint?: string
}

/** Codes of five characters first, classes of two after. */
const states: Readonly<Record<string, Known>> = {
  '53100': { code: 'full', hint: 'free some disk space on the database server' },
  '53300': { code: 'busy', hint: 'the database server takes no more connections' },
  '55P03': { code: 'busy', hint: 'another server keeps the database locked; try again' },
  '57014': { code: 'busy' },
  '40001': { code: 'busy' },
  '40P01': { code: 'busy' },
  '25006': { code: 'read_only', hint: 'the database is read only, perhaps a standby' },
  '42501': { code: 'read_only', hint: 'the user of the database may not do this: it needs a schema of its own to write in' },
  '3D000': { code: 'cannot_open', hint: 'create the database first' },
  '23': { code: 'constraint' },
  '28': { code: 'cannot_open', hint: 'check the user and the password in the URL of the database' },
  '53': { code: 'io', hint: 'the database server lacks a resource' },
  '54': { code: 'too_big' },
  '58': { code: 'io', hint: 'the disk of the database server reported a failure' },
  XX: { code: 'damaged', hint: 'restore the database from a backup' },
}

/** The session or the whole server is going away: 08 is the class of broken connections. */
const lost = /^(08...|57P0[1-5]|25P03|25P04)$/

/** A session that the server ended for a reason of its own tells it by a code; all other trouble without a code is the network's. */
export function storageErrorOf(thrown: unknown): StorageError {
  if (thrown instanceof StorageError) return thrown
  const message = messageOf(thrown)
  const state = stateOf(thrown)
  if (state === undefined || lost.test(state)) return new LostConnection(message, { cause: thrown, ...(state !== undefined && { engineCode: state }) })
  const known = states[state] ?? states[state.slice(0, 2)]
  return new StorageError(known?.code ?? 'internal', message, { engineCode: state, cause: thrown, ...(known?.hint !== undefined && { hint: known.hint }) })
}

/** Several addresses of one host fail together, with an empty message of their own. */
function messageOf(thrown: unknown): string {
  if (thrown instanceof AggregateError) return thrown.errors.map(messageOf).join('; ')
  return thrown instanceof Error ? thrown.message : String(thrown)
}

function stateOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !('severity' in thrown) || !('code' in thrown)) return undefined
  return typeof thrown.code === 'string' && thrown.code.length === 5 ? thrown.code : undefined
}
