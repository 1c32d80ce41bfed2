// Checks that a run keeps its nodes alone: what it asked for in earlier turns, whole pods among it, can be forgotten.
import { Session } from 'node:inspector/promises'
import { type EngineEvent, type Run, createRun, createWorld, step } from '@tiphys/core/engine'
import { type Shape, workflowOf } from '@tiphys/test/kit'
import { expect, it } from 'vitest'

async function collectGarbage(): Promise<void> {
  const session = new Session()
  session.connect()
  await session.post('HeapProfiler.collectGarbage')
  session.disconnect()
}

const world = createWorld({ catalog: { workflowTemplate: () => undefined, clusterWorkflowTemplate: () => undefined, configMap: () => undefined } })

/** Plays all steps but the last, so that the run is still under way. */
function playMost(run: Run): readonly WeakRef<object>[] {
  const asked: WeakRef<object>[] = []
  const started: string[] = []
  const apply = (event: EngineEvent): void => {
    for (const effect of step(run, [event], world).effects) {
      if (effect.type !== 'startPod') continue
      asked.push(new WeakRef(effect))
      started.push(effect.node)
    }
  }
  apply({ type: 'started', at: 1 })
  for (let i = 0; i < 49; i++) {
    apply({ type: 'podChanged', at: 2 + i, node: started[i] ?? '', pod: { phase: 'Succeeded', containers: [{ name: 'main', state: 'terminated', exitCode: 0 }] } })
  }
  return asked
}

it.each<Shape>(['chain', 'layers', 'loop'])('a %s under way keeps no pod that it asked for', async (shape) => {
  const run = createRun(workflowOf(shape, 50), world)
  const asked = playMost(run)
  await new Promise((resolve) => setImmediate(resolve))
  await collectGarbage()
  expect(asked.length).toBe(50)
  expect(asked.filter((effect) => effect.deref() !== undefined)).toHaveLength(0)
  expect(run.status.phase).toBe('Running')
})
