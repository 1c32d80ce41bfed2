// Owns requests for runs of other servers in PostgreSQL.
import type { RunRequestStore } from '@tiphys/shell/ports'
import { listenTo } from '@tiphys/shell/storage'
import type { ChangeFeed } from './change-feed.ts'
import type { GroupCommit } from './group-commit.ts'

const TOPIC = 'request'
const KEPT_MS = 3600 * 1000

export function postgresRunRequests(group: GroupCommit, feed: ChangeFeed, self: string): RunRequestStore {
  const { connections } = group
  return {
    put: (uid, body, at) => group.run(async (tx) => {
      tx.changes(TOPIC)
      return Number((await tx.get('INSERT INTO run_request (uid, body, asked_at) VALUES (?, ?, ?) RETURNING id', uid, body, at))?.['id'])
    }),
    pending: async () => (await connections.all('SELECT q.id, q.uid, q.body FROM run_request q JOIN run r ON r.uid = q.uid WHERE q.answer IS NULL AND r.lease = ? ORDER BY q.id LIMIT 1000', self))
      .map((row) => ({ id: Number(row['id']), uid: String(row['uid']), body: String(row['body']) })),
    answer: (id, text) => group.run(async (tx) => {
      tx.changes(TOPIC)
      tx.write('UPDATE run_request SET answer = ? WHERE id = ?', text, id)
    }),
    answerOf: async (id) => {
      const answer = (await connections.get('SELECT answer FROM run_request WHERE id = ?', id))?.['answer']
      return typeof answer === 'string' ? answer : undefined
    },
    remove: (id, at) => group.run(async (tx) => tx.write('DELETE FROM run_request WHERE id = ? OR (answer IS NOT NULL AND asked_at <= ?)', id, at - KEPT_MS)),
    onChange: (listener, signal) => listenTo(feed.listen(TOPIC, signal), listener),
  }
}
