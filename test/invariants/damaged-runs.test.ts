// Checks that something malformed in the store is an error of that run alone, and that records of another version are refused.
import { openState, type State } from '@tiphys/shell/adapters/sqlite'
import { nodeHttpClient, systemClock } from '@tiphys/shell/adapters/system'
import { ObjectCatalog, RunHost, type RunUpdate } from '@tiphys/shell/runtime'
import { instantRunner, workflowOf } from '@tiphys/test/kit'
import { afterEach, describe, expect, it } from 'vitest'

const open: State[] = []

afterEach(() => {
  for (const state of open.splice(0)) state.close()
})

function newState(): State {
  const state = openState(':memory:', { owner: { id: 'checker', info: '' }, now: () => 0 })
  open.push(state)
  return state
}

function hostOn(state: State, onUpdate: (update: RunUpdate) => void = () => undefined): RunHost {
  return new RunHost({ log: state.log, runner: instantRunner(), http: nodeHttpClient, clock: systemClock, catalog: new ObjectCatalog(), onUpdate })
}

async function store(state: State, uid: string, manifest: object): Promise<void> {
  const created = await state.log.create({ uid, namespace: 'default', name: uid, phase: 'Running', createdAt: 0, labels: {}, template: '', manifest: JSON.stringify(manifest) })
  expect(created.ok).toBe(true)
}

describe('a damaged run', () => {
  it.each([
    ['a number where a text belongs', { ...workflowOf('loop', 2), metadata: { name: 5 } }, 'metadata.name'],
    ['a text where a list belongs', { ...workflowOf('loop', 2), spec: { templates: 'none' } }, 'spec.templates'],
    ['no spec at all', { kind: 'Workflow', metadata: { name: 'a' }, spec: 7 }, 'spec'],
  ])('with %s is refused by name, and its neighbour runs to its end', async (_what, manifest, place) => {
    const state = newState()
    let end: (phase: string) => void = () => undefined
    const ended = new Promise<string>((resolve) => { end = resolve })
    const host = hostOn(state, ({ run }) => { if (run.status.completed) end(run.status.phase) })
    await store(state, 'damaged', manifest)
    const taken = await host.resume('damaged')
    expect(taken).toMatchObject({ ok: false, problem: { code: 'damaged' } })
    expect(taken.ok ? '' : taken.problem.message).toContain(place)
    expect((await host.submit(workflowOf('loop', 2))).ok).toBe(true)
    expect(await ended).toBe('Succeeded')
    await host.close()
  })

  it('with a record of another version is refused instead of guessed at', async () => {
    const state = newState()
    await store(state, 'newer', workflowOf('loop', 2))
    await state.log.append('newer', 0, { record: JSON.stringify({ v: 2, at: 0, nodes: [] }) })
    const host = hostOn(state)
    const taken = await host.resume('newer')
    expect(taken.ok ? '' : taken.problem.message).toContain('it has version 2, this program reads version 1')
    await host.close()
  })
})
