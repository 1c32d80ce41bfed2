// Checks what becomes of entries of the journal that cannot be written any more.
import { describe, expect, it } from 'vitest'
import type { Clock, RunLog } from '@tiphys/shell/ports'
import { Journal } from './journal.ts'

const clock: Clock = { now: () => 0, at: () => () => undefined }

function journalWhere(append: RunLog['append'], lost: string[] = []): Journal {
  return new Journal({ log: { append } as unknown as RunLog, clock, uid: 'u1', seq: 0, onLost: (message) => lost.push(message), onTrouble: () => undefined })
}

describe('journal of a run that another process has taken', () => {
  it('tells those who wait that nothing more is written', async () => {
    const lost: string[] = []
    const told: string[] = []
    const journal = journalWhere((_uid, seq) => Promise.resolve(seq === 0 ? { ok: true, value: undefined } : { ok: false, problem: { code: 'conflict', message: 'taken' } }) as unknown as ReturnType<RunLog['append']>, lost)
    for (const name of ['a', 'b', 'c']) journal.append({ record: name, change: undefined, then: () => told.push(`${name} written`), dropped: () => told.push(`${name} dropped`) })
    await journal.flushed()
    journal.append({ record: 'd', change: undefined, then: () => told.push('d written'), dropped: () => told.push('d dropped') })
    await journal.flushed()
    expect(told).toEqual(['a written', 'b dropped', 'c dropped', 'd dropped'])
    expect(lost).toEqual(['taken'])
  })
})
