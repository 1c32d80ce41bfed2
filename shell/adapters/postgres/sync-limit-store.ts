// Owns the limits of database semaphores in PostgreSQL.
import type { SyncLimit, SyncLimitStore } from '@tiphys/shell/ports'
import type { GroupCommit } from './group-commit.ts'
import { lockTopic } from './lock-store.ts'

export function postgresSyncLimits(group: GroupCommit): SyncLimitStore {
  const { connections } = group
  /** Whether the statement found or made a row. */
  const change = (sql: string, ...values: readonly (string | number)[]): Promise<boolean> => group.run(async (tx) => {
    tx.changes(lockTopic)
    return (await tx.all(`${sql} RETURNING key`, ...values)).length > 0
  })
  return {
    get: async (namespace, key) => {
      const row = await connections.get('SELECT size FROM sync_limit WHERE namespace = ? AND key = ?', namespace, key)
      return row === undefined ? undefined : Number(row['size'])
    },
    create: (namespace, key, size) => change('INSERT INTO sync_limit (namespace, key, size) VALUES (?, ?, ?) ON CONFLICT DO NOTHING', namespace, key, size),
    update: (namespace, key, size) => change('UPDATE sync_limit SET size = ? WHERE namespace = ? AND key = ?', size, namespace, key),
    remove: (namespace, key) => change('DELETE FROM sync_limit WHERE namespace = ? AND key = ?', namespace, key),
    all: async () => (await connections.all('SELECT namespace, key, size FROM sync_limit ORDER BY namespace, key'))
      .map((row): SyncLimit => ({ namespace: String(row['namespace']), key: String(row['key']), size: Number(row['size']) })),
  }
}
