// Checks that a host tells of custom metrics once each, after they are stored, and not again when a run is taken up that has recorded them.
import { openState } from '@tiphys/shell/adapters/sqlite'
import { nodeHttpClient, systemClock } from '@tiphys/shell/adapters/system'
import { ObjectCatalog, RunHost } from '@tiphys/shell/runtime'
import { instantRunner, workflowOf } from '@tiphys/test/kit'
import type { Workflow } from '@tiphys/core/spec'
import { expect, it } from 'vitest'

const counted = (name: string): object => ({ prometheus: [{ name, help: 'h', counter: { value: '1' } }] })

function withMetrics(): Workflow {
  const workflow = workflowOf('loop', 3)
  const templates = (workflow.spec.templates ?? []).map((template) => ({ ...template, metrics: counted(`of_${template.name ?? ''}`) }))
  return { ...workflow, spec: { ...workflow.spec, templates, metrics: counted('of_workflow') } } as Workflow
}

it('every record of a custom metric reaches the host once', async () => {
  const state = openState(':memory:', { owner: { id: 'checker', info: '' }, now: () => 0 })
  const told: string[] = []
  const ended: (() => void)[] = []
  const host = new RunHost({
    log: state.log, runner: instantRunner(), http: nodeHttpClient, clock: systemClock, catalog: new ObjectCatalog(),
    onMetric: (_run, { name }) => told.push(name),
    onUpdate: ({ run }) => { if (run.status.completed) setImmediate(() => ended.splice(0).forEach((end) => end())) },
  })
  const workflow = withMetrics()
  await new Promise<void>((resolve) => {
    ended.push(resolve)
    void host.submit(workflow)
  })
  expect(told.sort()).toEqual(['of_echo', 'of_echo', 'of_echo', 'of_main', 'of_workflow'])
  const taken = await host.resume(workflow.metadata.uid ?? '')
  expect(taken.ok).toBe(true)
  await host.close()
  expect(told).toHaveLength(5)
  state.close()
})
