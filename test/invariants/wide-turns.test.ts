// Checks that a turn may make more nodes than one record holds.
import { openState } from '@tiphys/shell/adapters/sqlite'
import { nodeHttpClient, systemClock } from '@tiphys/shell/adapters/system'
import { ObjectCatalog, RunHost, stateOf } from '@tiphys/shell/runtime'
import { instantRunner, workflowOf } from '@tiphys/test/kit'
import { expect, it } from 'vitest'

it('a fan-out of 12,000 steps is recorded in parts, runs to its end and is read back whole', async () => {
  const state = openState(':memory:', { owner: { id: 'checker', info: '' }, now: () => 0 })
  const lost: string[] = []
  const phase = await new Promise<string>((resolve) => {
    const host = new RunHost({
      log: state.log, runner: instantRunner(), http: nodeHttpClient, clock: systemClock, catalog: new ObjectCatalog(),
      onUpdate: ({ run }) => { if (run.status.completed) resolve(run.status.phase) },
      onLost: (_run, message) => { lost.push(message); resolve('lost') },
    })
    void host.submit(workflowOf('loop', 12_000))
  })
  expect(lost).toEqual([])
  expect(phase).toBe('Succeeded')
  const loaded = await state.log.load('loop-12000')
  if (!loaded.ok) throw new Error(loaded.problem.message)
  const sizes = loaded.value.records.map((record) => (JSON.parse(record) as { readonly nodes: readonly unknown[] }).nodes.length)
  expect(Math.max(...sizes)).toBe(500)
  const stored = stateOf(loaded.value)
  expect(stored.ok && stored.state.nodes.size).toBe(12_002)
  state.close()
}, 60_000)
