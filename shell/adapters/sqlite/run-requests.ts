// Owns requests for runs of other processes in the embedded state.
import type { RunRequestStore } from '@tiphys/shell/ports'
import { listenTo } from '@tiphys/shell/storage'
import type { ChangeFeed } from './change-feed.ts'
import type { GroupCommit } from './group-commit.ts'

const TOPIC = 'request'
const KEPT_MS = 3600 * 1000

export function sqliteRunRequests(group: GroupCommit, feed: ChangeFeed, self: string): RunRequestStore {
  const { db } = group
  return {
    put: (uid, body, at) => group.run((tx) => {
      tx.changes(TOPIC)
      return Number(tx.db.prepare('INSERT INTO run_request (uid, body, asked_at) VALUES (?, ?, ?) RETURNING id').get(uid, body, at)?.['id'])
    }),
    pending: async () => db.prepare('SELECT q.id, q.uid, q.body FROM run_request q JOIN run r ON r.uid = q.uid WHERE q.answer IS NULL AND r.lease = ? ORDER BY q.id LIMIT 1000').all(self)
      .map((row) => ({ id: Number(row['id']), uid: String(row['uid']), body: String(row['body']) })),
    answer: (id, text) => group.run((tx) => {
      tx.changes(TOPIC)
      tx.db.prepare('UPDATE run_request SET answer = ? WHERE id = ?').run(text, id)
    }),
    answerOf: async (id) => {
      const answer = db.prepare('SELECT answer FROM run_request WHERE id = ?').get(id)?.['answer']
      return typeof answer === 'string' ? answer : undefined
    },
    remove: (id, at) => group.run((tx) => tx.db.prepare('DELETE FROM run_request WHERE id = ? OR (answer IS NOT NULL AND asked_at <= ?)').run(id, at - KEPT_MS)),
    onChange: (listener, signal) => listenTo(feed.listen(TOPIC, signal), listener),
  }
}
