// A process for crash tests: it appends to several runs without end and says on standard output what was acknowledged to it.
import { writeSync } from 'node:fs'
import { openPostgresState } from '@tiphys/shell/adapters/postgres'
import { type EngineName, openState } from '@tiphys/shell/adapters/sqlite'
import { type State, StorageError } from '@tiphys/shell/ports'

const [place = '', engine = 'libsql', owner = '', runsText = '3', from = '', prefix = 'u'] = process.argv.slice(2)
const runs = Number(runsText)

/** What record number `seq` of a run says, so that a reader can tell whether it is the right one. */
function recordOf(uid: string, seq: number): string {
  return JSON.stringify({ uid, seq, filler: 'x'.repeat((seq * 37) % 900) })
}

async function main(): Promise<void> {
  const setting = { owner: { id: owner, info: '' }, now: () => 0 }
  const isUrl = place.includes('://')
  const state: State = isUrl ? openPostgresState(place, { ...setting, schema: engine }) : openState(place, { ...setting, engine: engine as EngineName })
  const seqs = new Map<string, number>()
  for (let n = 0; n < runs; n++) {
    const uid = `${prefix}${n}`
    const created = await state.log.create({ uid, namespace: 'ns', name: uid, phase: 'Running', createdAt: 1, manifest: '{}' })
    const claimed = created.ok ? created : await state.log.takeOver(uid, from, 2)
    if (!claimed.ok) throw new Error(claimed.problem.message)
    seqs.set(uid, claimed.value.seq)
  }
  writeSync(1, 'ready\n')
  for (;;) {
    await Promise.all([...seqs].map(([uid, seq]) => burst(uid, seq)))
  }

  async function burst(uid: string, seq: number): Promise<void> {
    const count = 1 + (seq % 7)
    const appended = Array.from({ length: count }, (_, index) => append(uid, seq + index))
    await Promise.all(appended)
    seqs.set(uid, seq + count)
    if (seq % 40 < count) await state.log.snapshot(uid, seq + count, [`state ${seq + count}`])
  }

  async function append(uid: string, seq: number): Promise<void> {
    try {
      const result = await state.log.append(uid, seq, { record: recordOf(uid, seq + 1), change: { progress: String(seq + 1) } })
      if (!result.ok) throw new Error(result.problem.message)
      writeSync(1, `${uid} ${seq + 1}\n`)
    } catch (error) {
      // The tests of failing disks end here: the write was refused, and nothing after it may be acknowledged.
      writeSync(1, `refused ${error instanceof StorageError ? error.code : String(error)}\n`)
      process.exit(3)
    }
  }
}

await main()
