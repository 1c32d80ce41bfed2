// Owns the port to the limits of semaphores that are kept in a database, as Argo's `sync_limit` table keeps them.

/** Keys are those of a namespace. A size is a whole number above 0. */
export interface SyncLimitStore {
  get(namespace: string, key: string): Promise<number | undefined>
  /** False when there is one already. */
  create(namespace: string, key: string, size: number): Promise<boolean>
  /** False when there is none. */
  update(namespace: string, key: string, size: number): Promise<boolean>
  /** False when there was none. */
  remove(namespace: string, key: string): Promise<boolean>
  all(): Promise<readonly SyncLimit[]>
}

export interface SyncLimit {
  readonly namespace: string
  readonly key: string
  readonly size: number
}
