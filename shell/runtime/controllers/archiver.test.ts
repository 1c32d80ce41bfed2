// The loop around the archive: everything that ends is archived once, whatever goes wrong in between.
import { describe, expect, it } from 'vitest'
import type { ArchiveConfig } from '@tiphys/core/controllers'
import type { JsonObject, Labels } from '@tiphys/core/kube'
import type { ArchiveStore, Clock, NewArchived } from '@tiphys/shell/ports'
import { Archiver } from './archiver.ts'

const NOW = Date.UTC(2030, 0, 1)
const LABEL = 'workflows.argoproj.io/workflow-archiving-status'

interface Stage {
  readonly archiver: Archiver
  readonly put: NewArchived[]
  readonly marks: string[]
  readonly troubles: unknown[]
  readonly swept: number[]
  /** Lets time pass until the next timer, and what it began come to its end. */
  pass(): Promise<void>
}

interface Given {
  readonly config?: Partial<ArchiveConfig>
  readonly workflows?: Readonly<Record<string, Labels>>
  /** How often writing fails. */
  readonly failures?: number
  readonly tooLarge?: boolean
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

function stage({ config = {}, workflows = {}, failures = 0, tooLarge = false }: Given): Stage {
  const [put, marks, troubles, swept]: [NewArchived[], string[], unknown[], number[]] = [[], [], [], []]
  let now = NOW
  let left = failures
  const timers: { readonly time: number; readonly callback: () => void }[] = []
  const clock: Clock = {
    now: () => now,
    at: (time, callback) => {
      const timer = { time, callback }
      timers.push(timer)
      return () => void timers.splice(timers.indexOf(timer), 1)
    },
  }
  const archive = {
    put: async (entry: NewArchived) => {
      if (left-- > 0) throw new Error('the disk is full')
      put.push(entry)
      return tooLarge ? { ok: false, problem: { code: 'too_large', message: 'it is too large' } } : { ok: true, value: undefined }
    },
    sweep: async (before: number) => swept.push(before),
  } as unknown as ArchiveStore
  const read = async (uid: string): Promise<JsonObject | undefined> =>
    workflows[uid] === undefined ? undefined : { metadata: { uid, name: uid, namespace: 'argo', labels: { ...workflows[uid] } }, status: { phase: 'Succeeded' } }
  async function* ended(): AsyncGenerator<{ uid: string; labels: Labels }> {
    for (const [uid, labels] of Object.entries(workflows)) yield { uid, labels }
  }
  const archiver = new Archiver({
    archive, clock, read, ended, config: () => ({ enabled: true, labelSelector: [], ttlMs: undefined, clusterName: 'default', ...config }),
    mark: async (uid, labels) => void marks.push(`${uid} ${labels[LABEL] ?? ''}`), onTrouble: (error) => troubles.push(error instanceof Error ? error.message : error),
  })
  const pass = async (): Promise<void> => {
    const next = timers.sort((a, b) => a.time - b.time).shift()
    now = next?.time ?? now
    next?.callback()
    for (let i = 0; i < 5; i++) await settle()
  }
  return { archiver, put, marks, troubles, swept, pass }
}

describe('the archiver', () => {
  it('archives what ends, then marks it', async () => {
    const { archiver, put, marks } = stage({ workflows: { a: { team: 'x' } } })
    await archiver.ended('a', { team: 'x' })
    expect(put).toMatchObject([{ uid: 'a', labels: { team: 'x', [LABEL]: 'Persisted' } }])
    expect(marks).toEqual(['a Archived'])
  })

  it('archives what has just ended without reading it again, and takes the mark back when that fails', async () => {
    const workflow = { metadata: { uid: 'a', name: 'a', namespace: 'argo', labels: { team: 'x' } }, status: { phase: 'Succeeded' } }
    const told: string[] = []
    const mark = async (labels: Labels): Promise<void> => void told.push(labels[LABEL] ?? '')
    const fine = stage({})
    await fine.archiver.endedNow(workflow, mark)
    expect([fine.put.map(({ uid }) => uid), told.splice(0)]).toEqual([['a'], ['Archived']])
    const none = stage({ config: { enabled: false } })
    await none.archiver.endedNow(workflow, mark)
    expect([none.put, told.splice(0)]).toEqual([[], []])
    const full = stage({ workflows: { a: {} }, failures: 1 })
    await full.archiver.endedNow(workflow, mark)
    expect([full.put, told.splice(0), full.troubles]).toEqual([[], ['Archived', 'Pending'], ['the disk is full']])
    await full.pass()
    expect([full.put.length, full.marks]).toEqual([1, ['a Archived']])
  })

  it('ARCHIVE-2 leaves alone what the selector does not mean, and what is gone', async () => {
    const { archiver, put, marks } = stage({ workflows: { a: {} }, config: { labelSelector: [{ key: 'archive', operator: 'exists', values: [] }] } })
    await archiver.ended('a', {})
    await archiver.ended('gone', { archive: 'yes' })
    expect([put, marks]).toEqual([[], []])
  })

  it('ARCHIVE-3 archives after a start what an earlier process left, and nothing twice', async () => {
    const { archiver, put } = stage({ workflows: { a: { [LABEL]: 'Archived' }, b: {}, c: { [LABEL]: 'Pending' } } })
    await archiver.start()
    expect(put.map(({ uid }) => uid)).toEqual(['b', 'c'])
  })

  it('tries again, later each time, until it works', async () => {
    const { archiver, put, marks, troubles, pass } = stage({ workflows: { a: {} }, failures: 3 })
    await archiver.ended('a', {})
    expect([put.length, marks]).toEqual([0, []])
    for (let i = 0; i < 3; i++) await pass()
    expect([put.length, marks, troubles.length]).toEqual([1, ['a Archived'], 3])
    archiver.close()
  })

  it('says what cannot be archived, and keeps it from being collected', async () => {
    const { archiver, marks, troubles } = stage({ workflows: { a: {} }, tooLarge: true })
    await archiver.ended('a', {})
    expect([marks, troubles]).toEqual([['a Pending'], ['workflow argo/a cannot be archived: it is too large']])
  })

  it('ARCHIVE-5 forgets what is older than the archive shall keep, at the start and every hour', async () => {
    const { archiver, swept, pass } = stage({ config: { ttlMs: 86_400_000 } })
    await archiver.start()
    await pass()
    expect(swept).toEqual([NOW - 86_400_000, NOW + 3_600_000 - 86_400_000])
    archiver.close()
  })
})
