// Owns the limits of database semaphores in the embedded state.
import type { SyncLimit, SyncLimitStore } from '@tiphys/shell/ports'
import type { GroupCommit } from './group-commit.ts'

export function sqliteSyncLimits(group: GroupCommit): SyncLimitStore {
  const { db } = group
  const find = (namespace: string, key: string): number | undefined => {
    const row = db.prepare('SELECT size FROM sync_limit WHERE namespace = ? AND key = ?').get(namespace, key)
    return row === undefined ? undefined : Number(row['size'])
  }
  /** Changes a limit where it is there, or where it is not. */
  const change = (namespace: string, key: string, options: { readonly isThere: boolean; readonly sql: string; readonly values: readonly (string | number)[] }): Promise<boolean> =>
    group.run((tx) => {
      if ((find(namespace, key) !== undefined) !== options.isThere) return false
      tx.db.prepare(options.sql).run(...options.values)
      return true
    })
  return {
    get: async (namespace, key) => find(namespace, key),
    create: (namespace, key, size) => change(namespace, key, { isThere: false, sql: 'INSERT INTO sync_limit (namespace, key, size) VALUES (?, ?, ?)', values: [namespace, key, size] }),
    update: (namespace, key, size) => change(namespace, key, { isThere: true, sql: 'UPDATE sync_limit SET size = ? WHERE namespace = ? AND key = ?', values: [size, namespace, key] }),
    remove: (namespace, key) => change(namespace, key, { isThere: true, sql: 'DELETE FROM sync_limit WHERE namespace = ? AND key = ?', values: [namespace, key] }),
    all: async () => db.prepare('SELECT namespace, key, size FROM sync_limit ORDER BY namespace, key').all()
      .map((row): SyncLimit => ({ namespace: String(row['namespace']), key: String(row['key']), size: Number(row['size']) })),
  }
}
