// Checks that a name which the server draws for a workflow is drawn again when it is taken.
import { randomUUID } from 'node:crypto'
import { resourceOfKind } from '@tiphys/core/api'
import { openState } from '@tiphys/shell/adapters/sqlite'
import { type RunControl, WorkflowStore } from '@tiphys/shell/http'
import type { KubeObject } from '@tiphys/shell/ports'
import { expect, it } from 'vitest'

const type = resourceOfKind('Workflow')
const workflow = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', metadata: { generateName: 'job-', namespace: 'default' }, spec: { entrypoint: 'main', templates: [] } } as KubeObject

/** A store that keeps workflows and carries none out; names end as they are told to. */
function storeWith(suffixes: string[]): WorkflowStore {
  const state = openState(':memory:', { owner: { id: 'checker', info: '' }, now: () => 0 })
  const submit: RunControl['submit'] = async ({ metadata, ...rest }) => {
    const made = await state.log.create({
      uid: metadata.uid ?? '', namespace: metadata.namespace ?? '', name: metadata.name ?? '', phase: '', createdAt: 0, labels: {}, template: '', manifest: JSON.stringify({ metadata, ...rest }),
    })
    return made.ok ? { ok: true } : { ok: false, problem: { code: 'already_exists', message: made.problem.message } }
  }
  const control = { submit, live: () => undefined, deletingSince: () => undefined, isLeaving: () => false } as unknown as RunControl
  return new WorkflowStore({ log: state.log, runs: state.runs, control, now: () => 0, newUid: randomUUID, newSuffix: () => suffixes.shift() ?? 'last' })
}

it('a drawn name that is taken is drawn again', async () => {
  const store = storeWith(['aaaaa', 'aaaaa', 'aaaaa', 'bbbbb'])
  expect(await store.create(type, workflow)).toMatchObject({ ok: true, value: { metadata: { name: 'job-aaaaa' } } })
  expect(await store.create(type, workflow)).toMatchObject({ ok: true, value: { metadata: { name: 'job-bbbbb' } } })
})

it('nobody draws for ever, and a name that was given stays', async () => {
  const store = storeWith(Array.from({ length: 20 }, () => 'aaaaa'))
  expect((await store.create(type, workflow)).ok).toBe(true)
  expect(await store.create(type, workflow)).toMatchObject({ ok: false, problem: { code: 'already_exists' } })
  const named = { ...workflow, metadata: { name: 'job-aaaaa', namespace: 'default' } }
  expect(await store.create(type, named)).toMatchObject({ ok: false, problem: { code: 'already_exists' } })
})
