// Owns bringing a database to the schema of this program: numbered migrations, forward only, each database once.
import { StorageError } from '@tiphys/shell/ports'
import type { Connection } from './driver.ts'

/** Names that need no quotes, so that they can stand in settings as well. */
const plainName = /^[a-z_][a-z0-9_]{0,50}$/

export function checkSchemaName(schema: string): void {
  if (plainName.test(schema) && !schema.startsWith('pg_')) return
  throw new StorageError('cannot_open', `${JSON.stringify(schema)} cannot be the name of a schema`, { hint: 'letters, digits and underscores, beginning with a letter' })
}

/**
 * Applies the migrations that the schema lacks; number n is `migrations[n - 1]`, and a released one never changes. All happen in one
 * transaction, while other servers wait. A schema of a newer program, or of another one, is refused, untouched.
 */
export async function migrate(connection: Connection, schema: string, migrations: readonly string[]): Promise<void> {
  if ((await pending(connection, schema, migrations)) === 0) return
  await connection.run('BEGIN')
  try {
    await connection.all('SELECT pg_advisory_xact_lock(hashtext(?))', `tiphys ${schema}`)
    // Another server may have migrated while this one waited for the lock.
    const count = await pending(connection, schema, migrations)
    if (count > 0) {
      // Asked for first, since whoever may only use a schema may not even try to create it.
      if (!(await isThere(connection, schema))) await connection.run(`CREATE SCHEMA "${schema}"`)
      await connection.run('CREATE TABLE IF NOT EXISTS migration (number INT PRIMARY KEY)')
      for (const [index, sql] of migrations.entries()) {
        if (index < migrations.length - count) continue
        await connection.search(sql)
        await connection.run('INSERT INTO migration (number) VALUES (?)', index + 1)
      }
    }
    await connection.run('COMMIT')
  } catch (error) {
    await connection.run('ROLLBACK').catch(() => undefined)
    throw error
  }
}

async function isThere(connection: Connection, schema: string): Promise<boolean> {
  return (await connection.get('SELECT 1 AS found FROM pg_namespace WHERE nspname = ?', schema)) !== undefined
}

async function pending(connection: Connection, schema: string, migrations: readonly string[]): Promise<number> {
  const tables = await connection.all("SELECT relname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE nspname = ? AND relkind = 'r'", schema)
  if (tables.length === 0) return migrations.length
  if (!tables.some(({ relname }) => relname === 'migration')) {
    throw new StorageError('cannot_open', `the schema ${schema} belongs to another program`, { hint: 'choose another database or schema' })
  }
  const version = Number((await connection.search(`SELECT coalesce(max(number), 0) AS number FROM "${schema}".migration`))[0]?.['number'])
  if (version > migrations.length) {
    throw new StorageError('cannot_open', `the schema ${schema} was written by a newer version: it is at ${version}, this program knows up to ${migrations.length}`, {
      hint: 'use the newer program, or another database',
    })
  }
  return migrations.length - version
}
