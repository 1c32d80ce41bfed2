// The journal remembers what was flushed, and only that.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Journal } from './journal.ts'

describe('journal', () => {
  it('forgets a torn last line and what was discarded', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tiphys-journal-'))
    const ref = { runner: 'process', podName: 'p', uid: 'u', namespace: 'n', key: { workflowUid: 'w', nodeId: 'n', attempt: 0 } }
    const journal = new Journal(folder)
    journal.append({ t: 'pod', k: 'a', ref, at: 1 })
    journal.append({ t: 'pod', k: 'b', ref, at: 2 })
    journal.append({ t: 'run', k: 'a', container: 'main', run: 'x.1', pid: 1, since: '2', status: 's', at: 3 })
    journal.append({ t: 'gone', k: 'b' })
    journal.flush()
    journal.append({ t: 'pod', k: 'c', ref, at: 4 })
    const again = new Journal(folder)
    expect([...again.histories.keys()]).toEqual(['a'])
    expect(again.histories.get('a')?.runs).toHaveLength(1)
    again.close()
    rmSync(folder, { recursive: true, force: true })
  })
})
