// Owns how an engine's error becomes a `StorageError`: by its numeric result code, never by its text.
import { StorageError, type StorageErrorCode } from '@tiphys/shell/ports'

/** Primary result codes of SQLite, which no version changes. */
const primary: Readonly<Record<number, { readonly code: StorageErrorCode; readonly name: string; readonly hint?: string }>> = {
  3: { code: 'read_only', name: 'SQLITE_PERM', hint: 'check the permissions of the data directory' },
  5: { code: 'busy', name: 'SQLITE_BUSY', hint: 'another process holds the data directory; try again' },
  6: { code: 'busy', name: 'SQLITE_LOCKED' },
  7: { code: 'io', name: 'SQLITE_NOMEM' },
  8: { code: 'read_only', name: 'SQLITE_READONLY', hint: 'check the permissions of the data directory' },
  10: { code: 'io', name: 'SQLITE_IOERR', hint: 'the disk or file system reported a failure' },
  11: { code: 'damaged', name: 'SQLITE_CORRUPT', hint: 'restore the data directory from a backup' },
  13: { code: 'full', name: 'SQLITE_FULL', hint: 'free some disk space' },
  14: { code: 'cannot_open', name: 'SQLITE_CANTOPEN', hint: 'check that the data directory exists and can be written' },
  18: { code: 'too_big', name: 'SQLITE_TOOBIG' },
  19: { code: 'constraint', name: 'SQLITE_CONSTRAINT' },
  26: { code: 'cannot_open', name: 'SQLITE_NOTADB', hint: 'the file is not a database of this program' },
}

/** Extended codes that say more than their group does. */
const extended: Readonly<Record<number, string>> = {
  1034: 'SQLITE_IOERR_FSYNC',
  1290: 'SQLITE_IOERR_DIR_FSYNC',
  778: 'SQLITE_IOERR_WRITE',
  266: 'SQLITE_IOERR_READ',
  522: 'SQLITE_IOERR_SHORT_READ',
}

/** The error to throw for what an engine threw. `resultCode` is SQLite's extended result code, absent when the fault is not SQLite's. */
export function storageErrorOf(thrown: unknown, resultCode: number | undefined): StorageError {
  if (thrown instanceof StorageError) return thrown
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  const known = resultCode === undefined ? undefined : primary[resultCode & 0xff]
  if (resultCode === undefined || known === undefined) return new StorageError('internal', message, { cause: thrown })
  const engineCode = extended[resultCode] ?? known.name
  return new StorageError(known.code, message, { engineCode, cause: thrown, ...(known.hint === undefined ? {} : { hint: known.hint }) })
}
