// Owns bringing a database to the schema of this program: numbered migrations, forward only, each database once.
import { type Db, StorageError } from '@tiphys/shell/ports'

/** Marks the file as ours, so that a foreign database is never migrated. "Tiph" in ASCII. */
const applicationId = 0x54697068

/**
 * Applies the migrations that the database lacks; number n is `migrations[n - 1]`, and a released one never changes. All happen in one
 * transaction, so a crash leaves the old version. A database of a newer program is refused, untouched.
 */
export function migrate(db: Db, migrations: readonly string[]): void {
  if (pending(db, migrations) === 0) return
  db.transaction(() => {
    // Another process may have migrated while this one waited for the lock.
    const count = pending(db, migrations)
    for (const sql of migrations.slice(migrations.length - count)) db.exec(sql)
    db.exec(`PRAGMA user_version = ${migrations.length}; PRAGMA application_id = ${applicationId}`)
  })
}

function pending(db: Db, migrations: readonly string[]): number {
  const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version'])
  const owner = Number(db.prepare('PRAGMA application_id').get()?.['application_id'])
  if (owner !== applicationId && !(owner === 0 && version === 0 && isEmpty(db))) {
    throw new StorageError('cannot_open', `${db.path} is a database of another program`, { hint: 'choose another data directory' })
  }
  if (version > migrations.length) {
    throw new StorageError('cannot_open', `${db.path} was written by a newer version: its schema is ${version}, this program knows up to ${migrations.length}`, {
      hint: 'use the newer program, or another data directory',
    })
  }
  return migrations.length - version
}

function isEmpty(db: Db): boolean {
  return db.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined
}
