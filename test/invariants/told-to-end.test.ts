// Checks that a pod is told to end although whoever stored that it has to died before anybody heard.
import { openState } from '@tiphys/shell/adapters/sqlite'
import { nodeHttpClient, systemClock } from '@tiphys/shell/adapters/system'
import type { PodRunner } from '@tiphys/shell/ports'
import { ObjectCatalog, RunHost } from '@tiphys/shell/runtime'
import { instantRunner, workflowOf } from '@tiphys/test/kit'
import type { Workflow } from '@tiphys/core/spec'
import { expect, it } from 'vitest'

/** Pods that go on for ever, and outlive hosts. */
function lastingRunner(): { readonly runner: PodRunner; readonly running: Set<string>; readonly stopped: string[] } {
  const running = new Set<string>()
  const stopped: string[] = []
  const runner: PodRunner = {
    ...instantRunner(),
    start({ key, pod, namespace }) {
      running.add(key.nodeId)
      return Promise.resolve({ runner: 'instant', podName: pod.metadata?.name ?? '', uid: key.nodeId, namespace, key })
    },
    stop({ key }) {
      stopped.push(key.nodeId)
      return Promise.resolve()
    },
    reattach: ({ key }) => Promise.resolve(running.has(key.nodeId) ? { state: 'watching' } : { state: 'lost', message: 'gone' }),
  }
  return { runner, running, stopped }
}

const withHandler = (): Workflow => {
  const workflow = workflowOf('chain', 1)
  return { ...workflow, spec: { ...workflow.spec, onExit: 'echo', arguments: { parameters: [{ name: 'm', value: 'bye' }] } } }
}

it('the pod of a stopped step is stopped by the next process', async () => {
  const state = openState(':memory:', { owner: { id: 'checker', info: '' }, now: () => 0 })
  const { runner, running, stopped } = lastingRunner()
  const hostOf = (): RunHost => new RunHost({ log: state.log, runner, http: nodeHttpClient, clock: systemClock, catalog: new ObjectCatalog() })
  const uid = withHandler().metadata.uid ?? ''
  const first = hostOf()
  await first.submit(withHandler())
  await first.close()
  const [step] = [...running]
  await hostOf().record(uid, [{ type: 'shutdownRequested', at: systemClock.now(), strategy: 'Stop' }])
  expect(stopped).toEqual([])
  const third = hostOf()
  await third.resume(uid)
  await third.close()
  expect(stopped).toEqual([step])
  state.close()
})

it('pods that outlive a run that is over are ended by the next process', async () => {
  const state = openState(':memory:', { owner: { id: 'checker', info: '' }, now: () => 0 })
  const { runner, running } = lastingRunner()
  const ended: string[] = []
  const keyOf = (workflowUid: string) => ({ workflowUid, nodeId: `${workflowUid}-node`, attempt: 0 })
  const left = ['over', 'going-on'].map((uid) => ({ runner: 'instant', podName: uid, uid, namespace: 'default', key: keyOf(uid) }))
  const outliving: PodRunner = { ...runner, leftOver: () => Promise.resolve(left), discard: ({ podName }) => Promise.resolve(void ended.push(podName)) }
  const host = new RunHost({ log: state.log, runner: outliving, http: nodeHttpClient, clock: systemClock, catalog: new ObjectCatalog() })
  await host.endLeftOver((uid) => Promise.resolve(uid === 'over'))
  expect(ended).toEqual(['over'])
  expect(running.size).toBe(0)
  await host.close()
  state.close()
})
