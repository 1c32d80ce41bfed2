// Owns reading the logs of resource pods beside those of all others.
import type { LogKey, LogLine, LogQuery, LogStore } from '@tiphys/shell/ports'
import type { ResourceJournal } from './journal.ts'

const FOLLOW_LOOK_MS = 300

/** A log store that knows the pods of `journal` and asks `next` for all others. */
export function withResourceLogs(next: LogStore, journal: ResourceJournal): LogStore {
  return {
    read: (key, query) => (journal.lines(key) === undefined ? next.read(key, query) : read(journal, key, query ?? {})),
    containers: async (key) => (journal.lines(key) === undefined ? next.containers(key) : ['main']),
    remove: async (workflowUid) => {
      journal.remove(workflowUid)
      await next.remove(workflowUid)
    },
  }
}

async function* read(journal: ResourceJournal, key: LogKey, { follow = false, tailLines, since = 0, bytesMax = Number.POSITIVE_INFINITY, signal }: LogQuery): AsyncGenerator<LogLine> {
  if (key.container !== 'main') return
  let told = Math.max(0, (journal.lines(key)?.length ?? 0) - (tailLines ?? Number.POSITIVE_INFINITY))
  let left = bytesMax
  while (signal?.aborted !== true) {
    // Looked at first: what is written while the lines are read out comes with the next look.
    const isOver = journal.find(key)?.fact !== undefined
    const lines = journal.lines(key) ?? []
    for (const line of lines.slice(told)) {
      if (line.at < since) continue
      left -= Buffer.byteLength(line.text) + 1
      if (left < 0) return
      yield line
    }
    told = lines.length
    if (!follow || isOver) return
    await new Promise((resolve) => setTimeout(resolve, FOLLOW_LOOK_MS))
  }
}
